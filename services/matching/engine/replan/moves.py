"""What a new plan changes, seat by seat, and why; numbers, no words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from services.matching.engine.problem import Freedom, Group, Problem

Groups = Sequence[Group]


class Why(StrEnum):
    """Why somebody has another seat than planned, or a group another moderator."""

    LATE = "late"
    """They had no seat and came."""
    ABSENT = "absent"
    """They had a seat and aren't there."""
    SITS_OUT = "sits_out"
    """They are there, and there are fewer seats than people."""
    PINNED = "pinned"
    """Somebody decided so."""
    GROUP_DISSOLVED = "group_dissolved"
    """Their group, of a round that runs, is given up."""
    FEWER_GROUPS = "fewer_groups"
    """The round is still to come, and needs fewer groups."""
    RULE = "rule"
    """Where they sat a rule would be broken, were they still there."""
    EVENED_OUT = "evened_out"
    """Their group had too many, or another too few."""
    REOPTIMISED = "reoptimised"
    """The round is still to come, and another seat is better."""
    MODERATOR_GONE = "moderator_gone"
    """A moderator isn't there any more, or takes over where one isn't."""
    MODERATOR_FREE = "moderator_free"
    """A moderator who led nobody leads a group."""


@dataclass(frozen=True)
class Move:
    """One person, or else one moderator, and the numbers of the groups they leave and join; None is no group."""

    round: int
    person: int | None
    moderator: int | None
    source: int | None
    target: int | None
    why: Why


def moves(problem: Problem, before: Sequence[Groups], after: Sequence[Groups]) -> tuple[Move, ...]:
    """Every seat that changed from one plan to the next, people first, round by round. `problem` is the new plan's."""
    found: list[Move] = []
    for r, (was, is_) in enumerate(zip(before, after, strict=True)):
        if problem.rounds[r].freedom is not Freedom.HELD:
            found.extend(_people(problem, r, was, is_))
            found.extend(_moderators(problem, r, was, is_))
    return tuple(found)


def _people(problem: Problem, r: int, before: Groups, after: Groups) -> Iterator[Move]:
    was, now = _seats(before), _seats(after)
    numbers = {group.number for group in after}
    present = set(problem.rounds[r].present)
    pinned = _seats(problem.rounds[r].pinned)
    rules = _Rules.of(problem) if problem.rounds[r].freedom is Freedom.RUNNING else None
    given_up = _given_up(problem, r, before, after)
    for person in sorted(was.keys() | now.keys()):
        source, target = was.get(person), now.get(person)
        if source == target:
            continue
        if target is None:
            why = Why.SITS_OUT if person in present else Why.ABSENT
        elif source is None:
            why = Why.LATE
        elif pinned.get(person) == target:
            why = Why.PINNED
        elif source not in numbers:
            why = given_up
        elif rules is None:
            why = Why.REOPTIMISED
        else:
            why = Why.RULE if rules.broken_by(person, source, after, now) else Why.EVENED_OUT
        yield Move(r, person, None, source, target, why)


class _Rules(NamedTuple):
    """The hard rules, for looking up: of each person from whom they are kept apart and with whom they stay."""

    company: tuple[int, ...]
    apart: Mapping[int, set[int]]
    together: Mapping[int, set[int]]
    never: frozenset[tuple[int | None, int]]

    @classmethod
    def of(cls, problem: Problem) -> "_Rules":
        return cls(
            problem.company,
            _others(problem.keep_apart),
            _others(problem.together_pairs()),
            frozenset(problem.moderator_apart),
        )

    def broken_by(self, person: int, source: int, after: Groups, now: Mapping[int, int]) -> bool:
        """With this person back where they sat one would be broken."""
        apart, company = self.apart.get(person, ()), self.company
        for group in (group for group in after if group.number == source):
            if (group.moderator, person) in self.never:
                return True
            if any(x in apart or (company and company[x] == company[person] >= 0) for x in group.people):
                return True
        return any(now.get(other, source) != source for other in self.together.get(person, ()))


def _others(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Of each person the other ones of their pairs."""
    found: dict[int, set[int]] = {}
    for a, b in pairs:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def _moderators(problem: Problem, r: int, before: Groups, after: Groups) -> Iterator[Move]:
    was, now, pinned = _leads(before), _leads(after), _leads(problem.rounds[r].pinned)
    there = set(problem.rounds[r].moderators)
    left = {number for moderator, number in was.items() if moderator not in there}
    decided = {group.number for group in problem.rounds[r].pinned if group.moderator is not None}
    numbers = {group.number for group in after}
    for moderator in sorted(was.keys() | now.keys()):
        source, target = was.get(moderator), now.get(moderator)
        if source == target:
            continue
        if target is not None and pinned.get(moderator) == target:
            why = Why.PINNED
        elif moderator not in there or target in left:
            why = Why.MODERATOR_GONE
        elif source is not None and source not in numbers:
            why = _given_up(problem, r, before, after)
        elif source in decided:
            why = Why.PINNED
        elif source is None:
            why = Why.MODERATOR_FREE
        else:
            why = Why.REOPTIMISED if problem.rounds[r].freedom is Freedom.FREE else Why.RULE
        yield Move(r, None, moderator, source, target, why)


def _given_up(problem: Problem, r: int, before: Groups, after: Groups) -> Why:
    """Why there is no group of that number any more: in a round to come another number may have taken its place."""
    if problem.rounds[r].freedom is Freedom.RUNNING:
        return Why.GROUP_DISSOLVED
    return Why.FEWER_GROUPS if len(after) < len(before) else Why.REOPTIMISED


def _seats(groups: Groups) -> dict[int, int]:
    return {person: group.number for group in groups for person in group.people}


def _leads(groups: Groups) -> dict[int, int]:
    return {group.moderator: group.number for group in groups if group.moderator is not None}
