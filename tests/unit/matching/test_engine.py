"""The solver: who sits with whom."""

import math
import random
from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from services.matching.engine import Broken, Budget, Group, Problem, ProblemError, Round, Rule
from services.matching.engine.problem import Wishes
from services.matching.engine.solve import solve
from services.matching.engine.tally import meetings
from tests.support.matching import a_problem
from tests.support.referee import verify

TWO_GROUPS = (Group(1, (0, 1)), Group(2, (2, 3)))
TWO_LEADERS = (Group(1, (), 0), Group(1, (), 1))
COMPANIES = (4, 4, 3, 3, 3, 2, 2, 2, 2, 2)


@pytest.mark.parametrize("seed", range(5))
def test_102_people_in_17_led_groups_of_six_meet_nobody_twice_in_five_rounds(seed: int):
    problem = a_problem(102, 6, 5, moderators=17, companies=COMPANIES)
    schedule = solve(problem, seed=seed)
    report = verify(problem, schedule.rounds)
    assert report.sound
    assert (schedule.repeats, report.moderator_repeats, schedule.bound) == (0, 0, 0)


@pytest.mark.parametrize("present", [70, 73, 78, 83, 89, 96])
@pytest.mark.parametrize("rounds", [4, 5])
def test_after_no_shows_uneven_groups_still_meet_nobody_twice(present: int, rounds: int):
    problem = a_problem(present, 6, rounds, moderators=17, companies=COMPANIES)
    schedule = solve(problem, seed=1)
    report = verify(problem, schedule.rounds)
    assert report.sound
    assert (schedule.repeats, report.moderator_repeats) == (0, 0)


def test_sizes_differ_by_one_at_most():
    schedule = solve(a_problem(83, 6, 3))
    for groups in schedule.rounds:
        assert {len(group.people) for group in groups} == {5, 6}


def test_one_moderator_short_means_one_hosted_group_a_round_with_other_people_each_time():
    problem = a_problem(102, 6, 3, moderators=16)
    schedule = solve(problem)
    hosted = [[group for group in groups if group.moderator is None] for groups in schedule.rounds]
    assert [len(groups) for groups in hosted] == [1, 1, 1]
    people = [set(groups[0].people) for groups in hosted]
    assert not people[0] & people[1] | people[0] & people[2] | people[1] & people[2]
    assert all(group.host in group.people for groups in hosted for group in groups)
    assert verify(problem, schedule.rounds).sound


def test_a_moderator_keeps_the_number_of_the_room():
    schedule = solve(a_problem(102, 6, 4, moderators=17))
    rooms = [{group.moderator: group.number for group in groups} for groups in schedule.rounds]
    assert rooms[0] == rooms[1] == rooms[2] == rooms[3]


def test_without_any_moderator_somebody_hosts_each_group_and_not_always_the_same():
    schedule = solve(a_problem(12, 3, 2))
    hosts = [group.host for groups in schedule.rounds for group in groups]
    assert None not in hosts
    assert len(set(hosts)) == 8


def test_an_unavailable_moderator_leads_nothing_in_that_round():
    problem = a_problem(12, 3, 2, moderators=5)
    first, second = problem.rounds
    problem = replace(problem, rounds=(first, replace(second, moderators=(1, 2, 3, 4))))
    schedule = solve(problem)
    assert {group.moderator for group in schedule.rounds[1]} == {1, 2, 3, 4}


def test_a_moderator_is_kept_from_whom_they_may_not_lead():
    problem = a_problem(12, 3, 3, moderators=4, moderator_apart=tuple((0, person) for person in range(6)))
    schedule = solve(problem)
    led = {person for groups in schedule.rounds for group in groups if group.moderator == 0 for person in group.people}
    assert not led & set(range(6))


@pytest.mark.parametrize("seed", range(3))
def test_where_few_ways_keep_all_rules_who_leads_is_part_of_them(seed: int):
    round_ = Round(tuple(range(7)), (0, 1, 2, 3), sizes=(3, 2, 2), pinned=(Group(1, (), 0),))
    never = ((0, 2), (1, 0), (2, 0), (2, 2))
    together = ((1, 3), (2, 4, 5))
    problem = Problem(7, 2, (round_,), moderators=4, keep_together=together, moderator_apart=never)
    assert solve(problem, Budget(iterations=2_000), seed).broken == ()


