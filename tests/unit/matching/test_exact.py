"""The fewest repeats of a few people's rounds, by a look at all of them."""

from dataclasses import replace
from itertools import combinations, product
from math import comb
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import assume, event, given, settings

from services.matching.engine.bounds import least_repeats
from services.matching.engine.exact.fewest import Rounds, can_be_tried, fewest_repeats
from services.matching.engine.exact.looking import look
from services.matching.engine.exact.patience import LOOKS_A_STEP, LOOKS_AT_ONCE, Patience
from services.matching.engine.exact.pricing import price_first
from services.matching.engine.problem import Argument, Budget, Freedom, Group, Problem, Progress, Round
from services.matching.engine.solve import solve
from services.matching.engine.tally import repeats
from services.matching.engine.warm import warm
from tests.support.every_way import every_way, small_problems, ways
from tests.support.matching import a_problem
from tests.support.referee import verify

MANY = 1_000


def test_whatever_the_groups_no_kernel_is_compiled_for_them_in_front_of_a_user():
    warm()
    before = [len(cast(Any, kernel).signatures) for kernel in (look, price_first)]
    fewest_repeats(a_problem(6, 2, 4, history=((0, 1, 1.0),)), {}, range(4), (0, 1), lambda _: 1)
    assert [len(cast(Any, kernel).signatures) for kernel in (look, price_first)] == before


def few(people: int, rounds: int, seed: int, met: float) -> Problem:
    """Rounds in fours; such a part of the pairs met before."""
    rng = np.random.default_rng(seed)
    pairs = combinations(range(people), 2)
    return a_problem(people, 4, rounds, history=tuple((a, b, 1.0) for a, b in pairs if rng.random() < met))


def counted(problem: Problem, rounds: Rounds | None) -> int:
    assert rounds is not None
    return repeats(problem, [[Group(0, tuple(people)) for people in groups] for groups in rounds])


@given(problem=small_problems())
@settings(max_examples=150, deadline=None)
def test_no_way_to_keep_the_rules_has_fewer_and_one_has_as_many(problem: Problem):
    held = {r: round_.groups for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.HELD}
    free = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE]
    assume(can_be_tried(problem, held, free))
    best = min((again for again, kept in every_way(problem) if kept), default=None)
    event("rules can be kept" if best is not None else "rules can't be kept")
    fewest = fewest_repeats(problem, held, free, (0, MANY if best is not None else 30), lambda _: MANY)
    if best is None:
        assert fewest.rounds is None
    else:
        assert fewest.least == best
        over = [[list(group.people) for group in groups] for groups in held.values()]
        assert counted(problem, [*over, *(fewest.rounds or [])]) == best


@pytest.mark.parametrize(("people", "sizes"), [(5, (2, 2)), (7, (3, 3)), (6, (2, 2))])
@pytest.mark.parametrize("seed", range(5))
def test_nor_where_some_have_no_seat(people: int, sizes: tuple[int, ...], seed: int):
    rng = np.random.default_rng(seed)
    met = tuple((a, b, 1.0) for a, b in combinations(range(people), 2) if rng.random() < 0.5)
    rounds = (Round(tuple(range(people)), sizes=sizes),) * 2
    problem = Problem(people, max(sizes), rounds, history=met)
    of_each = list(ways(range(people), sizes))
    best = min(
        repeats(problem, [[Group(0, group) for group in groups] for groups in each])
        for each in product(of_each, repeat=2)
    )
    assert fewest_repeats(problem, {}, [0, 1], (0, MANY), lambda _: MANY).least == best


@pytest.mark.parametrize(
    ("people", "sizes", "rounds"),
    [(6, (3, 3), 3), (5, (3, 2), 3), (7, (4, 3), 3), (6, (4, 2), 4), (8, (4, 4), 2), (5, (2, 2), 4)],
)
def test_the_first_round_of_equals_may_be_any(people: int, sizes: tuple[int, ...], rounds: int):
    problem = Problem(people, max(sizes), (Round(tuple(range(people)), sizes=sizes),) * rounds)
    of_each = [[Group(0, group) for group in groups] for groups in ways(range(people), sizes)]
    best = min(repeats(problem, each) for each in product(of_each, repeat=rounds))
    fewest = fewest_repeats(problem, {}, range(rounds), (0, MANY), lambda _: MANY)
    assert fewest.least == counted(problem, fewest.rounds) == best


@pytest.mark.parametrize(("people", "size", "rounds", "least"), [(6, 3, 3, 5), (7, 3, 4, 1), (10, 5, 3, 18)])
def test_that_equals_meet_again_is_proven(people: int, size: int, rounds: int, least: int):
    schedule = solve(a_problem(people, size, rounds), Budget(iterations=5_000_000))
    assert (schedule.repeats, schedule.bound, schedule.argument) == (least, least, Argument.TRIED)


