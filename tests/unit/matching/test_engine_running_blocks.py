"""A running round in which people who must stay together leave full groups, and come, as one."""

from dataclasses import replace

from services.matching.engine import Freedom, Group, Problem, Round
from tests.support.reseating import reseated

FOURS = ((2, 10, 11, 12), (3, 14, 15, 22), (16, 17, 20), (0, 6, 13), (4, 5), (1, 7, 8))


def running(
    groups: tuple[tuple[int, ...], ...], sizes: tuple[int, ...], *, pins: dict[int, int], came: int = 0
) -> Problem:
    """These groups go on without rules, with so many more people, and these people pinned to groups from 1."""
    people = sum(map(len, groups)) + came
    sitting = tuple(Group(number, who) for number, who in enumerate(groups, start=1))
    numbers = sorted(set(pins.values()))
    pinned = tuple(Group(number, tuple(p for p, at in pins.items() if at == number)) for number in numbers)
    round_ = Round(tuple(range(people)), groups=sitting, freedom=Freedom.RUNNING, sizes=sizes, pinned=pinned)
    return Problem(people, max(sizes), (round_,))


def test_a_block_leaves_its_full_group_whole_when_somebody_is_pinned_there():
    present = tuple(sorted({*(person for group in FOURS for person in group), 23, 24, 25, 26, 27}))
    sitting = tuple(Group(number, who) for number, who in enumerate(FOURS, start=1))
    pinned = (Group(2, (26,)),)
    round_ = Round(present, groups=sitting, freedom=Freedom.RUNNING, sizes=(4,) * 6, pinned=pinned)
    company = [-1] * 28
    company[3] = company[7] = 0
    company[5] = company[11] = 1
    together = ((2, 10, 11, 12), (3, 14, 15, 22), (5, 24), (13, 25))
    found = reseated(Problem(28, 4, (round_,), company=tuple(company), keep_together=together))
    assert (found.broken, found.moved, found.least_moves) == (0, 6, 6)


def test_blocks_follow_those_of_them_who_are_pinned_and_all_others_leave():
    """Two blocks of three fill a group of six, to which one of each is pinned: all six who sat there go."""
    sitting = (
        *((29, 42, 45, 60, 70, 72), (35, 37, 50, 54), (0, 5, 20, 27, 41, 49), (11, 13, 38, 43, 53, 67)),
        *((7, 19, 44, 55, 65, 75), (1, 18, 26, 31, 48, 63), (6, 8, 33, 36, 40, 69), (4, 9, 22, 25, 47)),
        *((10, 14, 17, 21, 24, 39), (3, 12, 16, 28, 30, 66), (46, 57, 62, 68, 71), (2, 51, 52, 58, 74, 78)),
        *((23, 61, 64, 73, 76), (15, 32, 34, 56, 59, 77)),
    )
    problem = running(sitting, (6,) * 14, pins={22: 10, 24: 10}, came=5)
    found = reseated(replace(problem, keep_together=((4, 9, 22), (10, 24, 39))))
    assert (found.broken, found.moved, found.least_moves) == (0, 12, 12)


def test_a_block_that_leaves_goes_whole_into_the_group_that_is_opened_for_who_came():
    sitting = (
        *((5, 10, 18), (29, 32, 35), (3, 11, 25), (0, 4, 22), (1, 2, 28), (13, 14, 41), (8, 17, 33), (34, 36, 37)),
        *((19, 31, 39), (12, 15, 30), (6, 9, 26), (24, 40), (7, 23, 38), (16, 20, 21)),
    )
    together = ((34, 36, 37), (7, 23, 38), (0, 4, 22), (6, 9, 26), (16, 20, 21), (24, 40), (5, 10, 18), (3, 25))
    apart = ((25, 35), (23, 30), (0, 32), (21, 39), (2, 35), (21, 34), (14, 33), (18, 34), (5, 11), (12, 33), (6, 24))
    present = tuple(person for person in range(45) if person != 27)
    groups = tuple(Group(number, who) for number, who in enumerate(sitting, start=1))
    pinned = (Group(1, (44,)), Group(11, (26,)))
    round_ = Round(present, groups=groups, freedom=Freedom.RUNNING, sizes=(*(3,) * 14, 2), pinned=pinned)
    found = reseated(Problem(45, 3, (round_,), keep_together=together, keep_apart=apart))
    assert (found.broken, found.moved) == (0, 3)
    assert (5, 10, 18) in [group.people for group in found.groups if group.number == 15]


def test_a_block_that_does_not_fit_beside_who_is_pinned_is_torn_as_little_as_can_be():
    problem = running(((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11)), (4, 4, 4), pins={0: 3, 4: 3})
    found = reseated(replace(problem, keep_together=((0, 1, 2, 3),)))
    assert found.broken == 3
    assert sorted(len(group.people) for group in found.groups) == [4, 4, 4]
