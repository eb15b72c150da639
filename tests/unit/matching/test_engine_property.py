"""The solver, for any small problem."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine import Budget, Freedom, Group, Problem, Round
from services.matching.engine.problem import even_sizes, group_count
from services.matching.engine.solve import solve
from tests.support.referee import verify

BUDGET = Budget(iterations=150)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to 16 people who come and go, with history, companies and moderators."""
    people = draw(st.integers(2, 16))
    moderators = draw(st.integers(0, 5))
    everybody, all_moderators = list(range(people)), list(range(moderators))
    rounds = draw(
        st.lists(
            st.builds(
                Round,
                present=st.sets(st.sampled_from(everybody), min_size=1).map(lambda found: tuple(sorted(found))),
                moderators=st.sets(st.sampled_from(all_moderators) if moderators else st.nothing()).map(
                    lambda found: tuple(sorted(found))
                ),
            ),
            min_size=1,
            max_size=4,
        )
    )
    pairs = list(combinations(everybody, 2))
    met = draw(st.lists(st.sampled_from(pairs), max_size=8, unique=True))
    company = tuple(draw(st.lists(st.integers(-1, 4), min_size=people, max_size=people)))
    return Problem(
        people=people,
        group_size=draw(st.integers(2, 6)),
        rounds=tuple(rounds),
        moderators=moderators,
        history=tuple((a, b, 1.0) for a, b in met),
        company=company,
    )


@given(problem=problems(), seed=st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_everybody_present_sits_once_a_round_in_groups_of_even_size_and_the_bound_holds(problem: Problem, seed: int):
    schedule = solve(problem, BUDGET, seed)
    report = verify(problem, schedule.rounds)
    assert (report.structure, report.uneven, report.repeats) == (0, 0, schedule.repeats)
    assert not any(report.without_moderator)
    assert report.broken == schedule.broken
    assert schedule.bound <= schedule.repeats
    assert solve(problem, BUDGET, seed) == schedule


@given(problem=problems(), seed=st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_a_company_is_kept_apart_wherever_it_has_no_more_people_than_there_are_groups(problem: Problem, seed: int):
    schedule = solve(problem, Budget(iterations=1500), seed)
    for r, round_ in enumerate(problem.rounds):
        groups = group_count(len(round_.present), problem.group_size, problem.smallest)
        companies = [problem.company[person] for person in round_.present if problem.company[person] >= 0]
        if all(companies.count(company) <= groups for company in companies):
            assert not [broken for broken in schedule.broken if broken.round == r]


@st.composite
def plans_under_way(draw: st.DrawFn) -> Problem:
    """A plan of which some rounds were held and one runs, while people left and came."""
    problem = draw(problems())
    plan = solve(problem, BUDGET)
    now = draw(st.integers(0, len(problem.rounds) - 1))
    rounds: list[Round] = []
    for r, (round_, groups) in enumerate(zip(problem.rounds, plan.rounds, strict=True)):
        if r < now:
            rounds.append(Round(round_.present, (), groups, Freedom.HELD))
            continue
        everybody = list(range(problem.people))
        present = tuple(sorted(draw(st.sets(st.sampled_from(everybody), min_size=1))))
        rounds.append(Round(present, round_.moderators, groups, Freedom.RUNNING if r == now else Freedom.FREE))
    return Problem(problem.people, problem.group_size, tuple(rounds), problem.moderators, company=problem.company)


@given(problem=plans_under_way())
@settings(max_examples=100, deadline=None)
def test_a_new_plan_leaves_held_rounds_alone_and_moves_nobody_who_has_company_in_the_running_one(problem: Problem):
    schedule = solve(problem, BUDGET)
    report = verify(problem, schedule.rounds)
    assert (report.structure, report.uneven) == (0, 0)
    assert schedule.bound <= schedule.repeats
    for round_, groups in zip(problem.rounds, schedule.rounds, strict=True):
        if round_.freedom is Freedom.HELD:
            assert groups == round_.groups
        if round_.freedom is Freedom.RUNNING:
            _nobody_moves_without_need(round_, groups)


def _nobody_moves_without_need(round_: Round, groups: tuple[Group, ...]) -> None:
    now = {person: group.number for group in groups for person in group.people}
    for group in round_.groups:
        left = [person for person in group.people if person in round_.present]
        if len(left) >= 2:
            assert {now[person] for person in left} == {group.number}


def test_sizes_are_as_even_as_can_be():
    assert even_sizes(83, 14) == [6] * 13 + [5]
    assert [group_count(people, size, 2) for people, size in ((7, 2), (102, 6), (1, 6), (3, 2))] == [3, 17, 1, 1]
