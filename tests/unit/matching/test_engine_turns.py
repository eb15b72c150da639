"""Who leads where there are more moderators than groups: each in turn, and nobody the same people again for it."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.matching.engine import Budget, Freedom, Group, Problem, Round
from services.matching.engine.solve import solve
from tests.support.matching import a_problem
from tests.support.referee import verify

EVENT = a_problem(102, 6, 5, moderators=20)
ANNEALED = replace(
    a_problem(60, 6, 3, moderators=16),
    history=tuple((*random.Random(seed).sample(range(60), 2), 1.0) for seed in range(900)),
)
"""People meet again whatever is done, so that the search goes on until its budget is spent."""


def loads(problem: Problem, rounds: Sequence[Sequence[Group]]) -> list[int]:
    """How often each moderator leads."""
    led = Counter(group.moderator for groups in rounds for group in groups)
    return [led[moderator] for moderator in range(problem.moderators)]


@pytest.mark.parametrize(
    "problem",
    [
        EVENT,
        a_problem(102, 6, 5, moderators=34, companies=(4, 4, 3, 3, 3, 2, 2)),
        a_problem(102, 6, 17, moderators=20),
        a_problem(83, 6, 4, moderators=18),
    ],
)
def test_nobody_leads_more_than_one_round_more_than_another_nor_the_same_people_again(problem: Problem):
    schedule = solve(problem, Budget(iterations=100_000))
    report = verify(problem, schedule.rounds)
    found = loads(problem, schedule.rounds)
    assert report.sound
    assert max(found) - min(found) <= 1
    assert report.moderator_repeats == 0


def test_however_long_is_searched_all_lead_in_turn():
    schedule = solve(ANNEALED, Budget(iterations=400_000))
    found = loads(ANNEALED, schedule.rounds)
    assert schedule.repeats > 0
    assert max(found) - min(found) <= 1


def test_who_led_rounds_that_are_over_lets_others_lead_first():
    plan = solve(a_problem(24, 6, 2, moderators=4)).rounds
    everybody = Round(tuple(range(24)), tuple(range(8)))
    held = (replace(everybody, groups=groups, freedom=Freedom.HELD) for groups in plan)
    problem = replace(a_problem(24, 6, 4, moderators=8), rounds=(*held, everybody, everybody))
    rounds = solve(problem, Budget(iterations=20_000)).rounds
    assert loads(problem, rounds) == [2] * 8


def test_a_pinned_moderator_leads_whenever_they_are_pinned_and_nobody_leads_whom_they_may_not():
    problem = a_problem(102, 6, 5, moderators=34)
    pinned = replace(problem.rounds[0], pinned=(Group(3, (), 7),))
    never = tuple((moderator, person) for moderator in (17, 18) for person in range(80))
    problem = replace(problem, rounds=(pinned,) * 5, moderator_apart=never)
    schedule = solve(problem)
    assert verify(problem, schedule.rounds).sound
    assert [groups[2].moderator for groups in schedule.rounds] == [7] * 5
