"""Who came takes the seats of who left, in later rounds too: then nobody meets whom the plan didn't let meet."""

from collections.abc import Mapping
from dataclasses import replace

from services.matching.engine.problem import Freedom, Group, Problem, Round


def with_stand_ins(problem: Problem, decided: Mapping[int, tuple[Group, ...]]) -> Problem:
    """The same, with plans of free rounds in which somebody who came has the seats of one who left.

    Where a round runs it is who got a seat in the group of the one who left; else anybody who came.
    """
    stands_for: dict[int, int] = {}
    running = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.RUNNING]
    for r in running or [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE][:1]:
        before, present = problem.rounds[r].groups, set(problem.rounds[r].present)
        came = present.difference(*(group.people for group in before))
        sits = {group.number: group.people for group in decided.get(r, ())}
        for group in before:
            here = sorted(came.intersection(sits.get(group.number, ()) if running else came))
            left = [person for person in group.people if person not in present]
            stands_for |= dict(zip(left, here, strict=False))
            came -= set(stands_for.values())
    if not stands_for:
        return problem
    rounds = [_stood_in(round_, stands_for) if round_.freedom is Freedom.FREE else round_ for round_ in problem.rounds]
    return replace(problem, rounds=tuple(rounds))


def _stood_in(round_: Round, stands_for: Mapping[int, int]) -> Round:
    """With those who are there, and have no seat of their own, instead of those who aren't."""
    seated = {person for group in round_.groups for person in group.people}
    free = set(round_.present) - seated
    taken = {left: came for left, came in stands_for.items() if came in free and left not in round_.present}
    groups = (
        group._replace(people=tuple(taken.get(person, person) for person in group.people)) for group in round_.groups
    )
    return replace(round_, groups=tuple(groups))
