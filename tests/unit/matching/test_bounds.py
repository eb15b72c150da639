"""How many repeats no schedule avoids: never more than the best of all schedules has."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.bounds import least_repeats
from services.matching.engine.densest import densest
from services.matching.engine.problem import Argument, Group, Problem, Round, group_sizes
from services.matching.engine.tally import repeats
from tests.support.matching import a_problem


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    """Up to six people and two rounds, of whom many met before."""
    people = draw(st.integers(4, 6))
    pairs = list(combinations(range(people), 2))
    met = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs)))
    return a_problem(
        people, draw(st.integers(2, 4)), draw(st.integers(1, 2)), history=tuple((a, b, 1.0) for a, b in met)
    )


@given(problem=small_problems())
@settings(max_examples=150, deadline=None)
def test_no_schedule_repeats_less_often_than_the_bound_says(problem: Problem):
    one_round = list(partitions(range(problem.people), group_sizes(problem, 0)))
    best = min(
        repeats(problem, [[Group(0, group) for group in groups] for groups in rounds])
        for rounds in product(one_round, repeat=len(problem.rounds))
    )
    assert least_repeats(problem, {}).repeats <= best


@given(people=st.integers(3, 8), size=st.integers(2, 5), seed=st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_the_heaviest_group_around_somebody_is_the_heaviest_of_all_groups(people: int, size: int, seed: int):
    group = np.zeros(min(size, people), dtype=np.int64)
    upper = np.triu(np.random.default_rng(seed).integers(-500, 1000, (people, people)), 1)
    weights = upper + upper.T
    others = combinations(range(1, people), len(group) - 1)
    best = max(sum(weights[a, b] for a, b in combinations((0, *rest), 2)) for rest in others)
    most = int(weights.max())
    assert densest(weights, 0, most, 0, group)[0] >= best
    assert densest(weights, 0, most, 100_000, group)[0] == best
    assert group[0] == 0
    assert sum(weights[a, b] for a, b in combinations(group.tolist(), 2)) == best


def test_after_many_weeks_the_bound_says_that_those_left_to_meet_know_one_another():
    rng = np.random.default_rng(1)
    history = tuple((a, b, 1.0) for a, b in combinations(range(60), 2) if rng.random() < 0.7)
    bound = least_repeats(a_problem(60, 6, 3, history=history), {}, nodes=1)
    assert bound.argument is Argument.GROUPS
    assert bound.repeats > 30


def test_prices_of_pairs_and_people_prove_more_than_the_best_groups_alone():
    rng = np.random.default_rng(1)
    history = tuple((a, b, 1.0) for a, b in combinations(range(60), 2) if rng.random() < 0.7)
    problem = a_problem(60, 6, 3, history=history)
    assert least_repeats(problem, {}).repeats > 2 * least_repeats(problem, {}, nodes=1).repeats


@pytest.mark.parametrize(("rounds", "least"), [(3, 0), (4, 1)])
def test_six_groups_of_six_meet_without_a_repeat_in_three_rounds_and_not_in_four(rounds: int, least: int):
    assert least_repeats(a_problem(36, 6, rounds), {}).repeats == least


def test_the_bound_of_rounds_with_other_people_counts_only_who_is_there_together():
    problem = Problem(people=6, group_size=3, rounds=(Round((0, 1, 2)), Round((3, 4, 5)), Round((0, 1, 2))))
    assert least_repeats(problem, {}).repeats == 3


def partitions(people: Sequence[int], sizes: Sequence[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to seat them in groups of these sizes."""
    if not sizes:
        yield ()
        return
    first, *rest = people
    for size in sorted(set(sizes)):
        left = list(sizes)
        left.remove(size)
        for others in combinations(rest, size - 1):
            remaining = [person for person in rest if person not in others]
            for groups in partitions(remaining, left):
                yield ((first, *others), *groups)


def test_only_the_second_and_later_meetings_of_two_kept_together_are_by_order():
    assert least_repeats(a_problem(12, 4, 2, keep_together=((0, 1),)), {}).repeats == 2