def test_who_must_lead_somebody_they_may_not_is_named():
    schedule = solve(a_problem(4, 2, 1, moderators=2, moderator_apart=((0, 3), (1, 3))))
    (leader,) = (group.moderator for group in schedule.rounds[0] if 3 in group.people)
    assert leader is not None
    assert schedule.broken == (Broken(Rule.MODERATOR_APART, 0, leader, 3),)


def test_people_kept_together_share_a_group_whenever_they_are_there():
    problem = a_problem(24, 4, 4, keep_together=((0, 1, 2), (5, 6), (6, 7)), keep_apart=((0, 9), (3, 4)))
    schedule = solve(problem)
    assert verify(problem, schedule.rounds).sound
    together = meetings(schedule.rounds)
    assert (together[0, 2], together[5, 7], together[0, 9], together[3, 4]) == (4, 4, 0, 0)


def test_those_kept_together_do_not_count_as_repeats():
    problem = a_problem(24, 4, 3, keep_together=((0, 1),))
    assert solve(problem).repeats == 0


def test_people_who_met_at_an_earlier_event_do_not_meet_again_when_it_can_be_avoided():
    met = tuple((a, b, 1.0) for a in range(8) for b in range(a + 1, 8))
    problem = a_problem(40, 4, 3, history=met)
    schedule = solve(problem)
    assert schedule.repeats == 0
    assert not any(a < 8 and b < 8 for a, b in meetings(schedule.rounds))


def test_when_somebody_must_be_met_again_it_is_whom_one_met_longest_ago():
    everybody = tuple((a, b, 1.0 if (a, b) not in {(0, 1), (2, 3)} else 0.1) for a in range(4) for b in range(a + 1, 4))
    schedule = solve(a_problem(4, 2, 1, history=everybody))
    assert {group.people for group in schedule.rounds[0]} == {(0, 1), (2, 3)}
    assert schedule.repeats == schedule.bound == 2


def test_ten_times_the_steps_let_far_fewer_meet_again():
    known = random.Random(1).sample(list(combinations(range(60), 2)), 900)
    problem = a_problem(60, 6, 3, history=tuple((a, b, 1.0) for a, b in known))
    few, many = (solve(problem, Budget(iterations=steps)).repeats for steps in (400_000, 4_000_000))
    assert many < 0.85 * few


def test_the_bound_says_when_repeats_cannot_be_avoided():
    schedule = solve(a_problem(4, 2, 5))
    assert schedule.repeats == schedule.bound == 4


@pytest.mark.parametrize("seed", range(12))
def test_companies_that_fill_every_column_meet_nobody_twice_in_as_many_rounds_as_there_are_groups(seed: int):
    rng = random.Random(seed)
    parts = [rng.choices(range(3, 10), k=rng.choice((2, 3, 4))) for _ in range(2000)]
    filling = [each for each in parts if sum(each) == 17][:6]
    sizes = [size for column in filling for size in column]
    company = [number for number, size in enumerate(sizes) for _ in range(size)]
    problem = replace(a_problem(102, 6, 17, moderators=17), company=tuple(rng.sample(company, 102)))
    schedule = solve(problem, Budget(iterations=1), seed)
    assert (schedule.repeats, schedule.broken) == (0, ())


def test_more_people_of_a_company_than_groups_is_said_and_broken_as_little_as_possible():
    problem = a_problem(6, 3, 1, companies=(3,))
    schedule = solve(problem)
    assert len(schedule.broken) == 1
    assert schedule.broken[0].rule is Rule.COMPANY
    assert schedule.broken == verify(problem, schedule.rounds).broken


def test_of_a_block_that_fits_no_group_as_many_stay_together_as_fit():
    schedule = solve(a_problem(12, 4, 2, keep_together=((0, 1, 2, 3, 4),)))
    assert Counter(broken.rule for broken in schedule.broken) == {Rule.TOGETHER: 2 * 4}


