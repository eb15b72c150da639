"""What collides when a round can't keep every rule: the kind, the people, and how much must give."""

from dataclasses import replace
from typing import Any

import pytest

from services.matching.engine import Freedom, Group, Problem, Round
from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.collisions.conflicts import conflicts
from services.matching.engine.collisions.seatable import needed, rules_of
from services.matching.engine.solve import solve
from tests.support.matching import a_problem
from tests.support.seatable import feasible


def pinned(problem: Problem, *groups: Group) -> Problem:
    """The same with these groups pinned in each round."""
    return replace(problem, rounds=tuple(replace(round_, pinned=groups) for round_ in problem.rounds))


def only(problem: Problem) -> Conflict:
    """The one conflict there is."""
    found = conflicts(problem)
    assert len(found) == 1, found
    return found[0]


def test_rules_that_can_all_be_kept_do_not_collide():
    problem = a_problem(102, 6, 5, moderators=17, companies=(12, 10, 8), keep_together=((40, 41), (42, 43, 44)))
    assert conflicts(problem) == ()


def test_a_company_larger_than_the_number_of_groups_shares_as_many_as_an_even_spread_asks_for():
    assert only(a_problem(12, 4, 1, companies=(5, 3))) == Conflict(Clash.COMPANY, 0, (0, 1, 2, 3, 4), least=2)


def test_more_than_a_thousand_who_are_all_kept_apart_are_named_as_well():
    """The calls of Python's stack are fewer than that."""
    against_all = tuple((person, 1_500) for person in range(1_100))
    conflict = only(a_problem(2_200, 2, 1, companies=(1_100,), keep_apart=against_all))
    assert (conflict.kind, len(conflict.people)) == (Clash.APART, 1_101)


def test_beside_a_company_that_is_too_large_those_are_named_who_are_kept_apart():
    problem = a_problem(9, 5, 1, companies=(3,), keep_apart=((0, 5), (0, 6), (5, 6)))
    assert conflicts(problem) == (
        Conflict(Clash.COMPANY, 0, (0, 1, 2), least=1),
        Conflict(Clash.APART, 0, (0, 5, 6), least=1),
    )


def test_when_time_is_over_more_rules_are_named_than_collide():
    rules = rules_of(a_problem(4, 2, 1, keep_apart=((0, 1), (0, 2), (0, 3), (1, 2))), 0)
    assert len(needed(rules, 1_000).apart) == 3
    assert needed(rules, 1_000, until=0) == rules
    assert conflicts(a_problem(12, 4, 1, companies=(5, 3)), seconds=-1) == ()


def test_without_a_host_the_groups_of_a_running_round_would_share_its_people():
    groups = tuple(Group(number + 1, tuple(range(4 * number, 4 * number + 4)), number) for number in range(3))
    problem = a_problem(12, 4, 1, moderators=3)
    running = replace(problem.rounds[0], freedom=Freedom.RUNNING, groups=groups, moderators=(0, 1))
    assert only(replace(problem, rounds=(running,))).sizes == (6, 6)


def test_a_running_round_may_have_any_sizes_and_the_groups_that_pins_open():
    led = Round((0, 1, 2, 3), (0, 1), (Group(1, (0, 1), 0), Group(2, (2, 3), 1)), Freedom.RUNNING)
    assert conflicts(Problem(4, 2, (led,), moderators=2, moderator_apart=((0, 3),))) == ()
    two = (Group(1, (0,)), Group(2, (1,)))
    opened = Round((0, 1, 2), groups=two, freedom=Freedom.RUNNING, pinned=(Group(3, (2,)),))
    assert conflicts(Problem(3, 2, (opened,), smallest=1, company=(0, 0, 0))) == ()


def test_two_who_each_stay_with_somebody_who_is_absent_need_not_stay_together():
    problem = Problem(6, 3, (Round((0, 1, 2, 3, 4)),), keep_together=((2, 5), (5, 0, 4)), keep_apart=((2, 0),))
    assert conflicts(problem) == ()
    schedule = solve(problem)
    assert schedule.broken == ()
    assert any({0, 4} <= set(group.people) for group in schedule.rounds[0])


def test_each_round_names_what_collides_in_it():
    problem = a_problem(12, 4, 3, companies=(5, 3))
    free, held = problem.rounds[0], replace(problem.rounds[0], freedom=Freedom.HELD, groups=(Group(1, (0, 1)),))
    absent = replace(free, present=tuple(range(2, 12)))
    assert [found.round for found in conflicts(replace(problem, rounds=(held, free, absent, free)))] == [1, 3]


