"""Companies and the like of hundreds, with more members than there are groups: planned as well as can be."""

import random
import tracemalloc
from collections import Counter
from dataclasses import replace
from math import comb

import pytest

from services.matching.engine import Budget, Rule
from services.matching.engine.apart import apart
from services.matching.engine.bounds import least_repeats
from services.matching.engine.problem import Problem, Wishes, even_sizes, group_sizes
from services.matching.engine.search.relations import Relations
from services.matching.engine.solve import solve
from tests.support.matching import a_problem
from tests.support.referee import verify

MOST_BYTES = 20
"""For each two people; a list of all companions took a hundred and fifty."""


def unavoidable(problem: Problem) -> int:
    """How many pairs of one company share a group in a round, when each is spread over all groups."""
    groups = len(group_sizes(problem, 0))
    spread = (part for size in Counter(problem.company).values() for part in even_sizes(size, groups))
    return sum(comb(part, 2) for part in spread)


@pytest.mark.parametrize("companies", [(1000,), (250, 250, 250, 250)])
def test_companies_with_more_members_than_groups_are_spread_over_them(companies: tuple[int, ...]):
    problem = a_problem(1000, 6, 3, companies=companies)
    schedule = solve(problem, Budget(iterations=1))
    report = verify(problem, schedule.rounds)
    assert (report.structure, report.uneven, report.broken) == (0, 0, schedule.broken)
    assert {each.rule for each in schedule.broken} == {Rule.COMPANY}
    assert len(schedule.broken) == 3 * unavoidable(problem)


ONE_COMPANY = a_problem(1500, 6, 2, companies=(1500,))
ONE_PROFESSION = replace(a_problem(1500, 6, 2), wishes=Wishes(profession=(0,) * 1500))
NO_COMMON_LANGUAGE = replace(a_problem(1500, 6, 2), wishes=Wishes(languages=(frozenset[int](),) * 1500))


@pytest.mark.parametrize("problem", [ONE_COMPANY, ONE_PROFESSION, NO_COMMON_LANGUAGE])
def test_what_holds_for_each_two_of_many_takes_no_memory_but_in_the_tables(problem: Problem):
    tracemalloc.start()
    try:
        Relations(problem, [], hosts=0).table(1)
        least_repeats(problem, {})
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_BYTES * 1500**2


def test_apart_are_those_of_one_company_and_those_kept_apart():
    problem = Problem(5, 2, (), company=(0, -1, 0, -1, 1), keep_apart=((3, 1),))
    never = apart(problem)
    assert never is not None
    assert {(a, b) for a in range(5) for b in range(5) if never[a, b]} == {(0, 2), (2, 0), (1, 3), (3, 1)}


def test_however_many_kinds_of_pairs_there_are_rules_come_before_all_else():
    """Weights, wishes and companies of each their own came to more kinds than there are numbers for their states."""
    rng, people = random.Random(1), 200
    wishes = Wishes(
        wants=tuple((rng.randrange(100), rng.randrange(100, people)) for _ in range(500)),
        profession=tuple(rng.randrange(3) for _ in range(people)),
        languages=tuple(frozenset({rng.randrange(3)}) for _ in range(people)),
        newcomers=tuple(range(60)),
        experienced=tuple(range(60, people)),
    )
    met = {tuple(sorted(rng.sample(range(people), 2))) for _ in range(9000)}
    problem = replace(
        a_problem(people, 5, 3),
        company=tuple(rng.randrange(-1, 20) for _ in range(people)),
        history=tuple((a, b, 18 * rng.random()) for a, b in sorted(met)),
        wishes=wishes,
    )
    assert solve(problem, Budget(iterations=300_000)).broken == ()
