"""A running round in which little fits: what gives way first, and what is said to be the least when something does."""

from typing import Any

from services.matching.engine import Freedom, Group, Problem, Round
from tests.support.reseating import Reseated, reseated


def reseat(
    *groups: Group,
    people: int,
    present: tuple[int, ...] = (),
    moderators: tuple[int, ...] = (),
    sizes: tuple[int, ...] = (),
    pinned: tuple[Group, ...] = (),
    **values: Any,
) -> Reseated:
    """These groups run; everybody is there unless `present` says otherwise, and the late sit in no group."""
    round_ = Round(present or tuple(range(people)), moderators, groups, Freedom.RUNNING, sizes, pinned)
    problem = Problem(people, 2, (round_,), moderators=max(moderators, default=-1) + 1, **values)
    return reseated(problem)


def seats(result: Reseated) -> list[tuple[int, tuple[int, ...]]]:
    return [(group.number, group.people) for group in result.groups]


def test_who_is_pinned_and_has_no_seat_counts_as_a_pin_that_could_not_be_kept():
    result = reseat(Group(1, (0,)), people=2, sizes=(1,), pinned=(Group(1, (0, 1)),), largest=2)
    assert (seats(result), result.broken) == ([(1, (0,))], 1)


def test_a_moderator_pinned_to_a_group_that_nobody_can_sit_in_counts_as_a_pin_that_could_not_be_kept():
    pinned = (Group(1, (0, 1)), Group(3, (), 0))
    result = reseat(Group(1, (0, 1), 0), people=2, moderators=(0,), sizes=(2,), pinned=pinned)
    assert (seats(result), result.broken) == ([(1, (0, 1))], 1)


def test_who_sits_where_neither_their_pin_nor_the_moderator_lets_them_counts_twice():
    pinned = (Group(1, (0,), 0), Group(2, (1,)))
    result = reseat(
        Group(1, (0,), 0), people=2, moderators=(0,), sizes=(2,), pinned=pinned, moderator_apart=((0, 0), (0, 1))
    )
    assert (seats(result), result.broken) == ([(1, (0, 1))], 3)


def test_many_more_than_the_fewest_move_where_that_keeps_every_rule():
    groups = (Group(1, (0, 1, 2, 3, 4)), Group(2, (6,)), Group(3, (5,)), Group(4, tuple(range(7, 15))))
    result = reseat(
        *groups,
        people=15,
        sizes=(8, 3, 2, 2),
        pinned=(Group(3, (1,)), Group(4, tuple(range(7, 15)))),
        company=(1, -1, 0, 0, 1, 0, 1, *[-1] * 8),
        keep_together=((0, 5), (1, 2)),
    )
    assert (result.broken, result.moved, result.least_moves) == (0, 5, 5)


def test_one_of_two_who_must_share_a_group_sits_out_where_no_group_seats_two():
    result = reseat(Group(1, (0, 1)), people=3, sizes=(1, 1), largest=2, keep_together=((0, 1),))
    assert (result.broken, result.moved, result.least_moves) == (0, 1, 1)


def test_nobody_moves_to_another_group_where_the_same_moderators_would_be_missing():
    result = reseat(Group(2, (0, 1)), Group(3, ()), people=2, moderators=(0,), sizes=(2,), moderator_apart=((0, 1),))
    assert (seats(result), result.moved) == ([(2, (0, 1))], 0)


def test_of_two_ways_to_keep_the_rules_people_move_where_every_group_is_led():
    result = reseat(
        Group(1, (1, 2, 3), 1),
        people=4,
        moderators=(0, 1),
        sizes=(2, 2),
        pinned=(Group(1, (0,)),),
        keep_apart=((1, 2),),
        moderator_apart=((1, 3), (1, 1)),
    )
    assert [group.moderator for group in result.groups] in ([0, 1], [1, 0])
    assert (result.broken, result.moved) == (0, 2)


def test_without_prescribed_sizes_one_who_comes_late_joins_whom_a_pin_left_alone():
    result = reseat(Group(1, (0, 1, 3)), people=4, present=(0, 2, 3), pinned=(Group(2, (0,)),))
    assert (seats(result), result.moved, result.least_moves) == ([(1, (2, 3)), (2, (0,))], 1, 1)


def test_without_prescribed_sizes_two_who_may_not_meet_stay_alone_rather_than_together():
    result = reseat(Group(1, (0,)), Group(2, (1,)), people=2, keep_apart=((0, 1),))
    assert (result.broken, result.moved, result.least_moves) == (0, 0, 0)


def test_where_a_pin_can_not_be_kept_no_more_is_said_to_be_the_least_than_the_sizes_ask_for():
    late, home = tuple(range(7)), tuple(range(7, 14))
    groups = (Group(1, ()), Group(2, home))
    result = reseat(*groups, people=14, sizes=(14,), pinned=(Group(1, late), Group(2, home)))
    assert (result.broken, result.least_moves) == (7, 0)


def test_where_a_rule_keeps_people_in_a_group_too_small_no_move_is_said_to_be_needed():
    others = tuple(range(2, 14))
    apart = tuple((person, other) for person in (0, 1) for other in others)
    result = reseat(Group(1, (0,)), Group(2, (1,)), Group(3, others), people=14, keep_apart=((0, 1), *apart))
    assert result.least_moves == 0


def test_without_prescribed_sizes_two_of_one_company_who_sit_together_may_stay_but_not_move_to_a_third():
    """Where all three sat in one group, a pin takes one of them out of it: nobody else need move."""
    groups = (Group(1, (1, 3, 6, 7)), Group(2, (0, 2, 4, 5)))
    present, company = (0, 1, 2, 3, 4, 5, 7), (-1, -1, 0, 0, -1, -1, -1, 0)
    result = reseat(*groups, people=8, present=present, pinned=(Group(2, (3,)),), company=company)
    assert (seats(result), result.moved, result.least_moves) == ([(1, (1, 7)), (2, (0, 2, 3, 4, 5))], 1, 1)


def test_two_who_may_not_meet_and_sat_in_a_group_given_up_do_not_sit_down_together_elsewhere():
    groups = (Group(1, (0, 1)), Group(2, (2, 3, 4)), Group(3, tuple(range(5, 13))))
    result = reseat(*groups, people=13, smallest=3, keep_apart=((0, 1),))
    assert sorted(len(group.people) for group in result.groups) == [4, 9]
    assert (result.moved, result.least_moves) == (2, 2)


def test_two_to_be_together_who_sat_apart_may_stay_so_but_sit_together_once_both_their_groups_are_given_up():
    groups = (Group(1, (0, 1)), Group(2, (2, 3)), Group(3, tuple(range(4, 9))), Group(4, tuple(range(9, 14))))
    result = reseat(*groups, people=14, smallest=5, keep_together=((0, 2),))
    assert (len(result.groups), result.broken, result.moved) == (2, 0, 4)
    assert any({0, 2} <= set(group.people) for group in result.groups)