def test_six_who_are_all_to_be_kept_apart_do_not_fit_into_five_groups():
    everyone = tuple((a, b) for b in range(6) for a in range(b))
    problem = a_problem(30, 6, 1, keep_apart=everyone)
    assert only(problem) == Conflict(Clash.APART, 0, (0, 1, 2, 3, 4, 5), least=1)
    assert conflicts(replace(problem, keep_apart=everyone[1:])) == ()


def test_a_company_and_one_who_is_kept_apart_from_all_of_it_collide_together():
    problem = a_problem(12, 4, 1, companies=(3,), keep_apart=((0, 9), (1, 9), (2, 9), (5, 6)))
    assert only(problem) == Conflict(Clash.APART, 0, (0, 1, 2, 9), least=1)


def test_blocks_with_enemies_in_each_other_need_a_group_each():
    blocks = ((0, 1), (2, 3), (4, 5))
    problem = a_problem(8, 4, 1, keep_together=blocks, keep_apart=((0, 2), (3, 4), (1, 5)))
    assert only(problem) == Conflict(Clash.RULES, 0, (0, 1, 2, 3, 4, 5))


def test_a_block_larger_than_a_group_loses_as_many_as_are_too_many():
    problem = a_problem(12, 4, 1, keep_together=((0, 1, 2, 3, 4),))
    assert only(problem) == Conflict(Clash.TOGETHER, 0, (0, 1, 2, 3, 4), least=4)
    chained = a_problem(12, 4, 1, keep_together=((0, 1, 2), (2, 3), (3, 4)))
    assert only(chained) == Conflict(Clash.TOGETHER, 0, (0, 1, 2, 3, 4), least=1)
    assert conflicts(a_problem(5, 2, 1, keep_together=((0, 1), (1, 2), (1, 3)), largest=2)) == ()  # 1 may sit out


def test_two_who_are_kept_apart_and_bound_through_others_are_named_with_those_others():
    problem = a_problem(12, 6, 1, keep_together=((0, 4), (4, 7), (8, 9)), keep_apart=((0, 7),))
    assert only(problem) == Conflict(Clash.CONTRADICTION, 0, (0, 4, 7))


def test_two_pinned_into_one_group_who_are_kept_apart_collide():
    problem = pinned(a_problem(12, 4, 1, companies=(2,)), Group(2, (0, 1, 5)))
    assert only(problem) == Conflict(Clash.PINNED, 0, (0, 1), groups=(2,))


def test_more_pinned_than_a_group_holds_collide():
    problem = pinned(a_problem(12, 4, 1), Group(1, (0, 1, 2, 3, 4, 5)), Group(2, (6,)))
    assert only(problem) == Conflict(Clash.PINNED, 0, (0, 1, 2, 3, 4, 5), least=2, groups=(1,))


def test_people_pinned_into_more_groups_than_there_are_collide():
    problem = pinned(a_problem(4, 2, 1), Group(1, (0,)), Group(2, (1,)), Group(3, (2,)))
    assert only(problem) == Conflict(Clash.PINNED, 0, (0, 1, 2), groups=(1, 2, 3))


def test_two_to_be_kept_together_who_are_pinned_apart_collide():
    problem = pinned(a_problem(12, 4, 1, keep_together=((0, 1),)), Group(1, (0,)), Group(2, (1,)))
    assert only(problem) == Conflict(Clash.PINNED, 0, (0, 1), groups=(1, 2))


def test_a_pinned_moderator_who_may_not_lead_somebody_pinned_there_collides_with_them():
    problem = a_problem(12, 4, 1, moderators=4, moderator_apart=((2, 5), (2, 6)))
    assert only(pinned(problem, Group(1, (5,), 2))) == Conflict(Clash.PINNED, 0, (5,), (2,), groups=(1,))


def test_the_partner_of_one_who_is_pinned_collides_with_those_in_that_group():
    problem = a_problem(12, 4, 1, keep_together=((0, 1),), keep_apart=((1, 5),))
    found = only(pinned(problem, Group(3, (0, 5))))
    assert (found.kind, set(found.people), found.groups) == (Clash.RULES, {0, 1, 5}, (3,))


