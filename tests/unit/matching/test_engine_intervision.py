"""Intervision groups: one round that lasts a year, mixed, and re-balanced as people come and go."""

from collections import Counter
from dataclasses import replace

import pytest

from services.matching.engine import Freedom, Problem, Round
from services.matching.engine.problem import Group, Wishes
from services.matching.engine.solve import solve
from tests.support.referee import verify
from tests.support.reseating import reseated

PEOPLE, SIZE, PROFESSIONS = 24, 6, 6


def circles(groups: tuple[Group, ...] = (), *, gone: int = 0, come: int = 0) -> Problem:
    """24 people of six professions in groups of six; some of the first have left since, and some have come."""
    present = tuple(range(gone, PEOPLE + come))
    sizes = {1: (6, 6, 6, 5), 0: (6, 6, 6, 6)}[len(present) % 2]
    round_ = Round(present, groups=groups, freedom=Freedom.RUNNING if groups else Freedom.FREE, sizes=sizes)
    profession = tuple(person % PROFESSIONS for person in range(PEOPLE + come))
    return Problem(PEOPLE + come, SIZE, (round_,), wishes=Wishes(profession=profession))


def test_each_group_has_somebody_of_every_profession():
    schedule = solve(circles())
    for group in schedule.rounds[0]:
        assert {person % PROFESSIONS for person in group.people} == set(range(PROFESSIONS))


def test_as_people_come_and_go_the_groups_stay_even_and_nearly_everybody_stays():
    before = solve(circles()).rounds[0]
    problem = circles(before, gone=4, come=3)
    after = reseated(problem)
    free = replace(problem, rounds=(replace(problem.rounds[0], groups=(), freedom=Freedom.FREE),))
    assert verify(free, [after.groups]).sound
    assert sorted(len(group.people) for group in after.groups) == [5, 6, 6, 6]
    assert after.moved == after.least_moves <= 1


def running(*groups: tuple[int, ...], came: int, sizes: tuple[int, ...] = (), absent: tuple[int, ...] = ()) -> Round:
    """Groups 1, 2, … go on without the absent; who came has the next numbers."""
    people = sum(len(group) for group in groups) + came
    present = tuple(person for person in range(people) if person not in absent)
    sitting = tuple(Group(number + 1, who) for number, who in enumerate(groups))
    return Round(present, groups=sitting, freedom=Freedom.RUNNING, sizes=sizes)


def seats(round_: Round, wishes: Wishes) -> list[tuple[int, ...]]:
    problem = Problem(1 + max(round_.present), 4, (round_,), wishes=wishes)
    return [group.people for group in reseated(problem).groups]


def one_of_each_left(groups: int) -> Problem:
    """So many groups have somebody of each profession; one of each group left, and others of their professions came."""
    people = groups * SIZE
    absent = tuple(group * SIZE + group % PROFESSIONS for group in range(groups))
    sitting = tuple(tuple(range(first, first + SIZE)) for first in range(0, people, SIZE))
    round_ = running(*sitting, came=groups, sizes=(SIZE,) * groups, absent=absent)
    profession = [person % PROFESSIONS for person in range(people)]
    profession += [profession[person] for person in reversed(absent)]
    return Problem(people + groups, SIZE, (round_,), wishes=Wishes(profession=tuple(profession)))


@pytest.mark.parametrize("groups", [4, 30])
def test_who_comes_takes_the_seat_of_one_who_left_and_had_their_profession(groups: int):
    problem = one_of_each_left(groups)
    after = reseated(problem)
    assert after.moved == after.least_moves == 0
    for group in after.groups:
        assert {problem.wishes.profession[person] for person in group.people} == set(range(PROFESSIONS))


THREES = ((0, 1, 2), (3, 4, 5))


def test_who_comes_sits_down_where_their_language_is_spoken():
    languages = (*[frozenset({0})] * 3, *[frozenset({1})] * 4)
    assert seats(running(*THREES, came=1), Wishes(languages=languages)) == [(0, 1, 2), (3, 4, 5, 6)]


def test_who_comes_sits_down_beside_whoever_offers_what_they_ask():
    assert seats(running(*THREES, came=1), Wishes(wants=((6, 4),))) == [(0, 1, 2), (3, 4, 5, 6)]


def test_a_newcomer_sits_down_beside_somebody_experienced():
    wishes = Wishes(newcomers=(6,), experienced=(5,))
    assert seats(running(*THREES, came=1), wishes) == [(0, 1, 2), (3, 4, 5, 6)]


def test_of_all_who_could_leave_a_group_that_is_too_full_one_goes_who_shares_their_profession_with_another_there():
    round_ = running((0, 1, 2, 3), (4, 5), came=0, sizes=(3, 3))
    assert seats(round_, Wishes(profession=(0, 1, 2, 2, 0, 1)))[0] in ((0, 1, 2), (0, 1, 3))


def test_an_ask_of_two_who_met_before_draws_nobody():
    round_, wishes = running(*THREES, came=1), Wishes(wants=((6, 4), (6, 2)))
    problem = Problem(7, 4, (round_,), wishes=wishes)
    met = Counter({(4, 6): 1})
    assert reseated(problem, met).groups[0].people == (0, 1, 2, 6)


def test_for_a_wish_nobody_meets_again_and_nobody_moves():
    round_, wishes = running(*THREES, came=1), Wishes(wants=((6, 4), (0, 3)))
    result = reseated(Problem(7, 4, (round_,), wishes=wishes), Counter({(3, 6): 1}))
    assert [group.people for group in result.groups] == [(0, 1, 2, 6), (3, 4, 5)]
    assert (result.moved, result.least_moves) == (0, 0)
