"""Rounds of a construction fit who is pinned, who is away in a round, and moderators who come and go."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine import Budget, Group, Problem, Round, Schedule
from services.matching.engine.solve import solve
from tests.support.referee import verify

AT_ONCE = Budget(iterations=1_000)
"""Too few for any search to be without a repeat where rounds leave no choice."""


def tight(groups: int, size: int, rounds: int, moderators: int = 0) -> Problem:
    """So many rounds that hardly any other groups than those of a construction are without a repeat."""
    people = tuple(range(groups * size))
    return Problem(len(people), size, (Round(people, tuple(range(moderators))),) * rounds, moderators)


def changed(problem: Problem, changes: dict[int, Round]) -> Problem:
    rounds = tuple(changes.get(number, round_) for number, round_ in enumerate(problem.rounds))
    return replace(problem, rounds=rounds)


def without(round_: Round, *people: int) -> Round:
    return replace(round_, present=tuple(person for person in round_.present if person not in people))


def keeps(problem: Problem, schedule: Schedule) -> bool:
    """Whether everybody who is there sits once in groups of the right size, and who is pinned sits there."""
    seats = zip(problem.rounds, schedule.rounds, strict=True)
    return verify(problem, schedule.rounds).sound and all(_holds(round_.pinned, groups) for round_, groups in seats)


def _holds(pinned: Iterable[Group], groups: Iterable[Group]) -> bool:
    by_number = {group.number: group for group in groups}
    return all(
        set(group.people) <= set(by_number[group.number].people)
        and group.moderator in (None, by_number[group.number].moderator)
        for group in pinned
    )


@pytest.mark.parametrize(
    "pins",
    [
        {0: (Group(1, (0,)),)},
        {0: (Group(3, (0, 1, 2)),), 4: (Group(1, (3, 9)), Group(2, (4, 5)))},
        {1: (Group(7, tuple(range(7))),), 2: (Group(1, (0, 20)), Group(2, (1, 21)))},
    ],
)
def test_who_is_pinned_costs_no_repeat_where_groups_may_change_numbers_and_people_places(
    pins: dict[int, tuple[Group, ...]],
):
    problem = tight(7, 7, 8)
    problem = changed(problem, {r: replace(problem.rounds[r], pinned=pinned) for r, pinned in pins.items()})
    schedule = solve(problem, AT_ONCE, 0)
    assert (schedule.repeats, keeps(problem, schedule)) == (0, True)


def test_in_a_plan_groups_change_numbers_for_a_pin_where_people_cannot_change_seats():
    problem = tight(7, 7, 8)
    plan = solve(problem, AT_ONCE, 0)
    rounds = tuple(replace(round_, groups=groups) for round_, groups in zip(problem.rounds, plan.rounds, strict=True))
    other = next(group.number for group in plan.rounds[2] if 0 not in group.people)
    problem = changed(replace(problem, rounds=rounds), {2: replace(rounds[2], pinned=(Group(other, (0,)),))})
    schedule = solve(problem, AT_ONCE, 0)
    assert (schedule.repeats, keeps(problem, schedule)) == (0, True)
    assert all(was == is_ for r, (was, is_) in enumerate(zip(plan.rounds, schedule.rounds, strict=True)) if r != 2)


def test_a_pinned_moderator_brings_their_group_along():
    problem = tight(17, 6, 17, moderators=17)
    pinned = (Group(2, (), 5), Group(4, (11, 12), 3))
    problem = changed(problem, {3: replace(problem.rounds[3], pinned=pinned)})
    schedule = solve(problem, AT_ONCE, 0)
    assert (schedule.repeats, keeps(problem, schedule)) == (0, True)
    assert verify(problem, schedule.rounds).moderator_repeats == 0


def test_who_is_away_in_a_round_leaves_the_others_where_they_were():
    problem = tight(7, 7, 8)
    first, third = problem.rounds[0], problem.rounds[2]
    problem = changed(problem, {0: without(first, 0), 2: replace(without(third, 5), pinned=(Group(2, (1, 2)),))})
    schedule = solve(problem, AT_ONCE, 0)
    assert (schedule.repeats, keeps(problem, schedule)) == (0, True)


def test_a_moderator_who_is_away_in_a_round_leaves_the_others_those_they_have_not_met():
    problem = tight(17, 6, 17, moderators=17)
    problem = changed(problem, {0: replace(problem.rounds[0], moderators=tuple(range(16)))})
    schedule = solve(problem, AT_ONCE, 0)
    assert (schedule.repeats, keeps(problem, schedule)) == (0, True)
    assert verify(problem, schedule.rounds).moderator_repeats == 0


@st.composite
def tight_problems(draw: st.DrawFn) -> Problem:
    """A construction's people, of whom some are away now and then, some pinned, and now and then a moderator away."""
    groups, size, rounds = draw(st.sampled_from([(4, 4, 5), (5, 4, 5), (5, 5, 6), (7, 3, 7), (6, 2, 11)]))
    problem = tight(groups, size, rounds, draw(st.sampled_from([0, groups, groups + 1])))
    return replace(problem, rounds=tuple(draw(_loosened(round_, groups)) for round_ in problem.rounds))


@st.composite
def _loosened(draw: st.DrawFn, round_: Round, groups: int) -> Round:
    away = draw(st.sets(st.sampled_from(round_.present), max_size=2))
    gone = draw(st.sets(st.sampled_from(round_.moderators), max_size=1)) if round_.moderators else set[int]()
    there = without(round_, *away).present
    leading = tuple(moderator for moderator in round_.moderators if moderator not in gone)
    numbers = draw(st.lists(st.integers(1, groups), max_size=2, unique=True))
    people = iter(draw(st.permutations(there)))
    pinned = tuple(Group(number, (next(people), next(people))) for number in numbers)
    return Round(there, leading, pinned=pinned if len(there) >= 2 * groups else ())


@settings(deadline=None)
@given(problem=tight_problems(), seed=st.integers(0, 3))
def test_whoever_is_away_or_pinned_everybody_else_sits_once_in_groups_of_the_right_size(problem: Problem, seed: int):
    assert keeps(problem, solve(problem, AT_ONCE, seed))
