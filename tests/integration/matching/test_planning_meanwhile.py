"""What others do to a break-out while it is being solved, and what is told of it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from threading import Thread, current_thread, main_thread
from uuid import UUID

import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb
from sqlalchemy import text

from services.common.caller import Caller, Role
from services.common.refusals import Conflict
from services.common.rpc.channel import open_channel
from services.common.storage.database import plain_engine
from services.matching.adapters.events import Events
from services.matching.adapters.solver import USUAL, Solver
from services.matching.domain.breakout import Breakout, RoundState
from services.matching.domain.known import Numbered
from services.matching.domain.limits import OwnLimits
from services.matching.engine import Budget, Problem, Schedule
from services.matching.engine.problem import Wishes
from services.matching.usecases.plan import Wanted, propose_breakout, replan_breakout
from tests.support.matching_service import LIMITS, Friday, MatchingService
from tests.support.postgres import TestPostgres


@asynccontextmanager
async def beside(matching: MatchingService) -> AsyncGenerator[Events]:
    """The events service, as matching sees it."""
    async with open_channel(matching.beside.address, identity=matching.beside.identity.service("matching")) as channel:
        yield Events(channel)


class InterruptedSolver(Solver):
    """Something happens just before it solves, as often as there are interruptions."""

    def __init__(self, *interruptions: Callable[[], Awaitable[object]]) -> None:
        super().__init__(workers=1)
        self._interruptions = list(interruptions)

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL) -> Schedule:
        if self._interruptions:
            await self._interruptions.pop(0)()
        return await super().solve(problem, seed, budget)


async def replan_with(matching: MatchingService, friday: Friday, breakout: pb.Breakout, solver: Solver) -> Breakout:
    caller = Caller(friday.network, friday.organiser, frozenset({Role.ORGANISER}))
    async with solver, beside(matching) as events:
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


async def test_facts_carry_the_versions_of_their_break_out_in_order(matching: MatchingService, postgres: TestPostgres):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=2)
    await matching.publish(friday, breakout, 1)
    await matching.publish(friday, breakout, 1)
    await matching.replan(friday, breakout)
    await matching.close(friday, breakout, 1)
    engine = plain_engine(postgres.url("postgres", "matching"))
    told = text("SELECT type, aggregate_version FROM outbox WHERE aggregate_id = :id ORDER BY position")
    async with engine.connect() as connection:
        rows = (await connection.execute(told, {"id": breakout.id})).all()
    await engine.dispose()
    assert [(kind.rpartition(".")[2], version) for kind, version in rows] == [
        ("BreakoutProposed", 1),
        ("RoundPublished", 2),
        ("BreakoutReplanned", 3),
        ("RoundHeld", 4),
    ]


async def test_a_call_with_a_key_opens_a_round_once(matching: MatchingService):
    friday = await matching.friday(participants=4)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    request = pb.PublishRoundRequest(breakout_id=breakout.id, round_number=1)
    metadata = matching.as_organiser(friday, idempotency_key="open round 1")
    first = await matching.breakouts.PublishRound(request, metadata=metadata)
    await matching.close(friday, breakout, 1)
    assert await matching.breakouts.PublishRound(request, metadata=metadata) == first


class ClockedSolver(Solver):
    """Notes how many seconds each search may take."""

    def __init__(self) -> None:
        super().__init__(workers=1)
        self.seconds: list[float | None] = []

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL) -> Schedule:
        self.seconds.append(budget.seconds)
        return await super().solve(problem, seed, budget)


async def test_a_search_takes_no_longer_than_the_network_may_search_when_nobody_says_how_long(
    matching: MatchingService,
):
    friday = await matching.friday(participants=6)
    caller = Caller(friday.network, friday.organiser, frozenset({Role.ORGANISER}))
    async with matching.uow.begin(friday.network) as tx:
        await tx.set_limits(OwnLimits(seconds=1))
    async with ClockedSolver() as solver, beside(matching) as events:
        wanted = Wanted(rounds=1, group_size=3)
        breakout = await propose_breakout(matching.uow, events, solver, LIMITS, caller, friday.event, wanted)
        await replan_breakout(matching.uow, events, solver, LIMITS, caller, breakout.id)
    assert solver.seconds == [1, 1]
