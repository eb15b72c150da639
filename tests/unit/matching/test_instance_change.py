"""A change as a file has it, and the instance and the moves that follow."""

import json
from typing import Any

import pytest

from services.matching.engine import Freedom, Group, ProblemError
from services.matching.engine.files.change import Change, as_written, changed, problem_after, read_change
from services.matching.engine.files.instance import Ids, Instance, read_instance, write_instance
from services.matching.engine.files.seating import Seats, placed, planned, read_seats, rotate_unled_rooms, write_seats
from services.matching.engine.solve import solve

SEATS = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
PLAN = [{"groups": SEATS, "moderators": [0, 1, 2]}] * 3


def an_instance(**fields: Any) -> Instance:
    return read_instance({"n": 9, "group_size": 3, "rounds": 3, "moderators": 3, **fields})


def a_plan(instance: Instance) -> tuple[tuple[Group, ...], ...]:
    return planned(instance, read_seats(PLAN))


def test_held_rounds_stay_and_the_others_know_who_came_and_who_left():
    instance = an_instance(company=[0, 1, 2, *[-1] * 6], profession=[0, 1, 2] * 3)
    change = read_change({"held": 1, "absent": [2, 5], "late": 1, "moderators_gone": [1]}, instance)
    after = changed(instance, change, a_plan(instance))
    assert after.people == 10
    assert after.attendance == (tuple(range(9)), *[(0, 1, 3, 4, 6, 7, 8, 9)] * 2)
    assert after.sizes == ((3, 3, 3), (3, 3, 2), (3, 3, 2))
    assert after.moderator_attendance == ((0, 1, 2), (0, 2), (0, 2))
    assert after.company[-1] == -1
    assert after.profession[-1] not in instance.profession
    assert changed(an_instance(profession=[10**9] * 9), change, a_plan(instance)).profession[-1] < 10**9
    problem = problem_after(after, change, a_plan(instance))
    assert [round_.freedom for round_ in problem.rounds] == [Freedom.HELD, Freedom.RUNNING, Freedom.FREE]
    assert problem.rounds[2].groups == a_plan(instance)[2]
    assert read_instance(json.loads(json.dumps(write_instance(after)))) == after


def test_no_round_is_over_when_that_is_not_said():
    assert read_change({"absent": [3]}, an_instance()) == Change(0, absent=(3,))


def test_fewer_people_need_fewer_groups():
    instance = an_instance()
    after = changed(instance, Change(0, absent=(0, 1, 2, 3)), a_plan(instance))
    assert after.sizes == ((3, 2),) * 3


@pytest.mark.parametrize(
    ("absent", "late", "sizes"),
    [((), 0, (2, 2, 2, 2, 1)), ((0,), 0, (2, 2, 2, 2)), ((0, 1, 2, 3), 0, (3, 2)), ((), 8, (3, 3, 3, 3, 3, 2))],
)
def test_as_many_groups_as_the_file_asked_for_remain_while_people_fit(absent: Ids, late: int, sizes: Ids):
    """Five groups for nine people, who would fit into three; nobody sits alone, and of as many nobody moves."""
    instance = an_instance(groups=5, moderators=0)
    change = Change(1, absent=absent, late=late)
    plan = planned(instance, read_seats([{"groups": [[0, 1], [2, 3], [4, 5], [6, 7], [8]]}] * 3))
    after = changed(instance, change, plan)
    assert after.sizes == ((2, 2, 2, 2, 1), sizes, sizes)
    assert solve(problem_after(after, change, plan)).least_moves == 0 or absent or late


def test_groups_keep_their_places_when_one_before_them_is_given_up_and_the_last_one_fills_the_gap():
    rounds = placed([(Group(2, (3,)), Group(3, (6,))), (Group(1, (3,)), Group(2, (4,)), Group(3, (6,)))])
    assert [[group.people for group in sorted(groups)] for groups in rounds] == [[(6,), (3,)], [(3,), (4,), (6,)]]
    assert write_seats(rounds) == {"rounds": [{"groups": [[6], [3]]}, {"groups": [[3], [4], [6]]}]}


def test_a_pin_is_written_as_it_was_given():
    instance = an_instance(pins=[[3, 1, 1], [6, 2, 2]])
    rounds = placed([(), (Group(2, (3,)), Group(3, (6,))), (Group(1, (3,)), Group(2, (4,)), Group(3, (6,)))])
    assert as_written(instance, rounds).pins == ((3, 1, 1), (6, 2, 2))


def test_a_pin_for_which_no_seat_is_left_is_not_written():
    """Else nothing could judge the schedule: more pins than seats are no instance."""
    instance = an_instance(pins=[[0, 1, 0], [1, 1, 0], [2, 1, 0]])
    after = changed(instance, Change(0, absent=(4, 5, 6, 7, 8)), a_plan(instance))
    assert len(after.pins) == 3
    written = as_written(after, [(Group(1, (0, 1)), Group(2, (2, 3)))] * 3)
    assert written.pins == ((0, 1, 0), (1, 1, 0))
    assert read_instance(json.loads(json.dumps(write_instance(written)))).pins == written.pins


