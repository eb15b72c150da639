"""What others do to a break-out while it is being solved."""

from collections.abc import Awaitable, Callable
from threading import Thread, current_thread, main_thread
from uuid import UUID

import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.refusals import Conflict
from services.matching.adapters.solver import Solver
from services.matching.domain.breakout import Breakout, RoundState
from services.matching.domain.known import Numbered
from services.matching.domain.limits import USUAL
from services.matching.engine import Budget, Problem, Schedule
from services.matching.engine.problem import Wishes
from services.matching.usecases.plan import replan_breakout
from tests.support.matching_service import LIMITS, Friday, MatchingService


class InterruptedSolver(Solver):
    """Something happens just before it solves, as often as there are interruptions."""

    def __init__(self, *interruptions: Callable[[], Awaitable[object]]) -> None:
        super().__init__(workers=1)
        self._interruptions = list(interruptions)

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL, *, brought: bool = False) -> Schedule:
        if self._interruptions:
            await self._interruptions.pop(0)()
        return await super().solve(problem, seed, budget, brought=brought)


async def replan_with(matching: MatchingService, friday: Friday, breakout: pb.Breakout, solver: Solver) -> Breakout:
    caller = matching.organiser(friday)
    async with solver, matching.events() as events:
        replanned = await replan_breakout(matching.uow, events, solver, LIMITS, caller, UUID(breakout.id))
    return replanned.breakout


async def test_a_round_that_is_closed_while_the_rest_is_planned_anew_stays_as_it_was_held(matching: MatchingService):
    friday = await matching.friday(participants=9)
    breakout = await matching.propose(friday)
    running = await matching.publish(friday, breakout, 1)
    await matching.leave(friday, friday.participants[0])
    solver = InterruptedSolver(lambda: matching.close(friday, breakout, 1))
    changed = await replan_with(matching, friday, breakout, solver)
    assert changed.round(1).state is RoundState.HELD
    held = {str(account) for account in changed.round(1).seating()}
    planned = {seat.account_id for group in running.rounds[0].groups for seat in group.seats}
    assert held == planned - {str(friday.participants[0])}
    assert friday.participants[0] not in changed.round(2).seating()


async def test_a_break_out_that_keeps_changing_is_a_conflict(matching: MatchingService):
    friday = await matching.friday(participants=9)
    breakout = await matching.propose(friday)
    solver = InterruptedSolver(
        lambda: matching.publish(friday, breakout, 1), lambda: matching.close(friday, breakout, 1)
    )
    with pytest.raises(Conflict):
        await replan_with(matching, friday, breakout, solver)


async def test_no_other_call_waits_for_a_problem_to_be_worked_out(
    matching: MatchingService, monkeypatch: pytest.MonkeyPatch
):
    friday = await matching.friday(participants=6)
    threads: list[Thread] = []

    def wishes(numbered: Numbered) -> Wishes:
        threads.append(current_thread())
        return Wishes()

    monkeypatch.setattr(Numbered, "wishes", wishes)
    breakout = await matching.propose(friday, rounds=2)
    await matching.replan(friday, breakout)
    assert len(threads) == 2
    assert main_thread() not in threads
