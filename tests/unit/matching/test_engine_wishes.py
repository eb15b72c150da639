"""Wishes: met where they cost no repeat, each of them."""

from collections.abc import Sequence

import numpy as np
import pytest

from services.matching.engine import Budget, Group
from services.matching.engine.problem import Wishes
from services.matching.engine.search.prices import LEVELS, price
from services.matching.engine.solve import solve
from services.matching.engine.tally import meetings
from tests.support.matching import a_problem

NEW, EXPERIENCED = {0, 1, 2}, {3, 4, 5}


def test_no_wish_costs_a_repeat_where_none_is_needed():
    rng = np.random.default_rng(1)
    wants = tuple({(int(min(pair)), int(max(pair))) for pair in (rng.permutation(94)[:2] for _ in range(80))})
    wishes = Wishes(
        wants=wants,
        profession=tuple(rng.integers(0, 8, 94).tolist()),
        newcomers=tuple(range(30)),
        experienced=tuple(range(30, 94)),
    )
    schedule = solve(a_problem(94, 6, 4, moderators=17, companies=(8, 6, 5, 3), wishes=wishes), seed=1)
    assert (schedule.repeats, schedule.broken) == (0, ())
    met = meetings(schedule.rounds)
    assert sum(pair in met for pair in wants) > len(wants) * 3 / 4


@pytest.mark.parametrize(("people", "rounds"), [(102, 5), (102, 8), (37, 4)])
def test_every_ask_that_can_be_met_is_met_where_a_construction_repeats_nobody(people: int, rounds: int):
    rng = np.random.default_rng(2)
    wants = {tuple(sorted(rng.permutation(people)[:2].tolist())) for _ in range(people // 2)}
    schedule = solve(a_problem(people, 6, rounds, wishes=Wishes(wants=tuple(wants))), Budget(iterations=600_000))
    assert schedule.repeats == 0
    assert wants <= set(meetings(schedule.rounds))


@pytest.mark.parametrize("earlier", [1, LEVELS, 3 * LEVELS])
def test_an_ask_of_two_who_met_before_makes_their_repeat_no_cheaper(earlier: int):
    assert price((0, earlier, 0, 800), 0, 1) == price((0, earlier, 0, 0), 0, 1)
    assert price((0, 0, 0, 800), 0, 1) < price((0, 0, 0, 0), 0, 1)


def test_nobody_sits_with_somebody_without_a_common_language_where_nobody_need():
    languages = tuple(frozenset({person % 3}) for person in range(27))
    schedule = solve(a_problem(27, 3, 2, wishes=Wishes(languages=languages)), Budget(iterations=400_000))
    assert schedule.repeats == 0
    assert all(languages[a] & languages[b] for a, b in meetings(schedule.rounds))


def without_experience(rounds: Sequence[Sequence[Group]]) -> int:
    """How often a newcomer sits in a group without anybody experienced."""
    groups = [set(group.people) for each in rounds for group in each]
    return sum(len(people & NEW) for people in groups if not people & EXPERIENCED)


@pytest.mark.parametrize("seed", range(3))
def test_every_newcomer_sits_with_somebody_experienced_where_there_is_room(seed: int):
    wishes = Wishes(newcomers=tuple(NEW), experienced=tuple(EXPERIENCED))
    schedule = solve(a_problem(36, 6, 2, wishes=wishes), Budget(iterations=400_000), seed)
    assert schedule.repeats == 0
    assert without_experience(schedule.rounds) == 0
