"""The instances of the benchmark, as data that files have: classics, events, and events with rules."""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from services.matching.engine.files.instance import balanced

Data = dict[str, Any]
MORE_CLASSICS = (
    (6, 6, 3), (7, 3, 9), (7, 3, 10), (8, 3, 10), (8, 3, 11), (9, 3, 13), (8, 4, 10), (7, 7, 8),
    (8, 8, 5), (8, 8, 9), (9, 9, 10), (10, 10, 3), (11, 11, 12), (13, 6, 13), (16, 6, 16), (25, 6, 25),
    (12, 7, 7), (14, 6, 9), (15, 6, 10), (15, 7, 6), (20, 6, 14), (20, 7, 11),
)  # fmt: skip
"""(groups, people in each, rounds)"""


def classic(groups: int, size: int, rounds: int) -> Data:
    """So many groups of so many, who meet for so many rounds."""
    return event(f"{groups}-{size}-{rounds}", groups * size, size, rounds)


def event(name: str, people: int, size: int, rounds: int, **fields: Any) -> Data:
    """Everybody is there in every round."""
    return {"name": name, "n": people, "group_size": size, "rounds": rounds, **fields}


def weekly(name: str, seed: int, *, members: int, present: int, size: int, weeks: int, rounds: int = 1) -> Data:
    """Others come each week."""
    rng = random.Random(seed)
    attendance = [sorted(rng.sample(range(members), present)) for _ in range(weeks)]
    return event(name, members, size, weeks * rounds, attendance=[ids for ids in attendance for _ in range(rounds)])


def with_companies(seed: int = 0, moderators: int = 17) -> Data:
    """102 people of companies of up to twelve, and a moderator for each group."""
    sizes = (12, 10, 8, 8, 6, 6, 5, 5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2)
    company = _companies(random.Random(seed), 102, sizes)
    return event("102/6x5, companies", 102, 6, 5, company=company, moderators=moderators)


def in_columns(seed: int = 0) -> Data:
    """The same people for seventeen rounds: moderators are a column, and companies fit into the others."""
    return with_companies(seed) | {"name": "102/6x17, companies", "rounds": 17}


def thousand(seed: int = 0) -> Data:
    """1000 people with companies, a history, some kept apart, and a moderator for each group."""
    rng = random.Random(seed)
    company = _companies(rng, 1000, (*[25] * 8, *[10] * 30, *[4] * 60))
    apart = [list(pair) for pair in _pairs(rng, 1000, 300, set())]
    history = _history(rng, 1000, 6, weeks=10)
    fields = {"company": company, "keep_apart": apart, "history": history, "moderators": 167}
    return event("1000/6x5, companies and history", 1000, 6, 5, **fields)


def with_history(seed: int = 0) -> Data:
    """102 people who met in ten weeks of four random rounds."""
    return event("102/6x4, ten weeks of history", 102, 6, 4, history=_history(random.Random(seed), 102, 6, weeks=10))


def with_everything(seed: int = 0) -> Data:
    """96 people with every rule and wish at once."""
    rng = random.Random(seed)
    company = _companies(rng, 96, (9, 8, 7, 6, 5, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2))
    taken = {(a, b) for a, b in combinations(range(96), 2) if company[a] == company[b] >= 0}
    apart = _pairs(rng, 96, 40, taken)
    taken |= set(apart)
    people = rng.sample(range(96), 96)
    together = [(min(a, b), max(a, b)) for a, b in zip(people[::2], people[1::2], strict=True)]
    together = [pair for pair in together if pair not in taken][:6]
    return event(
        "96/6x4, everything",
        96,
        6,
        4,
        company=company,
        keep_apart=[list(pair) for pair in apart],
        keep_together=[list(pair) for pair in together],
        history=[entry for entry in _history(rng, 96, 6, weeks=4) if (entry[0], entry[1]) not in together],
        profession=[rng.randrange(14) for _ in range(96)],
        wants=[list(pair) for pair in _pairs(rng, 96, 60, taken)],
        moderators=16,
        moderator_history=[[rng.randrange(16), person, 1] for person in range(96) for _ in range(4)],
    )


def season(seed: int) -> Data:
    """Ten weeks of three rounds with 20 of 26 members."""
    return weekly("season", seed, members=26, present=20, size=4, weeks=10, rounds=3) | {"cls": "season"}


def season_weeks(seed: int = 0) -> Iterator[Data]:
    """The weeks of a season, each by itself: its three rounds, and whom chance let meet in the weeks before."""
    rng = random.Random(seed)
    times: dict[tuple[int, int], int] = {}
    for week in range(1, 11):
        present = sorted(rng.sample(range(26), 20))
        history = [[a, b, count] for (a, b), count in sorted(times.items())]
        yield event(f"season, week {week}", 26, 4, 3, attendance=[present] * 3, history=history)
        for _ in range(3):
            _meet(times, random_groups(rng, present, balanced(20, 4)))


def contestants(full: bool) -> Iterator[Data]:
    """What the methods are compared on."""
    yield classic(5, 3, 7)
    yield classic(8, 4, 9)
    yield event("37/5x4", 37, 5, 4)
    yield event("102/6x5", 102, 6, 5)
    yield weekly("20 of 26, weekly", 4, members=26, present=20, size=4, weeks=6)
    yield with_everything()
    if full:
        yield from (classic(*sizes) for sizes in MORE_CLASSICS)
        yield from (event(f"102/6x{rounds}", 102, 6, rounds) for rounds in (3, 10, 17, 18))
        for people, rounds in ((100, 5), (120, 13), (500, 5), (1000, 5), (5000, 3)):
            yield event(f"{people}/6x{rounds}", people, 6, rounds)
        yield event("102/6x3, 16 moderators", 102, 6, 3, moderators=16)
        yield with_companies()
        yield in_columns()
        yield with_history()
        yield thousand()
        yield from season_weeks()


def _companies(rng: random.Random, people: int, sizes: Sequence[int]) -> list[int]:
    members = rng.sample(range(people), sum(sizes))
    company = [-1] * people
    for number, size in enumerate(sizes):
        for _ in range(size):
            company[members.pop()] = number
    return company


def _history(rng: random.Random, people: int, size: int, *, weeks: int) -> list[list[int]]:
    """Who met how often in weeks of four random rounds with seven of ten present."""
    times: dict[tuple[int, int], int] = {}
    for _ in range(weeks):
        present = [person for person in range(people) if rng.random() < 0.7]
        for _ in range(4):
            _meet(times, random_groups(rng, present, balanced(len(present), size)))
    return [[a, b, count] for (a, b), count in sorted(times.items())]


def _meet(times: dict[tuple[int, int], int], groups: Sequence[Sequence[int]]) -> None:
    for group in groups:
        for a, b in combinations(sorted(group), 2):
            times[a, b] = times.get((a, b), 0) + 1


def random_groups(rng: random.Random, present: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    """Anybody with anybody."""
    people = rng.sample(list(present), len(present))
    return [[people.pop() for _ in range(size)] for size in sizes]


def _pairs(rng: random.Random, people: int, count: int, without: set[tuple[int, int]]) -> list[tuple[int, int]]:
    possible = [pair for pair in combinations(range(people), 2) if pair not in without]
    return sorted(rng.sample(possible, count))