def test_more_is_proven_than_prices_alone_prove():
    problem = few(12, 3, seed=1, met=0.4)
    bound = least_repeats(problem, {}).repeats
    fewest = fewest_repeats(problem, {}, [0, 1, 2], (bound, MANY), lambda _: MANY)
    assert fewest.least > bound
    assert counted(problem, fewest.rounds) == fewest.least


def test_a_look_that_pauses_goes_on_and_one_that_is_to_stop_tells_what_is_known():
    problem = few(12, 3, seed=1, met=0.4)
    at_once = fewest_repeats(problem, {}, [0, 1, 2], (3, MANY), lambda _: 10**9)
    assert fewest_repeats(problem, {}, [0, 1, 2], (3, MANY), lambda _: 1) == at_once
    assert fewest_repeats(problem, {}, [0, 1, 2], (3, MANY), lambda _: 0) == (11, None)  # what prices prove alone


def test_a_plan_for_a_few_has_the_fewest_repeats_and_says_that_all_were_tried():
    schedule = solve(few(12, 3, seed=1, met=0.4), Budget(iterations=5_000_000))
    assert (schedule.repeats, schedule.bound, schedule.argument) == (14, 14, Argument.TRIED)


def test_one_that_the_look_comes_by_is_taken_where_the_search_found_none_as_good():
    """So short a search ends at five."""
    schedule = solve(few(16, 2, seed=9, met=0.5), Budget(iterations=20_000))
    assert (schedule.repeats, schedule.bound, schedule.argument) == (3, 3, Argument.TRIED)
    assert verify(few(16, 2, seed=9, met=0.5), schedule.rounds).structure == 0


@pytest.mark.parametrize("history", [(), ((0, 4, 1.0),)])
def test_who_is_pinned_stays_so_where_others_would_meet_again_less(history: tuple[tuple[int, int, float], ...]):
    """All seats of the larger group are given, and the look knows nothing of it."""
    pinned = Round(tuple(range(7)), pinned=(Group(2, (0, 1, 2, 3)),))
    schedule = solve(Problem(7, 4, (pinned,) * 2, history=history), Budget(iterations=50_000))
    assert [next(group.people for group in each if group.number == 2) for each in schedule.rounds] == [(0, 1, 2, 3)] * 2
    assert (schedule.repeats, schedule.bound, schedule.argument) == (9, 3, Argument.SPREAD)


def test_whoever_watches_ends_the_look_too():
    """The search has half of the seconds, and to try all of this takes more than the other half."""
    told: list[Progress] = []

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return progress.seconds < 5

    schedule = solve(few(20, 3, seed=0, met=0.5), Budget(seconds=8), watch=watch)
    assert 5 <= told[-1].seconds < 6
    assert [progress for progress in told if progress.seconds > 5] == told[-1:]
    assert told[-1].bound <= schedule.bound < schedule.repeats


def test_it_goes_on_until_the_budget_is_spent_or_a_fifth_of_it_was_not_enough_for_one_first_group():
    steps = 10 * LOOKS_AT_ONCE // LOOKS_A_STEP
    vain, through = (Patience(Budget(iterations=steps), stop=lambda: False) for _ in range(2))
    assert sum(iter(lambda: vain.more(1), 0)) == 3 * LOOKS_AT_ONCE
    assert sum(iter(lambda: through.more(2), 0)) == 10 * LOOKS_AT_ONCE
    assert through.spent == 1
    assert Patience(Budget(iterations=steps), stop=lambda: True).more(2) == 0


def test_it_is_told_with_how_many_of_the_first_groups_the_look_has_begun():
    told: list[int] = []

    def more(begun: int) -> int:
        told.append(begun)
        return 1

    fewest_repeats(few(12, 3, seed=1, met=0.4), {}, [0, 1, 2], (13, 14), more)
    around_one_person = comb(11, 3)
    assert told == sorted(told)
    assert 1 < told[-1] <= around_one_person


@pytest.mark.parametrize(
    "problem",
    [
        a_problem(8, 4, 1),
        a_problem(21, 4, 3),
        a_problem(8, 4, 2, keep_apart=((0, 1),)),
        a_problem(8, 4, 2, history=((0, 1, 1.0),), keep_together=((0, 1),)),
        a_problem(63, 3, 2, history=((0, 1, 1.0),)),
        a_problem(40, 5, 2, history=((0, 1, 1.0),)),
        a_problem(4, 4, 2, history=((0, 1, 1.0),)),
        replace(
            a_problem(8, 4, 1, history=((0, 1, 1.0),)), rounds=(Round((0, 1, 2, 3, 4, 5)), Round((0, 1, 2, 3, 6, 7)))
        ),
    ],
)
def test_rounds_of_many_or_of_others_are_not_tried(problem: Problem):
    assert not can_be_tried(problem, {}, range(len(problem.rounds)))
