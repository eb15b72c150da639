"""One free round by itself: whether its rules can be kept, and how it breaks the fewest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from services.matching.engine.collisions.seatable import Rules, rules_of
from services.matching.engine.problem import Freedom, Group, Problem
from services.matching.engine.replan.running import reseated
from services.matching.engine.rooms import kept_numbers

MOST_TRIED, NODES = 40, 2_000
"""Rounds of more people are left to the search; of others so many seats are tried, which takes a tenth of a second."""


def has_rules(problem: Problem) -> bool:
    """Whether anybody may not sit with whomever, or must."""
    company = max(problem.company, default=-1) >= 0
    return company or bool(problem.keep_apart or problem.keep_together or problem.moderator_apart)


def rules_alone(problem: Problem, r: int, present: Sequence[int], sizes: Sequence[int]) -> Rules:
    """What must hold when these people sit in groups of these sizes; who leads where there are too few is left open."""
    asked = replace(problem.rounds[r], present=tuple(present), sizes=tuple(sizes))
    rules = rules_of(replace(problem, rounds=(asked,)), 0)
    return replace(rules, led=min(rules.led, len(rules.moderators)))


def fewest_broken(problem: Problem, r: int, present: Sequence[int], sizes: Sequence[int]) -> tuple[Group, ...]:
    """Groups that break as few rules as trying finds, whoever met; then as little of `sat_out` as can be sits out.

    As in a running round to which all of them come.
    """
    empty = tuple(Group(number, ()) for number in kept_numbers(problem, r))
    asked = replace(
        problem.rounds[r], present=tuple(present), sizes=tuple(sizes), groups=empty, freedom=Freedom.RUNNING
    )
    return reseated(replace(problem, rounds=(asked,)), 0, Counter(), Counter()).groups
