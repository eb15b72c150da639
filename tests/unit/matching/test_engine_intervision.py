"""Intervision groups: one round that lasts a year, mixed, and re-balanced as people come and go."""

from collections import Counter
from dataclasses import replace

from services.matching.engine import Freedom, Problem, Round
from services.matching.engine.problem import Group, Wishes
from services.matching.engine.replan.running import reseated
from services.matching.engine.solve import solve
from tests.support.referee import verify

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
    after = reseated(problem, 0, Counter(), Counter())
    free = replace(problem, rounds=(replace(problem.rounds[0], groups=(), freedom=Freedom.FREE),))
    assert verify(free, [after.groups]).sound
    assert sorted(len(group.people) for group in after.groups) == [5, 6, 6, 6]
    assert after.moved == after.least_moves <= 1
