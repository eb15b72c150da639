"""Where the contest says that the engine is behind CP-SAT."""

import pytest

from tests.bench.matching.contest import Kind, Method, Run
from tests.bench.matching.report import against_cpsat


def behind(engine: int | None, cpsat: int | None, *, hard: int = 0) -> bool:
    """On an instance of which two repeats are proven to be needed."""
    ours = Run("102/6x5", Method(Kind.ENGINE), 2, engine, hard, 2)
    return bool(against_cpsat([ours, Run("102/6x5", Method(Kind.CPSAT), 2, cpsat, 0, 0)]))


@pytest.mark.parametrize(("engine", "cpsat"), [(2, 2), (3, 6), (7, None)])
def test_a_quarter_of_what_lies_above_the_bound_is_little_enough(engine: int, cpsat: int | None):
    assert not behind(engine, cpsat)


@pytest.mark.parametrize(("engine", "cpsat"), [(3, 5), (3, 2), (None, 9), (None, None)])
def test_more_or_no_plan_at_all_is_behind(engine: int | None, cpsat: int | None):
    assert behind(engine, cpsat)


def test_a_plan_that_breaks_a_rule_is_none():
    assert behind(2, 9, hard=1)


def test_where_cpsat_was_not_asked_for_the_engines_plan_is_proven_the_best_it_is_not_behind():
    assert not against_cpsat([Run("102/6x5", Method(Kind.ENGINE), 60, 2, 0, 2)])
