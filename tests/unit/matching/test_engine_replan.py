"""The solver, when people leave and come while a break-out is under way."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from services.matching.engine import Budget, Freedom, Group, Problem, Round, Schedule
from services.matching.engine.solve import solve
from tests.support.matching import a_problem
from tests.support.referee import verify

HELD, RUNNING, FREE = Freedom.HELD, Freedom.RUNNING, Freedom.FREE


def going_on(
    problem: Problem,
    schedule: Schedule,
    *freedoms: Freedom,
    absent: Collection[int] = (),
    gone: Collection[int] = (),
    late: int = 0,
) -> Problem:
    """The problem with a plan in progress; rounds beyond the given freedoms are free. The late get the next numbers."""
    people = problem.people + late
    rounds: list[Round] = []
    for r, groups in enumerate(schedule.rounds):
        freedom = freedoms[r] if r < len(freedoms) else FREE
        there = problem.rounds[r]
        if freedom is not HELD:
            present = tuple(person for person in range(people) if person not in absent)
            there = Round(present, tuple(m for m in there.moderators if m not in gone))
        rounds.append(replace(there, groups=groups, freedom=freedom))
    company = (*problem.company, *[-1] * late)
    return replace(problem, people=people, rounds=tuple(rounds), company=company)


def moved(before: tuple[Group, ...], after: tuple[Group, ...]) -> set[int]:
    """Who sat before and sits now, elsewhere."""
    was = {person: group.number for group in before for person in group.people}
    return {person for group in after for person in group.people if was.get(person, group.number) != group.number}


def test_three_absent_two_late_and_a_moderator_gone_move_nobody_in_the_running_round_and_repeat_no_meeting():
    problem = a_problem(102, 6, 5, moderators=17, companies=(3, 3, 2, 2))
    plan = solve(problem)
    changed = going_on(problem, plan, HELD, HELD, RUNNING, absent={3, 40, 77}, gone={4}, late=2)
    schedule = solve(changed)
    report = verify(changed, schedule.rounds)
    assert schedule.rounds[:2] == plan.rounds[:2]
    assert not moved(plan.rounds[2], schedule.rounds[2])
    assert (report.structure, report.broken, schedule.repeats) == (0, (), 0)
    assert [sum(group.moderator is None for group in groups) for groups in schedule.rounds] == [0, 0, 1, 1, 1]


def test_rounds_to_come_stay_as_planned_but_for_those_who_left():
    problem = a_problem(102, 6, 5, moderators=17)
    plan = solve(problem)
    schedule = solve(going_on(problem, plan, HELD, absent={3}))
    for before, after in zip(plan.rounds[1:], schedule.rounds[1:], strict=True):
        assert len(moved(before, after)) <= 2
    assert schedule.repeats == 0


def test_the_late_sit_down_in_the_smallest_groups():
    problem = a_problem(8, 3, 1)
    running = (Group(1, (0, 1, 2)), Group(2, (3, 4, 5)), Group(3, (6, 7)))
    changed = going_on(problem, Schedule((running,), 0, 0), RUNNING, late=1)
    assert solve(changed).rounds[0][2].people == (6, 7, 8)


def test_the_late_do_not_sit_with_their_company():
    problem = a_problem(8, 3, 1)
    running = (Group(1, (0, 1, 2)), Group(2, (3, 4, 5)), Group(3, (6, 7)))
    changed = going_on(problem, Schedule((running,), 0, 0), RUNNING, late=1)
    changed = replace(changed, company=(-1, -1, -1, -1, -1, -1, 0, -1, 0))
    assert 8 not in solve(changed).rounds[0][2].people


def test_a_group_of_which_one_is_left_is_given_up_and_nobody_else_moves():
    problem = a_problem(9, 3, 1, moderators=3)
    running = (Group(1, (0, 1, 2), 0), Group(2, (3, 4, 5), 1), Group(3, (6, 7, 8), 2))
    schedule = solve(going_on(problem, Schedule((running,), 0, 0), RUNNING, absent={6, 7}))
    assert [group.number for group in schedule.rounds[0]] == [1, 2]
    assert moved(running, schedule.rounds[0]) == {8}


def test_a_free_moderator_takes_over_from_one_who_left():
    problem = a_problem(6, 3, 1, moderators=3)
    running = (Group(1, (0, 1, 2), 0), Group(2, (3, 4, 5), 1))
    schedule = solve(going_on(problem, Schedule((running,), 0, 0), RUNNING, gone={1}))
    assert [group.moderator for group in schedule.rounds[0]] == [0, 2]


def test_who_hosts_goes_on_hosting_as_long_as_they_are_there():
    problem = a_problem(6, 3, 1, moderators=1)
    running = (Group(1, (0, 1, 2), 0), Group(2, (3, 4, 5), None, host=5))
    assert solve(going_on(problem, Schedule((running,), 0, 0), RUNNING)).rounds[0][1].host == 5
    assert solve(going_on(problem, Schedule((running,), 0, 0), RUNNING, absent={5})).rounds[0][1].host == 3


def test_where_a_moderator_left_somebody_hosts_who_hosted_least():
    held = (Group(1, (0, 1, 2), None, host=0), Group(2, (3, 4, 5), 0))
    running = (Group(1, (0, 4, 5), 1), Group(2, (1, 2, 3), 0))
    plan = Schedule((held, running), 0, 0)
    schedule = solve(going_on(a_problem(6, 3, 2, moderators=2), plan, HELD, RUNNING, gone={1}))
    assert [(group.moderator, group.host) for group in schedule.rounds[1]] == [(None, 4), (0, None)]


@pytest.mark.parametrize(("left", "groups"), [(30, 12), (43, 10)])
def test_when_many_leave_the_rounds_to_come_have_fewer_groups_of_even_size(left: int, groups: int):
    problem = a_problem(102, 6, 3, moderators=17)
    plan = solve(problem)
    changed = going_on(problem, plan, HELD, absent=set(range(left)))
    schedule = solve(changed)
    report = verify(changed, schedule.rounds)
    assert report.sound
    assert [len(each) for each in schedule.rounds] == [17, groups, groups]
    assert schedule.repeats == 0


@pytest.mark.parametrize("freedoms", [(HELD, RUNNING), (HELD, HELD)])
@pytest.mark.parametrize("absent", [{1, 30, 70}, {9, 10, 55}, {8, 17, 26}])
def test_who_came_takes_the_seats_of_who_left_where_everybody_meets_everybody(
    freedoms: tuple[Freedom, ...], absent: set[int]
):
    """81 people in nines for ten rounds: any other seat makes somebody meet again."""
    problem = a_problem(81, 9, 10)
    plan = solve(problem)
    assert plan.repeats == 0
    assert solve(going_on(problem, plan, *freedoms, absent=absent, late=2)).repeats == 0


def test_a_round_that_is_over_comes_back_as_it_was():
    held = Round((0, 1, 2, 3), groups=(Group(2, (0, 1)), Group(1, (2, 3))), freedom=HELD)
    assert solve(Problem(4, 2, (held,))).rounds == (held.groups,)


def test_a_seat_that_comes_free_is_for_who_sat_out_tonight_and_not_for_who_just_came():
    groups = (Group(1, (0, 1)), Group(2, (2, 3)))
    held = Round((0, 1, 2, 3, 4), groups=groups, freedom=HELD)
    running = Round((1, 2, 3, 4, 5), groups=groups, freedom=RUNNING, sizes=(2, 2))
    schedule = solve(Problem(6, 2, (held, running), largest=2))
    assert [group.people for group in schedule.rounds[1]] == [(1, 4), (2, 3)]


def test_whoever_is_there_in_later_rounds_keeps_their_seats_in_them():
    problem = a_problem(9, 3, 2)
    plan = solve(problem)
    changed = going_on(problem, plan, RUNNING, late=1)
    first, second = changed.rounds
    missing = replace(first, present=tuple(person for person in first.present if person != 4))
    schedule = solve(replace(changed, rounds=(missing, replace(second, present=tuple(range(9))))))
    assert [group.people for group in schedule.rounds[1]] == [group.people for group in plan.rounds[1]]


def test_a_rule_that_was_broken_in_a_round_that_is_over_is_not_named():
    problem = a_problem(6, 3, 2, companies=(3,))
    plan = solve(problem)
    assert [broken.round for broken in plan.broken] == [0, 1]
    assert solve(going_on(problem, plan, HELD, absent={0})).broken == ()


def test_in_a_round_to_come_a_pin_makes_room_in_a_full_group():
    problem = a_problem(36, 6, 2)
    plan = solve(problem).rounds
    for person in range(36):
        pinned = Round(tuple(range(36)), groups=plan[1], pinned=(Group(3, (person,)),))
        groups = solve(replace(problem, rounds=(problem.rounds[0], pinned)), Budget(iterations=1)).rounds[1]
        assert person in next(group.people for group in groups if group.number == 3)
        assert [len(group.people) for group in groups] == [6] * 6


@pytest.mark.parametrize("late", [1, 2, 3, 4])
def test_late_comers_leave_those_together_who_are_kept_together(late: int):
    together = ((0, 1), (2, 3, 4), (20, 30))
    plan = solve(a_problem(96, 6, 3, keep_together=together)).rounds
    everybody = tuple(range(96 + late))
    problem = a_problem(96 + late, 6, 3, keep_together=together)
    later = tuple(Round(everybody, groups=groups) for groups in plan)
    schedule = solve(replace(problem, rounds=later), Budget(iterations=1))
    report = verify(problem, schedule.rounds)
    assert (report.structure, report.uneven, report.broken) == (0, 0, ())


def test_who_is_pinned_elsewhere_makes_room_for_who_is_pinned_there():
    # Once 0 and 1 are in group 2, the one whom 2 has not met is in group 3.
    plan = (Group(1, (0, 1)), Group(2, (2, 3)), Group(3, (4, 6)))
    pinned = (Group(1, (2,)), Group(2, (0, 1)))
    round_ = Round((0, 1, 2, 3, 4, 5), groups=plan, pinned=pinned)
    history = tuple((a, b, 1.0) for a, b in ((2, 3), (2, 5), (3, 4)))
    (groups,) = solve(Problem(7, 2, (round_,), history=history), Budget(iterations=1)).rounds
    assert [group.number for group in groups if 2 in group.people] == [1]
