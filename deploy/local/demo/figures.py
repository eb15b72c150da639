"""The figures that a Friday must show, collected while it is played and judged one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, and what it has to be."""

    name: str
    measured: object
    expected: object

    @property
    def holds(self) -> bool:
        return self.measured == self.expected


@dataclass
class Figures:
    """All that the play measured, in order."""

    measured: list[Figure] = field(default_factory=list[Figure])

    def check(self, name: str, measured: object, expected: object) -> None:
        self.measured.append(Figure(name, measured, expected))

    @property
    def wrong(self) -> list[Figure]:
        return [figure for figure in self.measured if not figure.holds]


@dataclass(frozen=True)
class SeenGroup:
    """A group as one of its people saw it live."""

    number: int
    moderator: str | None
    seats: frozenset[str]


def groups_of(seen: Mapping[str, SeenGroup]) -> list[SeenGroup]:
    """The round's groups by number, put together from what each person saw; people who disagree make more of them."""
    return sorted(set(seen.values()), key=lambda group: group.number)


def seated_once(seen: Mapping[str, SeenGroup], present: Iterable[str]) -> int:
    """How many of those present saw a group with themselves in it, and stand in no other."""
    seats = Counter(account for group in set(seen.values()) for account in group.seats)
    return sum(1 for account in present if account in seen and account in seen[account].seats and seats[account] == 1)


def repeated_pairs(rounds: Sequence[Mapping[str, SeenGroup]]) -> int:
    """How many times two people sat together who had sat together before."""
    meetings = Counter(
        pair for seen in rounds for group in set(seen.values()) for pair in combinations(sorted(group.seats), 2)
    )
    return sum(times - 1 for times in meetings.values())


def met_by(account: str, rounds: Sequence[Mapping[str, SeenGroup]]) -> set[str]:
    """Whom one person sat with."""
    return {other for seen in rounds if account in seen for other in seen[account].seats} - {account}
