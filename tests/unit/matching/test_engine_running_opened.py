"""A running round without prescribed sizes: when a group that everybody left, or a new one, is opened for who came."""

from dataclasses import replace
from itertools import product
from typing import Any

from services.matching.engine import Freedom, Group, Problem, Round
from services.matching.engine.collisions.conflicts import conflicts
from tests.support.reseating import Reseated, reseated


def a_round(*groups: tuple[int, ...], gone: int = 0, came: int = 0, size: int, **values: Any) -> Problem:
    """Groups 1, 2, … run; of the last so many have left, and so many others have come."""
    sat = sum(len(group) for group in groups)
    people = sat + came
    present = (*range(sat - gone), *range(sat, people))
    running = tuple(Group(n + 1, who) for n, who in enumerate(groups))
    return Problem(people, size, (Round(present, (), running, Freedom.RUNNING),), **values)


def seats(result: Reseated) -> list[tuple[int, tuple[int, ...]]]:
    return [(group.number, group.people) for group in result.groups]


def sizes(result: Reseated) -> list[int]:
    return sorted((len(group.people) for group in result.groups), reverse=True)


PAIRS = ((0, 1), (2, 3), (4, 5))
FOURS = ((0, 1, 2, 3), (4, 5, 6, 7))


def test_one_to_one_two_who_come_take_the_empty_place_of_two_who_left():
    result = reseated(a_round(*PAIRS, gone=2, came=2, size=2))
    assert seats(result) == [(1, (0, 1)), (2, (2, 3)), (3, (6, 7))]
    assert (result.moved, result.least_moves) == (0, 0)


def test_four_who_come_for_a_group_of_four_that_left_do_not_join_the_other():
    result = reseated(a_round(*FOURS, gone=4, came=4, size=4))
    assert seats(result) == [(1, (0, 1, 2, 3)), (2, (8, 9, 10, 11))]


def test_two_who_come_for_a_group_of_six_that_left_join_the_others():
    groups = (tuple(range(6)), tuple(range(6, 12)), tuple(range(12, 18)))
    assert sizes(reseated(a_round(*groups, gone=6, came=2, size=6))) == [7, 7]


def test_six_who_come_to_full_groups_of_six_open_one_more_and_one_or_two_join_those_there_are():
    groups = (tuple(range(6)), tuple(range(6, 12)))
    result = reseated(a_round(*groups, came=6, size=6))
    assert seats(result)[2] == (3, tuple(range(12, 18)))
    assert sizes(reseated(a_round(*groups, came=2, size=6))) == [7, 7]


def test_twelve_who_come_to_one_group_of_four_sit_down_in_three_of_their_own():
    result = reseated(a_round((0, 1, 2, 3), came=12, size=4))
    assert (sizes(result), result.groups[0].people) == ([4, 4, 4, 4], (0, 1, 2, 3))


def test_nobody_sits_out_while_those_who_would_can_fill_a_group():
    result = reseated(a_round(*FOURS, gone=4, came=4, size=4, largest=4))
    assert sizes(result) == [4, 4]
    assert sizes(reseated(a_round(*FOURS, came=2, size=4, largest=4))) == [4, 4, 2]
    assert sizes(reseated(a_round(*FOURS, came=2, size=4, smallest=3, largest=4))) == [4, 4]


def test_a_group_to_which_somebody_is_pinned_is_too_large_by_that_one_alone():
    groups = tuple(tuple(range(6 * n, 6 * n + 6)) for n in range(3))
    problem = a_round(*groups, came=3, size=6, smallest=5, largest=6)
    result = reseated(replace(problem, rounds=(replace(problem.rounds[0], pinned=(Group(1, (6,)),)),)))
    assert [len(group.people) for group in result.groups] == [7, 6, 6]
    assert (result.moved, result.least_moves) == (1, 1)


def test_nobody_leaves_a_group_that_is_too_large_already():
    problem = a_round((0, 1, 2), (3, 4, 5, 6), came=1, size=3, largest=3)
    assert seats(reseated(problem)) == [(1, (0, 1, 2)), (2, (3, 4, 5, 6))]


def test_rules_that_an_empty_place_keeps_move_nobody():
    pairs = tuple(product((0, 1, 2, 3), (6, 7)))
    result = reseated(a_round(*PAIRS, gone=2, came=2, size=2, keep_apart=pairs))
    assert (result.broken, result.moved, result.least_moves) == (0, 0, 0)


def test_two_who_may_sit_with_nobody_there_open_a_group_that_the_sizes_alone_would_not():
    groups = (tuple(range(6)), tuple(range(6, 12)))
    problem = a_round(*groups, came=2, size=6, keep_apart=tuple(product((0, 6), (12, 13))))
    result = reseated(problem)
    assert (sizes(result), result.broken, result.least_moves) == ([6, 6, 2], 0, 0)
    assert conflicts(problem) == ()


def test_in_a_large_round_too():
    groups = tuple(tuple(range(n, n + 6)) for n in range(0, 132, 6))
    firsts = tuple(group[0] for group in groups)
    result = reseated(a_round(*groups, came=2, size=6, keep_apart=tuple(product(firsts, (132, 133)))))
    assert (sizes(result), result.broken, result.moved, result.least_moves) == ([6] * 22 + [2], 0, 0, 0)


def test_of_several_empty_places_one_is_taken_whose_moderator_is_there():
    groups = (Group(1, (0, 1, 2), 0), Group(2, (3, 4, 5), 1), Group(3, (6, 7, 8), 2))
    round_ = Round((0, 1, 2, 9, 10, 11), (0, 2), groups, Freedom.RUNNING)
    result = reseated(Problem(12, 3, (round_,), moderators=3))
    assert [(group.number, group.people, group.moderator) for group in result.groups] == [
        (1, (0, 1, 2), 0),
        (3, (9, 10, 11), 2),
    ]


def test_where_all_left_those_who_came_begin_anew():
    result = reseated(a_round(*PAIRS, gone=6, came=4, size=2))
    assert (sizes(result), result.moved) == ([2, 2], 0)
