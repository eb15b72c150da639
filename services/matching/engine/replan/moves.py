"""What a new plan changes, seat by seat, and why; numbers, no words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.matching.engine.problem import Freedom, Group, Problem, ordered

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
    """Their group is given up."""
    RULE = "rule"
    """Where they sat a rule would be broken, were they still there."""
    EVENED_OUT = "evened_out"
    """Their group had too many, or another too few."""
    REOPTIMISED = "reoptimised"
    """The round is still to come, and another seat is better."""
    MODERATOR_GONE = "moderator_gone"
    """A moderator isn't there any more, or takes over where one isn't."""
    MODERATOR_FREE = "moderator_free"
    """A moderator leads a group that had none, or none because there are fewer groups."""


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


def seats_changed(before: Groups, after: Groups) -> int:
    """People with a seat in both plans of a round who sit elsewhere.

    With equally many groups the first is compared with the first and so on, else those that share the most people.
    """
    was, is_ = [set(group.people) for group in before], [set(group.people) for group in after]
    both = len(set[int]().union(*was) & set[int]().union(*is_))
    if len(was) == len(is_):
        return both - sum(len(a & b) for a, b in zip(was, is_, strict=True))
    shared = sorted(((len(a & b), i, j) for i, a in enumerate(was) for j, b in enumerate(is_)), reverse=True)
    left, right, kept = set(range(len(was))), set(range(len(is_))), 0
    for count, i, j in shared:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            kept += count
    return both - kept


def _people(problem: Problem, r: int, before: Groups, after: Groups) -> Iterator[Move]:
    was, now = _seats(before), _seats(after)
    numbers = {group.number for group in after}
    present = set(problem.rounds[r].present)
    pinned = _seats(problem.rounds[r].pinned)
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
            why = Why.GROUP_DISSOLVED
        elif problem.rounds[r].freedom is Freedom.FREE:
            why = Why.REOPTIMISED
        else:
            why = Why.RULE if _would_break(problem, person, source, after, now) else Why.EVENED_OUT
        yield Move(r, person, None, source, target, why)


def _would_break(problem: Problem, person: int, source: int, after: Groups, now: dict[int, int]) -> bool:
    """With this person back where they sat a rule would be broken."""
    people = [other for other, number in now.items() if number == source]
    apart = {ordered(a, b) for a, b in problem.keep_apart}
    company = problem.company
    if any(ordered(person, x) in apart or (company and company[person] == company[x] >= 0) for x in people):
        return True
    together = {b if a == person else a for a, b in problem.together_pairs() if person in (a, b)}
    if any(now.get(other, source) != source for other in together):
        return True
    never = set(problem.moderator_apart)
    return any(group.number == source and (group.moderator, person) in never for group in after)


def _moderators(problem: Problem, r: int, before: Groups, after: Groups) -> Iterator[Move]:
    was, now = _leads(before), _leads(after)
    there = set(problem.rounds[r].moderators)
    left = {number for moderator, number in was.items() if moderator not in there}
    numbers = {group.number for group in after}
    for moderator in sorted(was.keys() | now.keys()):
        source, target = was.get(moderator), now.get(moderator)
        if source == target:
            continue
        if moderator not in there or target in left:
            why = Why.MODERATOR_GONE
        elif source is not None and source not in numbers:
            why = Why.GROUP_DISSOLVED
        elif source is None or target is None:
            why = Why.MODERATOR_FREE
        else:
            why = Why.REOPTIMISED if problem.rounds[r].freedom is Freedom.FREE else Why.RULE
        yield Move(r, None, moderator, source, target, why)


def _seats(groups: Groups) -> dict[int, int]:
    return {person: group.number for group in groups for person in group.people}


def _leads(groups: Groups) -> dict[int, int]:
    return {group.moderator: group.number for group in groups if group.moderator is not None}
