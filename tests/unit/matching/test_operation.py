"""The life of a long search."""

from dataclasses import replace
from uuid import uuid4

from services.matching.domain.breakout import Round
from services.matching.domain.operation import Best, Operation, OperationState
from services.matching.domain.pins import Pin
from tests.support.matching import NOON, a_group, people

BEST = Best((Round(1, (a_group(1, *people(2)),)),), repeats=3, bound=1)


def an_operation() -> Operation:
    return Operation(uuid4(), uuid4(), rounds=1, group_size=2, seconds=10, asked_at=NOON)


def test_who_takes_a_search_up_goes_on_for_the_rest_of_the_time():
    first = an_operation().taken_up()
    second = replace(first, best=BEST, searched=4.0).taken_up()
    assert (second.state, second.attempt, second.seconds_left) == (OperationState.RUNNING, 2, 6.0)


def test_a_search_that_waits_is_cancelled_at_once_and_one_that_runs_by_its_solver():
    waiting = an_operation().cancelled_at(NOON)
    assert (waiting.state, waiting.under_way) == (OperationState.CANCELLED, False)
    running = an_operation().taken_up().cancelled_at(NOON)
    assert (running.state, running.cancelled) == (OperationState.RUNNING, True)
    assert running.cancelled_at(NOON) == running
    ended = running.succeeded(uuid4(), BEST, NOON)
    assert ended.state is OperationState.CANCELLED
    assert ended.cancelled_at(NOON) == ended


def test_a_search_that_ended_keeps_its_figures_and_nobodys_seat():
    waiting = replace(an_operation(), best=BEST, pins=(Pin(people(1)[0], 1, 2),))
    running = waiting.taken_up()
    by_solver = (running.succeeded(uuid4(), BEST, NOON), running.failed("NOBODY_PRESENT", NOON))
    for ended in (*by_solver, waiting.cancelled_at(NOON), running.cancelled_at(NOON).failed("", NOON)):
        assert ended.best is not None
        assert (ended.best.rounds, ended.best.repeats, ended.best.bound, ended.pins) == ((), 3, 1, ())
    assert running.failed("NOBODY_PRESENT", NOON).failure == "NOBODY_PRESENT"


def test_a_cancelled_search_of_which_nothing_came_has_not_failed():
    ended = an_operation().taken_up().cancelled_at(NOON).failed("NOBODY_PRESENT", NOON)
    assert (ended.state, ended.failure) == (OperationState.CANCELLED, "")


def test_a_search_that_was_replaced_says_so():
    ended = replace(an_operation().taken_up(), best=BEST).replaced(NOON)
    assert (ended.state, ended.failure, ended.breakout) == (OperationState.FAILED, "SEARCH_REPLACED", None)
