"""Instances as files have them: what makes sense is read, and what doesn't is refused by the field's name."""

import json
from typing import Any

import pytest

from services.matching.engine import Group, ProblemError
from services.matching.engine.files.instance import Instance, problem_of, read_instance, write_instance
from services.matching.engine.solve import solve


def an_instance(**fields: Any) -> dict[str, Any]:
    return {"n": 12, "group_size": 4, "rounds": 2, **fields}


EVERYTHING = an_instance(
    name="all",
    cls="constrained",
    groups=3,
    attendance=[list(range(12)), list(range(11))],
    sizes=[[4, 4, 4], [4, 4, 3]],
    history=[[0, 1, 2]],
    company=[0, 0, 1, 1, *[-1] * 8],
    keep_apart=[[2, 5]],
    keep_together=[[6, 7], [8, 9, 10]],
    profession=[0] * 12,
    wants=[[3, 4]],
    moderators=3,
    moderator_history=[[2, 11, 1]],
    moderator_attendance=[[0, 1, 2], [0, 1]],
    moderator_apart=[[0, 3]],
    pins=[[1, 0, 2], [2, 0, 2]],
    quoted={"source": "a book"},
)


def test_every_field_reaches_the_problem():
    problem = problem_of(read_instance(EVERYTHING))
    assert (problem.people, problem.group_size, problem.moderators) == (12, 4, 3)
    first, second = problem.rounds
    assert (first.sizes, second.sizes) == ((4, 4, 4), (4, 4, 3))
    assert (len(first.present), second.moderators) == (12, (0, 1))
    assert first.pinned == (Group(3, (1, 2)),)
    assert not second.pinned
    assert problem.history == ((0, 1, 2.0),)
    assert problem.moderator_history == ((2, 11, 1.0),)
    assert problem.company[:3] == (0, 0, 1)
    assert (problem.keep_apart, problem.keep_together) == (((2, 5),), ((6, 7), (8, 9, 10)))
    assert problem.moderator_apart == ((0, 3),)
    assert (problem.wishes.wants, problem.wishes.profession) == (((3, 4),), (0,) * 12)


def test_what_is_left_out_is_filled_in():
    instance = read_instance(an_instance(n=14, attendance=None))
    assert instance.attendance == (tuple(range(14)),) * 2
    assert instance.sizes == ((4, 4, 3, 3),) * 2
    assert not instance.unknown


def test_so_many_groups_as_are_named_are_planned_or_refused():
    assert read_instance(an_instance(groups=4)).sizes == ((3, 3, 3, 3),) * 2
    as_they_come = an_instance(groups=3, attendance=[list(range(12)), list(range(11))])
    assert read_instance(as_they_come).sizes == ((4, 4, 4), (4, 4, 3))


def test_null_is_left_out_as_well():
    nothing = dict.fromkeys(("name", "cls", "attendance", "sizes", "company", "moderators", "pins", "keep_together"))
    assert read_instance(an_instance(attendance=None) | nothing) == read_instance(an_instance(attendance=None))


def test_numbers_of_companies_and_professions_may_be_as_large_as_is_said():
    large = read_instance(an_instance(company=[10**9 - person for person in range(12)], profession=[10**9] * 12))
    assert not solve(problem_of(large)).broken


def test_there_may_be_more_groups_in_all_than_people_in_one_round():
    few = [list(range(12)), [0, 1, 2, 3]]
    assert read_instance(an_instance(groups=5, attendance=few, sizes=[[3, 3, 2, 2, 2], [4]])).sizes[1] == (4,)


def test_a_field_that_means_nothing_is_named():
    assert read_instance(an_instance(keep_appart=[[0, 1]])).unknown == ("keep_appart",)


def test_an_instance_survives_its_own_writing():
    once = read_instance(EVERYTHING)
    assert read_instance(json.loads(json.dumps(write_instance(once)))) == once


def test_meetings_are_counted_once_however_often_they_are_listed():
    instance: Instance = read_instance(an_instance(history=[[3, 1, 1], [1, 3, 2], [0, 2, 0]]))
    assert instance.history == ((1, 3, 3.0),)


