"""Where there are fewer seats than people somebody sits out, in turn; but first the rules are kept."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest

from services.matching.engine import Budget, Group, Problem, Round
from services.matching.engine.solve import solve
from tests.support.matching import a_problem

BUDGET = Budget(iterations=20_000)


def times_out(problem: Problem, rounds: Sequence[Sequence[Group]]) -> Counter[int]:
    """How often each sits out who is there."""
    out: Counter[int] = Counter()
    for round_, groups in zip(problem.rounds, rounds, strict=True):
        out.update(set(round_.present).difference(*(group.people for group in groups)))
    return out


@pytest.mark.parametrize("people", [9, 25, 51])
def test_of_three_who_stay_together_in_rounds_of_two_each_sits_out_in_turn(people: int):
    problem = a_problem(people, 2, 6, keep_together=((0, 4, 6),), largest=2)
    schedule = solve(problem, BUDGET)
    assert schedule.broken == ()
    assert times_out(problem, schedule.rounds) == {0: 2, 4: 2, 6: 2}


@pytest.mark.parametrize(
    ("people", "rounds", "apart", "times"),
    [(3, 4, ((0, 1),), [2, 2]), (5, 4, ((0, 1), (0, 2), (1, 2)), [1, 1, 2]), (5, 6, ((0, 1), (0, 2), (1, 2)), [2] * 3)],
)
def test_of_those_who_are_kept_apart_each_sits_out_in_turn(
    people: int, rounds: int, apart: tuple[tuple[int, int], ...], times: list[int]
):
    problem = a_problem(people, 2, rounds, keep_apart=apart, largest=2)
    schedule = solve(problem, BUDGET)
    assert schedule.broken == ()
    assert sorted(times_out(problem, schedule.rounds).values()) == times


def test_nobody_meets_again_because_the_same_one_sits_out():
    rounds = (Round((0, 1, 2), (0, 1, 2)), Round((0, 1, 2), (2,)))
    for seed in range(5):
        schedule = solve(Problem(3, 2, rounds, moderators=3, largest=2, keep_apart=((0, 1),)), BUDGET, seed)
        assert schedule.repeats == 0


def test_whom_no_moderator_may_lead_sits_out_in_turn():
    rules: dict[str, Any] = {"keep_together": ((0, 5, 2),), "moderator_apart": ((0, 0), (0, 1), (1, 4), (2, 2))}
    problem = a_problem(7, 4, 2, moderators=3, smallest=4, largest=5, sat_out=(1, 0, 0, 1, 2, 1, 1), **rules)
    schedule = solve(problem, BUDGET)
    assert schedule.broken == ()
    assert [len(set(range(7)) - set(groups[0].people)) for groups in schedule.rounds] == [2, 2]
    assert max((Counter(dict(enumerate(problem.sat_out))) + times_out(problem, schedule.rounds)).values()) == 2


@pytest.mark.parametrize(("people", "rounds"), [(5, 5), (41, 41), (59, 59), (59, 12)])
def test_an_odd_number_meets_in_pairs_at_once_and_each_sits_out_once(people: int, rounds: int):
    problem = a_problem(people, 2, rounds, largest=2)
    schedule = solve(problem, Budget(iterations=1))
    assert schedule.repeats == 0
    assert sorted(times_out(problem, schedule.rounds).values()) == [1] * rounds


def test_an_odd_number_meets_in_pairs_although_another_one_is_absent_each_time():
    rounds = tuple(Round(tuple(person for person in range(21) if person != away)) for away in range(3, 21))
    assert solve(Problem(21, 2, rounds), Budget(iterations=1)).repeats == 0


def test_where_two_sit_out_at_once_in_pairs_it_is_nobody_twice_before_all_did():
    problem = Problem(6, 2, (Round(tuple(range(6)), sizes=(2, 2)), *[Round(tuple(range(6)))] * 2), largest=2)
    assert solve(problem, BUDGET).repeats == 0


def test_who_is_pinned_sits_though_their_company_is_too_large():
    round_ = Round(tuple(range(6)), pinned=(Group(1, (0, 2, 3)),))
    problem = Problem(6, 4, (round_,), smallest=4, largest=4, company=(2, 1, 2, -1, -1, 0))
    ((group,),) = solve(problem, Budget(iterations=2_000)).rounds
    assert {0, 2, 3} <= set(group.people)


@pytest.mark.parametrize(
    ("people", "size", "rounds", "met", "fewest", "seed"),
    [(7, 2, 4, 0.6, 5, 4), (7, 2, 4, 0.2, 1, 31), (9, 2, 3, 0.6, 0, 37), (8, 3, 2, 0.6, 3, 48), (10, 3, 3, 0.2, 0, 8)],
)
def test_of_all_fair_ways_to_sit_out_one_is_found_in_which_the_fewest_meet_again(
    people: int, size: int, rounds: int, met: float, fewest: int, seed: int
):
    """`fewest` is what a constraint solver proved."""
    rng = random.Random(seed)
    pairs = [pair for pair in combinations(range(people), 2) if rng.random() < met]
    history = tuple((a, b, 1.0) for a, b in pairs)
    problem = a_problem(people, size, rounds, smallest=size, largest=size, history=history)
    schedule = solve(problem, Budget(iterations=100_000), seed)
    times = times_out(problem, schedule.rounds)
    assert schedule.repeats == fewest
    assert max(times.values()) - min(times[person] for person in range(people)) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_rules_of_later_rounds_do_not_leave_somebody_out_twice_more_than_another(seed: int):
    """Who sat out in the first rounds must sit in the last, for what is pinned there."""
    pinned = ((), (Group(1, (3, 5)),), (Group(1, (1, 5)),))
    rounds = tuple(Round(tuple(range(7)), sizes=(4,), pinned=each) for each in pinned)
    problem = Problem(7, 4, rounds, largest=4)
    schedule = solve(problem, Budget(iterations=100_000), seed)
    assert sorted(times_out(problem, schedule.rounds).values()) == [1, 1, 1, 1, 1, 2, 2]
    assert schedule.repeats == 2
