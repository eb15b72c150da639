"""A running round, in which people sit already: who moves, who doesn't, and why."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.matching.engine import Freedom, Group, Problem, Round
from services.matching.engine.problem import even_sizes
from services.matching.engine.replan.moves import Move, Why, moves
from services.matching.engine.solve import solve
from services.matching.engine.tally import meetings
from tests.support.matching import a_problem
from tests.support.reseating import Reseated, reseated


def groups_of(*people: Sequence[int], led: bool = False) -> tuple[Group, ...]:
    """Groups 1, 2, ... of these people, led by moderators 0, 1, ..."""
    return tuple(Group(n + 1, tuple(who), n if led else None) for n, who in enumerate(people))


def running(
    groups: tuple[Group, ...],
    *,
    absent: Sequence[int] = (),
    late: int = 0,
    sizes: Sequence[int] = (),
    moderators: Sequence[int] = (),
    pins: dict[int, int] | None = None,
    **values: Any,
) -> Problem:
    """These groups sit together; so many come late and have the next numbers. Pins: person to group number."""
    people = 1 + max(person for group in groups for person in group.people) + late
    present = tuple(person for person in range(people) if person not in absent)
    by_group: dict[int, list[int]] = {}
    for person, number in (pins or {}).items():
        by_group.setdefault(number, []).append(person)
    pinned = tuple(Group(number, tuple(who)) for number, who in sorted(by_group.items()))
    round_ = Round(present, tuple(moderators), groups, Freedom.RUNNING, tuple(sizes), pinned)
    return Problem(people, 3, (round_,), **values)


def with_moderators(problem: Problem, count: int, *apart: tuple[int, int]) -> Problem:
    return replace(problem, moderators=count, moderator_apart=apart)


def people(result: Reseated) -> list[tuple[int, ...]]:
    return [group.people for group in result.groups]


def changes(problem: Problem, result: Reseated) -> tuple[Move, ...]:
    return moves(problem, [problem.rounds[0].groups], [result.groups])


THREE = groups_of((0, 1, 2), (3, 4, 5), (6, 7, 8))


@pytest.mark.parametrize("seed", range(5))
def test_three_absent_and_two_late_among_102_move_as_few_as_the_prescribed_sizes_ask_for(seed: int):
    rng = random.Random(seed)
    plan = solve(a_problem(102, 6, 3, companies=(12, 10, 8, 6, 6, 5)), seed=seed).rounds
    company = a_problem(102, 6, 1, companies=(12, 10, 8, 6, 6, 5)).company
    problem = running(
        plan[2], absent=rng.sample(range(102), 3), late=2, sizes=even_sizes(101, 17), company=(*company, 0, 1)
    )
    result = reseated(problem, meetings(plan[:2]))
    assert sorted(len(group.people) for group in result.groups) == sorted(even_sizes(101, 17))
    assert (result.broken, result.moved) == (0, result.least_moves)
    before = set(meetings([plan[2]]))
    again = [pair for pair in meetings([result.groups]) if pair in meetings(plan[:2]) and pair not in before]
    assert not again


def test_when_all_who_left_sat_together_others_fill_up_their_group():
    plan = solve(a_problem(102, 6, 1)).rounds[0]
    problem = running(plan, absent=plan[0].people[:3], sizes=even_sizes(99, 17))
    result = reseated(problem)
    assert (result.moved, result.least_moves) == (2, 2)
    assert Counter(move.why for move in changes(problem, result)) == {Why.ABSENT: 3, Why.EVENED_OUT: 2}


def test_without_prescribed_sizes_a_group_that_shrank_stays_as_it_is():
    result = reseated(running(groups_of((0, 1, 2, 3), (4, 5, 6, 7)), absent=(6, 7)))
    assert people(result) == [(0, 1, 2, 3), (4, 5)]
    assert (result.moved, result.least_moves) == (0, 0)


def test_with_fewer_groups_prescribed_the_emptiest_is_given_up():
    groups = groups_of((0, 1, 2), (3, 4, 5), (6, 7), led=True)
    problem = with_moderators(running(groups, absent=(6,), sizes=(4, 3), moderators=(0, 1, 2)), 3)
    result = reseated(problem)
    assert [(group.number, group.moderator) for group in result.groups] == [(1, 0), (2, 1)]
    assert (result.moved, result.least_moves) == (1, 1)
    assert changes(problem, result)[1:] == (
        Move(0, 7, None, 3, 1, Why.GROUP_DISSOLVED),
        Move(0, None, 2, 3, None, Why.GROUP_DISSOLVED),
    )


def test_with_more_groups_prescribed_a_new_one_takes_the_late_first():
    problem = running(groups_of((0, 1, 2), (3, 4, 5)), late=2, sizes=(3, 3, 2))
    result = reseated(problem)
    assert people(result) == [(0, 1, 2), (3, 4, 5), (6, 7)]
    assert (result.groups[2].number, result.moved) == (3, 0)


def test_the_late_sit_where_they_meet_nobody_again():
    result = reseated(running(groups_of((0, 1), (2, 3), (4, 5)), late=1), Counter({(0, 6): 1, (5, 6): 1}))
    assert people(result)[1] == (2, 3, 6)


def test_of_all_who_could_leave_a_full_group_one_goes_who_meets_nobody_again():
    met = Counter({(a, b): 1 for a in (0, 1, 2) for b in (4, 5)} | {(3, 4): 0})
    result = reseated(running(groups_of((0, 1, 2, 3), (4, 5)), sizes=(3, 3)), met)
    assert people(result) == [(0, 1, 2), (3, 4, 5)]


def test_one_who_comes_late_for_a_group_of_one_keeps_it_alive():
    result = reseated(running(THREE, absent=(7, 8), late=1))
    assert people(result) == [(0, 1, 2), (3, 4, 5), (6, 9)]
    assert result.moved == 0


def test_two_who_are_left_alone_sit_down_together():
    result = reseated(running(groups_of((0, 1, 2), (3, 4), (5, 6)), absent=(4, 6)))
    assert people(result) == [(0, 1, 2), (3, 5)]
    assert (result.moved, result.least_moves) == (1, 1)


def test_one_who_comes_late_for_their_partner_gets_a_seat_in_the_full_group_and_one_other_leaves_it():
    problem = running(groups_of((0, 1, 2), (3, 4)), late=1, sizes=(3, 3), keep_together=((0, 5),))
    result = reseated(problem)
    assert {0, 5} <= set(result.groups[0].people)
    assert (result.moved, result.least_moves, result.broken) == (1, 1, 0)
    assert [(move.why, move.source, move.target) for move in changes(problem, result)] == [
        (Why.EVENED_OUT, 1, 2),
        (Why.LATE, None, 1),
    ]


def test_a_rule_that_came_moves_one_of_two_where_sizes_are_prescribed_and_nobody_where_they_are_not():
    problem = running(THREE, sizes=(3, 3, 3), keep_apart=((0, 1),))
    result = reseated(problem)
    assert (result.moved, result.least_moves, result.broken) == (2, 2, 0)
    assert {move.why for move in changes(problem, result)} == {Why.RULE, Why.EVENED_OUT}
    assert people(reseated(running(THREE, keep_apart=((0, 1),)))) == [group.people for group in THREE]


def test_without_prescribed_sizes_people_who_are_to_be_together_from_now_on_stay_where_they_sit():
    assert people(reseated(running(THREE, keep_together=((0, 3),)))) == [group.people for group in THREE]


def test_a_moderator_who_may_not_lead_somebody_any_more_goes_on_without_prescribed_sizes_and_else_one_takes_over():
    groups = groups_of((0, 1, 2), (3, 4, 5), led=True)
    problem = with_moderators(running(groups, moderators=(0, 1)), 2, (0, 0))
    assert [(group.moderator, group.people) for group in reseated(problem).groups] == [(0, (0, 1, 2)), (1, (3, 4, 5))]
    problem = with_moderators(running(groups, moderators=(0, 1), sizes=(3, 3)), 2, (0, 0))
    result = reseated(problem)
    assert [(group.moderator, group.people) for group in result.groups] == [(1, (0, 1, 2)), (0, (3, 4, 5))]


def test_when_no_moderator_may_lead_a_group_as_it_sits_somebody_moves():
    groups = groups_of((0, 1, 2), (3, 4, 5), led=True)
    problem = with_moderators(running(groups, moderators=(0, 1), sizes=(3, 3)), 2, (0, 0), (0, 3))
    result = reseated(problem)
    assert [group.moderator for group in result.groups] in ([0, 1], [1, 0])
    assert (result.broken, result.moved) == (0, 2)


def test_a_pin_moves_whom_it_names_and_who_must_make_room():
    problem = running(THREE, sizes=(3, 3, 3), pins={0: 2})
    result = reseated(problem)
    assert 0 in result.groups[1].people
    assert (result.moved, result.least_moves) == (2, 2)
    assert Move(0, 0, None, 1, 2, Why.PINNED) in changes(problem, result)


def test_a_pin_is_kept_without_prescribed_sizes_too():
    result = reseated(running(THREE, pins={0: 2}))
    assert people(result) == [(1, 2), (0, 3, 4, 5), (6, 7, 8)]


def test_a_group_with_somebody_pinned_is_not_given_up():
    result = reseated(running(groups_of((0, 1, 2), (3, 4, 5), (6, 7)), absent=(7,), sizes=(4, 3), pins={6: 3}))
    assert 6 in next(group.people for group in result.groups if group.number == 3)


def test_a_pin_is_kept_where_other_rules_can_not_be():
    groups, company = groups_of((0, 1, 2), (3, 4, 5), (6, 7)), (0, -1, -1, 0, -1, -1, 0, -1)
    result = reseated(running(groups, absent=(7,), sizes=(4, 3), pins={6: 3}, company=company))
    assert 6 in next(group.people for group in result.groups if group.number == 3)
    assert result.broken == 1


def test_rules_that_can_not_be_kept_are_counted_and_the_sizes_still_hold():
    result = reseated(running(THREE, late=1, sizes=(4, 3, 3), company=(0, -1, -1, 0, -1, -1, 0, -1, -1, 0)))
    assert sorted(len(group.people) for group in result.groups) == [3, 3, 4]
    assert (result.broken, result.moved) == (1, 0)


def test_who_finds_all_seats_taken_sits_out():
    problem = running(groups_of((0, 1, 2), (3, 4, 5)), late=1, largest=3)
    result = reseated(problem)
    assert people(result) == [(0, 1, 2), (3, 4, 5)]
    assert [(move.person, move.target) for move in changes(problem, result)] == []


def test_of_those_without_a_seat_who_sat_out_before_sits_down():
    result = reseated(running(groups_of((0, 1, 2), (3, 4)), late=2, smallest=3, largest=3, sat_out=(0,) * 5 + (1, 0)))
    assert people(result) == [(0, 1, 2), (3, 4, 5)]
    result = reseated(running(groups_of((0, 1, 2), (3, 4)), late=2, smallest=3, largest=3, sat_out=(0,) * 5 + (0, 1)))
    assert people(result) == [(0, 1, 2), (3, 4, 6)]


def test_with_one_moderator_fewer_one_group_has_a_host_and_the_others_keep_theirs():
    groups = groups_of((0, 1, 2), (3, 4, 5), (6, 7, 8), led=True)
    problem = with_moderators(running(groups, moderators=(0, 2)), 3)
    result = reseated(problem)
    assert [(group.moderator, group.host) for group in result.groups] == [(0, None), (None, 3), (2, None)]
    assert changes(problem, result) == (Move(0, None, 1, 2, None, Why.MODERATOR_GONE),)


def test_a_free_moderator_who_may_not_lead_the_group_takes_one_whose_moderator_may():
    groups = groups_of((0, 1, 2), (3, 4, 5), led=True)
    problem = with_moderators(running(groups, moderators=(0, 2)), 3, (2, 3))
    result = reseated(problem)
    assert [group.moderator for group in result.groups] == [2, 0]
    assert changes(problem, result) == (
        Move(0, None, 0, 1, 2, Why.MODERATOR_GONE),
        Move(0, None, 1, 2, None, Why.MODERATOR_GONE),
        Move(0, None, 2, None, 1, Why.MODERATOR_FREE),
    )


@pytest.mark.parametrize("sizes", [(), (3,)])
def test_a_group_keeps_its_moderator_where_no_other_may_lead_it_either(sizes: tuple[int, ...]):
    groups = groups_of((0, 1), led=True)
    problem = with_moderators(running(groups, late=1, moderators=(0, 1), sizes=sizes), 2, (0, 2), (1, 0), (1, 1))
    result = reseated(problem)
    assert [(group.moderator, group.host) for group in result.groups] == [(0, None)]
    assert result.broken == 1
    assert changes(problem, result) == (Move(0, 2, None, None, 1, Why.LATE),)


def test_a_moderator_leads_nothing_any_more_for_a_rule_or_because_somebody_decided_so():
    groups = groups_of((0, 1, 2), led=True)
    problem = with_moderators(running(groups, moderators=(0, 1), sizes=(3,)), 2, (0, 1))
    taken_over = Move(0, None, 1, None, 1, Why.MODERATOR_FREE)
    assert changes(problem, reseated(problem)) == (Move(0, None, 0, 1, None, Why.RULE), taken_over)
    pinned = replace(problem.rounds[0], pinned=(Group(1, (), 1),))
    problem = replace(problem, rounds=(pinned,), moderator_apart=())
    assert changes(problem, reseated(problem))[0] == Move(0, None, 0, 1, None, Why.PINNED)


def test_nobody_comes_late_to_a_group_whose_moderator_may_not_lead_them():
    groups = groups_of((0, 1), (2, 3, 4), led=True)
    result = reseated(with_moderators(running(groups, late=1, moderators=(0, 1)), 2, (0, 5)))
    assert 5 in result.groups[1].people


def test_a_moderator_leads_another_group_because_they_are_pinned_there():
    problem = with_moderators(running(groups_of((0, 1, 2), (3, 4, 5), led=True), moderators=(0, 2)), 3)
    pinned = replace(problem.rounds[0], pinned=(Group(1, (), 2), Group(2, (), 0)))
    problem = replace(problem, rounds=(pinned,))
    assert changes(problem, reseated(problem)) == (
        Move(0, None, 0, 1, 2, Why.PINNED),
        Move(0, None, 1, 2, None, Why.MODERATOR_GONE),
        Move(0, None, 2, None, 1, Why.PINNED),
    )


def test_moves_name_everybody_who_has_another_seat_and_why():
    before, after = groups_of((0, 1, 2), (3, 4)), groups_of((0, 1, 5), (2, 4))
    free = Problem(6, 3, (Round((0, 1, 2, 4, 5)), Round((), groups=before, freedom=Freedom.HELD)))
    assert moves(free, [before, before], [after, after]) == (
        Move(0, 2, None, 1, 2, Why.REOPTIMISED),
        Move(0, 3, None, 2, None, Why.ABSENT),
        Move(0, 5, None, None, 1, Why.LATE),
    )