def test_who_is_kept_apart_from_somebody_pinned_in_every_group_has_no_seat():
    problem = a_problem(12, 4, 1, keep_apart=((11, 0), (11, 1), (11, 2)))
    found = only(pinned(problem, Group(1, (0, 5)), Group(2, (1,)), Group(3, (2,))))
    assert found == Conflict(Clash.NO_SEAT, 0, (11, 0, 1, 2), groups=(1, 2, 3))


def test_sixteen_moderators_for_seventeen_groups_leave_one_without_or_make_six_groups_of_seven():
    found = conflicts(a_problem(102, 6, 2, moderators=16))
    assert [(each.kind, each.round, each.least) for each in found] == [
        (Clash.MODERATORS, 0, 1),
        (Clash.MODERATORS, 1, 1),
    ]
    assert found[0].sizes == (7,) * 6 + (6,) * 10
    assert found[0].moderators == tuple(range(16))


def test_moderators_who_may_lead_nobody_leave_groups_without():
    never = tuple((m, p) for m in (1, 3) for p in range(10))
    problem = a_problem(12, 4, 1, moderators=4, moderator_apart=never)
    found = only(problem)
    assert (found.kind, found.moderators, found.least) == (Clash.MODERATOR_APART, (1, 3), 1)


def test_two_groups_whose_pinned_people_leave_only_the_same_moderator_collide():
    never = ((0, 0), (1, 0), (0, 5), (1, 5), (2, 9))
    problem = pinned(a_problem(12, 4, 1, moderators=3, moderator_apart=never), Group(1, (0,)), Group(2, (5,)))
    found = only(problem)
    assert (found.kind, found.people, found.moderators, found.least) == (Clash.MODERATOR_APART, (0, 5), (0, 1), 1)


def test_of_two_who_are_pinned_apart_neither_keeps_moderators_from_the_group_of_the_other():
    never = ((0, 0), (1, 0), (2, 1))
    problem = a_problem(3, 2, 1, moderators=3, moderator_apart=never, keep_together=((0, 1),))
    problem = replace(problem, rounds=(replace(problem.rounds[0], sizes=(1, 1, 1)),))
    assert only(pinned(problem, Group(1, (0,)), Group(2, (1,)))).kind is Clash.PINNED


@pytest.mark.parametrize("people", [10, 24])
def test_a_collision_that_no_count_shows_is_found_by_trying_and_names_no_one_else(people: int):
    """An odd ring of enemies can't be divided over two groups."""
    ring = ((0, 1), (1, 2), (2, 3), (3, 4), (0, 4))
    problem = a_problem(people, people // 2, 1, keep_apart=(*ring, (7, 8)))
    assert only(problem) == Conflict(Clash.APART, 0, (0, 1, 2, 3, 4))
    assert feasible(problem, 0) is False
    assert feasible(replace(problem, keep_apart=ring[1:]), 0) is True


def test_nothing_is_claimed_when_trying_takes_too_long(monkeypatch: pytest.MonkeyPatch):
    ring = ((0, 1), (1, 2), (2, 3), (3, 4), (0, 4))
    problem = a_problem(10, 5, 1, keep_apart=ring)
    assert feasible(problem, 0, nodes=3) is None
    assert conflicts(problem) != ()
    monkeypatch.setattr("services.matching.engine.collisions.conflicts.NODES", 3)
    assert conflicts(problem) == ()


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ({"keep_together": ((0, 1),), "keep_apart": ((0, 1),)}, ()),
        ({"company": (0, 0, 0, -1, -1)}, ()),
        ({"keep_together": ((0, 1, 2, 3),)}, ()),
        ({}, (Group(1, (0, 1)),)),
    ],
)
def test_with_a_seat_too_few_rules_that_hold_without_one_person_do_not_collide(
    values: dict[str, Any], groups: tuple[Group, ...]
):
    round_ = Round((0, 1, 2, 3, 4), sizes=(3, 1), pinned=groups)
    assert conflicts(Problem(5, 3, (round_,), largest=3, **values)) == ()
    assert feasible(Problem(5, 3, (round_,), largest=3, **values), 0) is True


def test_a_running_round_has_the_groups_it_has():
    groups = (Group(1, (0, 1, 2, 3)), Group(2, (4, 5)))
    running = Round((0, 1, 2, 3, 4, 5), groups=groups, freedom=Freedom.RUNNING)
    problem = Problem(6, 2, (running,), company=(0, 0, -1, -1, 0, -1), keep_together=((2, 3, 5),))
    assert only(problem) == Conflict(Clash.COMPANY, 0, (0, 1, 4), least=1)