def test_people_kept_together_and_pinned_apart_are_seated_as_pinned_and_named():
    pins = (Group(1, (0,)), Group(2, (1,)))
    problem = a_problem(12, 4, 2, keep_together=((0, 1),))
    problem = replace(problem, rounds=(replace(problem.rounds[0], pinned=pins), problem.rounds[1]))
    schedule = solve(problem)
    assert schedule.broken == (Broken(Rule.TOGETHER, 0, 0, 1),)
    assert (0 in schedule.rounds[0][0].people, 1 in schedule.rounds[0][1].people) == (True, True)


def test_of_more_people_pinned_than_there_are_seats_some_sit_out():
    everybody = Round((0, 1, 2, 3), sizes=(3,), pinned=(Group(1, (0, 1, 2, 3)),))
    schedule = solve(Problem(4, 3, (everybody,), largest=3, company=(0, 0, 0, 0)))
    assert len(schedule.rounds[0][0].people) == 3


def test_a_block_finds_room_though_somebody_is_pinned_into_the_group_that_would_be_larger():
    everybody = Round((0, 1, 2), pinned=(Group(1, (1,)),))
    schedule = solve(Problem(3, 2, (everybody,), smallest=1, keep_together=((0, 2),)))
    assert [group.people for group in schedule.rounds[0]] == [(1,), (0, 2)]


def test_larger_blocks_leave_a_pinned_group_to_the_block_of_who_is_pinned():
    """More people than are seated by trying all ways."""
    problem = a_problem(44, 4, 1, keep_together=((0, 1, 2), (3, 4)))
    rounds = (replace(problem.rounds[0], pinned=(Group(1, (3,)),)),)
    for seed in range(3):
        schedule = solve(
            replace(problem, rounds=rounds, wishes=Wishes(wants=((0, 3),))), Budget(iterations=1_000), seed
        )
        assert schedule.broken == ()
        assert {3, 4} <= set(schedule.rounds[0][0].people)