ALL = list(range(12))
WRONG: list[tuple[str, object]] = [
    ("instance", []),
    ("instance", "n"),
    ("instance", None),
    ("n", {"group_size": 4, "rounds": 2}),
    ("n", an_instance(n="12")),
    ("n", an_instance(n=True)),
    ("n", an_instance(n=12.0)),
    ("n", an_instance(n=-12)),
    ("n", an_instance(n=1)),
    ("n", an_instance(n=100_000)),
    ("n", an_instance(n=10**30)),
    ("rounds", an_instance(rounds=61)),
    ("group_size", {"n": 12, "rounds": 2}),
    ("group_size", an_instance(group_size=0)),
    ("group_size", an_instance(group_size=1)),
    ("group_size", an_instance(group_size=None)),
    ("rounds", {"n": 12, "group_size": 4}),
    ("rounds", an_instance(rounds=0)),
    ("rounds", an_instance(rounds=[1])),
    ("rounds", an_instance(rounds=10**9)),
    ("groups", an_instance(groups=0)),
    ("groups", an_instance(groups=13)),
    ("groups", an_instance(groups=4, attendance=[list(range(12))] * 2)),
    ("groups", an_instance(groups=3, attendance=[list(range(12)), [0, 1, 2, 3]])),
    ("attendance", an_instance(attendance=[ALL])),
    ("attendance", an_instance(attendance=12)),
    ("attendance[1]", an_instance(attendance=[ALL, [0, 1, 1]])),
    ("attendance[1]", an_instance(attendance=[ALL, [0, 12]])),
    ("attendance[1]", an_instance(attendance=[ALL, [0, -1]])),
    ("attendance[0]", an_instance(attendance=[[], ALL])),
    ("attendance[0]", an_instance(attendance=[[3], ALL])),
    ("sizes", an_instance(sizes=[[4, 4, 4]])),
    ("sizes[1]", an_instance(sizes=[[4, 4, 4], [4, 4]])),
    ("sizes[0]", an_instance(sizes=[[12, 0], [4, 4, 4]])),
    ("sizes[0]", an_instance(sizes=[[14, -2], [4, 4, 4]])),
    ("sizes[0]", an_instance(sizes=[12, 12])),
    ("history[0]", an_instance(history=[[0, 12, 1]])),
    ("history[0]", an_instance(history=[[0, 1]])),
    ("history[0]", an_instance(history=[[0, 1, -1]])),
    ("history[0]", an_instance(history=[[0, 0, 1]])),
    ("history[0]", an_instance(history=[[0, 1, float("nan")]])),
    ("history", an_instance(history={"0": 1})),
    ("company", an_instance(company=[0] * 11)),
    ("company", an_instance(company=[])),
    ("company[11]", an_instance(company=[*[0] * 11, -2])),
    ("company[0]", an_instance(company=["bakery"] * 12)),
    ("company[0]", an_instance(company=[10**30, *[0] * 11])),
    ("profession[1]", an_instance(profession=[0, 10**9 + 1, *[0] * 10])),
    ("keep_apart[0]", an_instance(keep_apart=[[0, 99]])),
    ("keep_apart[0]", an_instance(keep_apart=[[5, 5]])),
    ("keep_apart[0]", an_instance(keep_apart=[[1, 2, 3]])),
    ("keep_apart[0]", an_instance(keep_apart=[7])),
    ("keep_together[0]", an_instance(keep_together=[[7]])),
    ("keep_together[0]", an_instance(keep_together=[[7, "8"]])),
    ("keep_together", an_instance(keep_together=[[1, 2]], keep_apart=[[2, 1]])),
    ("keep_together", an_instance(keep_together=[[1, 2], [2, 3]], keep_apart=[[1, 3]])),
    ("keep_together", an_instance(keep_together=[[1, 2]], company=[4] * 12)),
    ("profession", an_instance(profession=[1])),
    ("wants[0]", an_instance(wants=[[0, 12]])),
    ("moderators", an_instance(moderators=-1)),
    ("moderators", an_instance(moderators=[0, 1])),
    ("moderator_history[0]", an_instance(moderators=1, moderator_history=[[1, 0, 1]])),
    ("moderator_history[0]", an_instance(moderator_history=[[0, 0, 1]])),
    ("moderator_attendance[1]", an_instance(moderators=2, moderator_attendance=[[0], [2]])),
    ("moderator_apart[0]", an_instance(moderators=2, moderator_apart=[[0, 12]])),
    ("moderators", an_instance(moderators="")),
    ("pins[0]", an_instance(pins=[[0, 2, 0]])),
    ("pins[0]", an_instance(pins=[[0, 0, -1]])),
    ("pins[0]", an_instance(pins=[[12, 0, 0]])),
    ("pins[0]", an_instance(pins=[[0, 0, 3]])),
    ("pins[1]", an_instance(pins=[[0, 0, 0], [0, 0, 1]])),
    ("pins[0]", an_instance(pins=[[11, 1, 0]], attendance=[ALL, ALL[:11]])),
    ("pins", an_instance(pins=[[person, 0, 0] for person in range(5)])),
    ("name", an_instance(name=7)),
]


@pytest.mark.parametrize(("field", "data"), WRONG, ids=[f"{field}-{index}" for index, (field, _) in enumerate(WRONG)])
def test_what_makes_no_sense_is_refused_by_its_name_in_one_line(field: str, data: object):
    with pytest.raises(ProblemError) as refused:
        problem_of(read_instance(data))
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_what_is_said_of_two_in_several_entries_is_limited_as_well():
    with pytest.raises(ProblemError) as refused:
        read_instance(an_instance(history=[[0, 1, 600_000], [1, 0, 600_000], [2, 3, 1]]))
    assert str(refused.value) == "history: says that 0 and 1 met more than 1000000 times in all; make it less"
