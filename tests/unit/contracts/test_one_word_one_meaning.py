"""What the catalogues of all services call things, and how they address people."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

SERVICES = Path(__file__).parents[3] / "services"


def texts(language: str) -> Iterator[str]:
    for path in sorted(SERVICES.glob(f"*/locale/{language}/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, charset="utf-8"):
                if entry.id:
                    yield from [entry.string] if isinstance(entry.string, str) else entry.string or ()


@pytest.mark.parametrize(
    ("language", "word", "instead"),
    [
        ("nl_NL", r"u|uw", "je, jou, jouw"),
        ("nl_BE", r"je|jij|jou|jouw", "u, uw"),
        ("nl_NL", r"begeleiders?", "moderator"),
        ("nl_BE", r"begeleiders?", "moderator"),
        ("nl_NL", r"aangemeld", "ingecheckt: to sign in is aanmelden"),
        ("nl_BE", r"aangemeld", "ingecheckt: to sign in is aanmelden"),
        ("fr_BE", r"séances?", "tour"),
        ("fr_BE", r"à tour de|à (son|leur) tour|le tour de", "of whose turn it is: a tour is a round"),
    ],
)
def test_another_word_stands_for_it_in_every_catalogue(language: str, word: str, instead: str):
    found = [text for text in texts(language) if re.search(rf"\b({word})\b", text, re.IGNORECASE)]
    assert found == [], instead