@pytest.mark.parametrize("seed", range(3))
def test_rules_that_leave_few_ways_are_kept_all_the_same(seed: int):
    """Seven groups of seven in which one of each of four companies sits, some whole, and 300 pairs kept apart."""
    rng = random.Random(seed)
    groups = [[7 * number + place for place in range(7)] for number in range(7)]
    across = [(a, b) for a, b in combinations(range(49), 2) if a // 7 != b // 7]
    problem = Problem(
        49,
        7,
        (Round(tuple(range(49))),) * 3,
        company=tuple(place if place < 4 else -1 for _ in range(7) for place in range(7)),
        keep_apart=tuple(rng.sample(across, 300)),
        keep_together=(tuple(groups[0]), tuple(groups[1][:4]), tuple(groups[2][3:6]), (21, 22), (28, 33)),
    )
    assert solve(problem, Budget(iterations=3_000_000), seed).broken == ()


def test_who_binds_others_together_sits_out_where_they_do_not_fit_into_a_group():
    problem = a_problem(5, 2, 1, keep_together=((0, 1), (1, 2), (1, 3)), largest=2)
    schedule = solve(problem)
    assert schedule.broken == ()
    assert 1 not in {person for group in schedule.rounds[0] for person in group.people}


def test_those_who_are_kept_together_change_seats_with_as_many_others():
    """Four pairs must meet again; with both blocks where they were seated at first, ten do."""
    schedule = solve(a_problem(8, 4, 3, keep_together=((2, 5), (0, 7))))
    assert (schedule.repeats, schedule.bound) == (4, 4)


@pytest.mark.parametrize("sizes", [(3, 3, 3, 1), (6, 2, 2)])
def test_sizes_that_are_prescribed_are_kept_however_uneven(sizes: tuple[int, ...]):
    problem = a_problem(10, 3, 2)
    rounds = tuple(replace(round_, sizes=sizes) for round_ in problem.rounds)
    for groups in solve(replace(problem, rounds=rounds)).rounds:
        assert sorted((len(group.people) for group in groups), reverse=True) == list(sizes)


@pytest.mark.parametrize(("people", "rounds", "company", "times"), [(5, 6, 3, [2, 2, 2]), (51, 6, 26, [1] * 6)])
def test_of_a_company_that_would_be_too_large_somebody_sits_out_in_turn(
    people: int, rounds: int, company: int, times: list[int]
):
    schedule = solve(a_problem(people, 2, rounds, companies=(company,), largest=2), Budget(seconds=1.0))
    assert schedule.broken == ()
    seated = Counter(person for groups in schedule.rounds for group in groups for person in group.people)
    out = {person: rounds - seated[person] for person in range(people) if seated[person] < rounds}
    assert sorted(out.values()) == times
    assert max(out) < company


def test_the_same_seed_and_iterations_give_the_same_schedule():
    problem = a_problem(44, 4, 9, moderators=10, companies=COMPANIES)
    budget = Budget(iterations=1500)
    assert solve(problem, budget, seed=7) == solve(problem, budget, seed=7)
    assert solve(problem, budget, seed=7).rounds != solve(problem, budget, seed=8).rounds


def test_two_cores_give_the_same_schedule_whichever_is_the_first_to_find_one_without_a_repeat():
    problem, budget = a_problem(40, 4, 9, companies=(4, 4)), Budget(iterations=2_000_000, cores=2)
    for seed in range(4):
        found = {solve(problem, budget, seed).rounds for _ in range(8)}
        assert len(found) == 1


def test_groups_of_two_of_an_odd_number_leave_nobody_alone():
    schedule = solve(a_problem(7, 2, 2))
    assert all(sorted(len(group.people) for group in groups) == [2, 2, 3] for groups in schedule.rounds)


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("people", Problem(people=0, group_size=4, rounds=(Round(()),))),
        ("group_size", a_problem(4, 0, 1)),
        ("rounds", a_problem(4, 2, 0)),
        ("rounds[0].present", Problem(people=2, group_size=2, rounds=(Round((0, 5)),))),
        ("rounds[0]", Problem(people=2, group_size=2, rounds=(Round((0, 1, 1)),))),
        ("history", a_problem(4, 2, 1, history=((0, 9, 1.0),))),
        ("keep_apart", a_problem(4, 2, 1, keep_apart=((1, 1),))),
        ("keep_together", a_problem(4, 2, 1, keep_apart=((0, 1),), keep_together=((0, 1),))),
        ("keep_together", a_problem(4, 2, 1, companies=(2,), keep_together=((0, 1),))),
        ("moderators", a_problem(4, 2, 1, moderators=-1)),
        ("history", a_problem(4, 2, 1, history=((0, 1, float("nan")),))),
        ("moderator_history", a_problem(4, 2, 1, moderators=2, moderator_history=((0, 1, -1.0),))),
        ("rounds[0].pinned", Problem(4, 2, (Round((0, 1, 2, 3), pinned=(Group(3, (0,)),)),))),
        ("rounds[0].pinned", Problem(4, 2, (Round((0, 1, 2, 3), (0, 1), pinned=TWO_LEADERS),), moderators=2)),
        ("rounds[0].pinned", Problem(4, 2, (Round((0, 1, 2, 3), groups=TWO_GROUPS, pinned=(Group(3, (0,)),)),))),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused_naming_the_field(field: str, problem: Problem):
    with pytest.raises(ProblemError) as refused:
        solve(problem)
    assert refused.value.field == field


@pytest.mark.parametrize("values", [{"iterations": -5}, {"seconds": math.nan}, {"seconds": math.inf}, {"cores": -1}])
def test_a_budget_below_nothing_or_without_end_is_refused_naming_the_field(values: dict[str, Any]):
    with pytest.raises(ProblemError) as refused:
        Budget(**values)
    assert [refused.value.field] == list(values)


def test_a_round_with_nobody_there_is_empty_whoever_met_before():
    assert solve(Problem(2, 2, (Round(()),), history=((0, 1, 1.0),))).rounds == ((),)


def test_who_met_before_or_is_kept_apart_sits_in_one_column_of_a_construction():
    met, apart = ((0, 50, 1.0), (50, 99, 1.0), (7, 8, 1.0)), ((1, 2), (2, 3), (60, 61))
    schedule = solve(a_problem(102, 6, 17, history=met, keep_apart=apart, companies=(1, 4, 4)), Budget(iterations=1))
    assert (schedule.repeats, schedule.broken) == (0, ())
