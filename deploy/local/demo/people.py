"""The people of the play: 152 guests of one Friday, made anew for each run so that nobody has met before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product

FIRST_NAMES = (
    *("Ann", "Bo", "Cas", "Dirk", "Els", "Fien", "Gust", "Hilde"),
    *("Ivo", "Jana", "Koen", "Lies", "Mo", "Nele", "Otto", "Pia"),
)
LAST_NAMES = ("Aerts", "Bakker", "Claes", "De Smet", "El Amrani", "François", "Goossens", "Hermans", "İnan", "Jacobs")
PROFESSIONS = ("accountant", "architect", "baker", "coach", "developer", "importer", "lawyer", "masseur", "printer")
TOPICS = ("export to Germany", "a first employee", "online sales", "succession", "energy bills", "a second shop")


@dataclass(frozen=True)
class Person:
    """Somebody who will apply."""

    email: str
    name: str
    company: str
    profession: str
    ask: str
    offer: str


def people(count: int, run: str) -> list[Person]:
    """`count` people with addresses of their own for this run; every fourth pair works for one company."""
    names = islice(product(LAST_NAMES, FIRST_NAMES), count)
    return [
        Person(
            email=f"{run}.{number:03}@demo.example",
            name=f"{first} {last}",
            company=f"{last} & co" if number % 8 < 2 else f"{first} {last} {number}",
            profession=PROFESSIONS[number % len(PROFESSIONS)],
            ask=TOPICS[number % len(TOPICS)],
            offer=TOPICS[(number + 3) % len(TOPICS)],
        )
        for number, (last, first) in enumerate(names, start=1)
    ]
