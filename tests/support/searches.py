"""Long searches, run by a solver that says what a test wants."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from services.matching.adapters.events import Events
from services.matching.adapters.solver import Solver, Tell
from services.matching.adapters.solver_process import Said
from services.matching.domain.operation import Operation
from services.matching.engine import Budget, Group, Problem, Schedule
from services.matching.usecases.search import run_operation
from tests.support.matching import NOON
from tests.support.matching_service import LIMITS, Friday, MatchingService

TWO_GROUPS = Schedule(((Group(1, (0, 1, 2), host=0), Group(2, (3, 4, 5), host=3)),), repeats=0, bound=0)
OTHER_GROUPS = replace(TWO_GROUPS, rounds=((Group(1, (0, 1, 3), host=0), Group(2, (2, 4, 5), host=2)),))


class ScriptedSolver(Solver):
    """Has found each of the schedules after a second more, and answers with the last one or breaks off."""

    def __init__(
        self, *found: Schedule, breaks_off: Exception | None = None, told: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        super().__init__(workers=0)
        self._found = found
        self._breaks_off = breaks_off
        self._told = told

    async def search(self, problem: Problem, seed: int, budget: Budget, tell: Tell) -> Schedule:
        for seconds, schedule in enumerate(self._found, start=1):
            await tell(Said(schedule.rounds, schedule.repeats, schedule.bound, float(seconds)))
            if self._told is not None:
                await self._told()
        if self._breaks_off is not None:
            raise self._breaks_off
        return self._found[-1]


@dataclass
class Searching:
    """One event's search, and who runs it."""

    matching: MatchingService
    events: Events
    friday: Friday
    operation: Operation

    async def run(self, solver: Solver) -> Operation:
        """The search as it is after one attempt."""
        network = self.friday.network
        await run_operation(self.matching.uow, self.events, solver, LIMITS, network, self.operation.id)
        return await self.now()

    async def now(self) -> Operation:
        async with self.matching.uow.begin(self.friday.network) as tx:
            return await tx.operations.get(self.operation.id)

    async def seats(self) -> set[frozenset[int]]:
        """Who sits together in the event's break-out, by their places among the participants."""
        async with self.matching.uow.begin(self.friday.network) as tx:
            breakout = await tx.breakouts.of_event(self.friday.event)
        assert breakout is not None
        return {frozenset(map(self.friday.participants.index, each.seats)) for each in breakout.rounds[0].groups}


@asynccontextmanager
async def a_search(matching: MatchingService, **values: Any) -> AsyncGenerator[Searching]:
    """For six people in two groups."""
    friday = await matching.friday(participants=6, **values)
    operation = Operation(uuid4(), friday.event, rounds=1, group_size=3, seconds=10, asked_at=NOON)
    async with matching.uow.begin(friday.network) as tx:
        await tx.operations.add(operation)
    async with matching.events() as events:
        yield Searching(matching, events, friday, operation)
