"""Companies of hundreds, with more members than there are groups: planned as well as can be."""

import tracemalloc
from collections import Counter
from math import comb

import pytest

from services.matching.engine import Budget, Rule
from services.matching.engine.apart import apart
from services.matching.engine.bounds import least_repeats
from services.matching.engine.problem import Problem, even_sizes, group_sizes
from services.matching.engine.search.relations import Relations
from services.matching.engine.solve import solve
from services.matching.engine.verify import verify
from tests.support.matching import a_problem

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


def test_a_company_takes_no_memory_for_each_two_of_its_members_but_in_the_tables():
    problem = a_problem(1500, 6, 2, companies=(1500,))
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