def test_a_new_pin_takes_the_place_of_the_old_one():
    instance = an_instance(pins=[[0, 0, 1], [0, 2, 1], [3, 2, 0], [4, 2, 2]])
    change = read_change({"held": 1, "absent": [3], "pins": [[0, 2, 2]]}, instance)
    assert changed(instance, change, a_plan(instance)).pins == ((0, 0, 1), (4, 2, 2), (0, 2, 2))


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("change", []),
        ("held", {"held": -1}),
        ("held", {"held": 4}),
        ("held", {"held": "2"}),
        ("late", {"held": 1, "late": -1}),
        ("late", {"held": 1, "late": [9]}),
        ("absent", {"held": 1, "absent": [9]}),
        ("absent", {"held": 1, "absent": [1, 1]}),
        ("absent", {"held": 1, "absent": list(range(8))}),
        ("moderators_gone", {"held": 1, "moderators_gone": [3]}),
        ("absent", {"held": 1, "absent": {}}),
        ("absent", {"held": 1, "absent": ""}),
        ("late", {"held": 1, "late": []}),
        ("moderators_gone", {"held": 1, "moderators_gone": False}),
        ("pins[0]", {"held": 1, "pins": [[0, 0, 1]]}),
        ("pins[0]", {"held": 1, "pins": [[9, 1, 1]]}),
        ("pins[0]", {"held": 1, "absent": [0], "pins": [[0, 1, 1]]}),
        ("pins[0]", {"held": 1, "pins": [[0, 1, 3]]}),
        ("pins[1]", {"held": 1, "pins": [[0, 1, 1], [0, 1, 2]]}),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_its_field(field: str, data: object):
    instance = an_instance()
    with pytest.raises(ProblemError) as refused:
        changed(instance, read_change(data, instance), a_plan(instance))
    assert refused.value.field == field


NO_PLANS: list[tuple[str, object]] = [
    ("schedule", 3),
    ("rounds", {"round": []}),
    ("rounds", PLAN[:2]),
    ("rounds[0].groups", [{"moderators": []}] * 3),
    ("rounds[0].groups", [{"groups": 3}] * 3),
    ("rounds[0].groups[1]", [[[0], 1]] * 3),
    ("rounds[1].groups", [SEATS, [[0, 1, 2], [3, 4, 5], [6, 7]], SEATS]),
    ("rounds[2].groups", [SEATS, SEATS, [[0, 1, 2], [3, 4, 5], [6, 7, 0]]]),
    ("rounds[2].groups[2]", [SEATS, SEATS, [[0, 1, 2], [3, 4, 5], [6, 7, 9]]]),
    ("rounds[0].moderators[0]", [{"groups": SEATS, "moderators": [3]}] * 3),
    ("rounds[0].moderators", [{"groups": SEATS, "moderators": [1, 1]}] * 3),
]


@pytest.mark.parametrize(("field", "data"), NO_PLANS)
def test_a_schedule_that_is_not_the_instances_is_refused_by_its_field(field: str, data: object):
    with pytest.raises(ProblemError) as refused:
        planned(an_instance(), read_seats(data))
    assert refused.value.field == field


def test_a_schedule_survives_its_own_writing():
    plan = a_plan(an_instance())
    assert planned(an_instance(), read_seats(write_seats(plan))) == plan
    without = tuple(group._replace(moderator=None) for group in plan[0])
    assert write_seats([without]) == {"rounds": [{"groups": SEATS}]}
    assert read_seats([SEATS]) == (Seats(((0, 1, 2), (3, 4, 5), (6, 7, 8))),)


def test_nobody_must_move_when_who_comes_finds_the_seats_of_who_left():
    instance = an_instance()
    for change, least in ((Change(1, absent=(3,), late=1), 0), (Change(1, absent=(0, 1)), 1), (Change(3), 0)):
        problem = problem_after(changed(instance, change, a_plan(instance)), change, a_plan(instance))
        assert solve(problem).least_moves == least


def a_round(*moderators: int | None) -> tuple[Group, ...]:
    return tuple(Group(number, (number,), moderator) for number, moderator in enumerate(moderators, start=1))


def rooms_without(rounds: tuple[tuple[Group, ...], ...]) -> list[list[int]]:
    return [[group.number for group in groups if group.moderator is None] for groups in rounds]


def test_the_room_without_a_moderator_is_another_one_each_round():
    rounds = rotate_unled_rooms((a_round(0, 1, None),) * 3)
    assert rooms_without(rounds) == [[3], [1], [2]]
    assert [[group.people for group in groups] for groups in rounds] == [
        [(1,), (2,), (3,)],
        [(3,), (2,), (1,)],
        [(1,), (3,), (2,)],
    ]


def test_when_every_room_was_without_a_moderator_a_new_turn_begins():
    assert rooms_without(rotate_unled_rooms((a_round(0, 1, None),) * 7)) == [[3], [1], [2], [3], [1], [2], [3]]
    changing = (a_round(0, 1, None), a_round(0, None, 1), a_round(None, 0, 1), a_round(None, 0, 1))
    assert rooms_without(rotate_unled_rooms(changing)) == [[3], [2], [1], [3]]
    two = rotate_unled_rooms((a_round(0, 1, None, None),) * 4)
    assert rooms_without(two) == [[3, 4], [1, 2], [3, 4], [1, 2]]


def test_rounds_that_were_held_and_pinned_groups_keep_their_rooms():
    rounds = (a_round(0, 1, None),) * 3
    assert rooms_without(rotate_unled_rooms(rounds, first=2)) == [[3], [3], [1]]
    assert rooms_without(rotate_unled_rooms(rounds, fixed=[(1, 3), (2, 1)])) == [[3], [3], [2]]


def test_groups_that_nobody_ever_leads_keep_their_rooms():
    rounds = (a_round(None, None),) * 2
    assert rotate_unled_rooms(rounds) == rounds
