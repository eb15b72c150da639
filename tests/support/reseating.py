"""A running round that is seated anew, with who moved and what was given up, counted from its seats alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.matching.engine import Group, Problem
from services.matching.engine.replan import running
from services.matching.engine.tally import broken_rules


@dataclass(frozen=True)
class Reseated:
    """The first round of a problem, seated anew."""

    groups: tuple[Group, ...]
    least_moves: int
    moved: int
    """People who had a seat and have another one, or none though they are there."""
    broken: int
    """Hard rules that are broken, and pins that were not kept."""


def reseated(problem: Problem, met: Counter[tuple[int, int]] | None = None) -> Reseated:
    """As the engine does it, for people who met so often."""
    found = running.reseated(problem, 0, met or Counter(), Counter())
    broken = len(broken_rules(problem, [found.groups])) + _pins_missed(problem, found.groups)
    return Reseated(found.groups, found.least_moves, _moved(problem, found.groups), broken)


def _moved(problem: Problem, groups: Sequence[Group]) -> int:
    round_, now = problem.rounds[0], _seats(groups)
    home = {person: number for person, number in _seats(round_.groups).items() if person in round_.present}
    return sum(now.get(person) != number for person, number in home.items())


def _pins_missed(problem: Problem, groups: Sequence[Group]) -> int:
    pinned, now = problem.rounds[0].pinned, _seats(groups)
    leads = {group.moderator: group.number for group in groups}
    people = sum(now.get(person) != number for person, number in _seats(pinned).items())
    led = (group for group in pinned if group.moderator is not None)
    return people + sum(leads.get(group.moderator) != group.number for group in led)


def _seats(groups: Sequence[Group]) -> dict[int, int]:
    return {person: group.number for group in groups for person in group.people}
