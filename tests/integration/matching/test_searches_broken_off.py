"""Long searches whose solver goes no further, run by a solver that says what the test wants."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest

from services.common.refusals import Busy
from services.common.rpc.channel import open_channel
from services.matching.adapters.events import Events
from services.matching.adapters.solver import Solver, Tell
from services.matching.adapters.solver_process import EngineFailed, Said
from services.matching.domain.operation import MOST_ATTEMPTS, Operation, OperationState
from services.matching.engine import Budget, Group, Problem, ProblemError, Schedule
from services.matching.usecases.search import run_operation
from tests.support.matching import NOON
from tests.support.matching_service import Friday, MatchingService

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
        await run_operation(self.matching.uow, self.events, solver, self.friday.network, self.operation.id)
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
async def a_search(matching: MatchingService) -> AsyncGenerator[Searching]:
    """For six people in two groups."""
    friday = await matching.friday(participants=6)
    operation = Operation(uuid4(), friday.event, rounds=1, group_size=3, seconds=10, asked_at=NOON)
    async with matching.uow.begin(friday.network) as tx:
        await tx.operations.add(operation)
    me = matching.beside.identity.service("matching")
    async with open_channel(matching.beside.address, identity=me) as channel:
        yield Searching(matching, Events(channel), friday, operation)


async def broken_off_by_every_solver(searching: Searching, *found: Schedule) -> Operation:
    """The search once it was taken up as often as may be, and once more."""
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Busy):
            await searching.run(ScriptedSolver(*found, breaks_off=Busy()))
    return await searching.run(ScriptedSolver(OTHER_GROUPS))


async def test_a_search_that_every_solver_broke_off_ends_with_the_best_plan_so_far(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await broken_off_by_every_solver(searching, TWO_GROUPS)
        assert (ended.state, ended.failure, ended.attempt) == (OperationState.DONE, "", MOST_ATTEMPTS + 1)
        assert await searching.seats() == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


async def test_a_search_that_every_solver_broke_off_has_failed_when_it_found_no_plan(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await broken_off_by_every_solver(searching)
        assert (ended.state, ended.failure) == (OperationState.FAILED, "SEARCH_GIVEN_UP")


async def test_a_search_that_another_plan_replaced_meanwhile_is_over_and_its_own_plan_is_not_kept(
    matching: MatchingService,
):
    async with a_search(matching) as searching:

        async def propose() -> None:
            await matching.propose(searching.friday, rounds=2)

        solver, network = ScriptedSolver(TWO_GROUPS, told=propose), searching.friday.network
        assert await run_operation(matching.uow, searching.events, solver, network, searching.operation.id)
        assert (await searching.now()).failure == "SEARCH_REPLACED"
        async with matching.uow.begin(network) as tx:
            breakout = await tx.breakouts.of_event(searching.friday.event)
        assert breakout is not None
        assert len(breakout.rounds) == 2


async def test_a_search_that_was_forgotten_is_over(matching: MatchingService):
    async with a_search(matching) as searching:
        solver, network = ScriptedSolver(), searching.friday.network
        assert await run_operation(matching.uow, searching.events, solver, network, uuid4())


@pytest.mark.parametrize("defect", [EngineFailed("a stack"), ProblemError("rounds", "there are 1 to 60 rounds")])
async def test_what_the_engine_cannot_solve_is_not_tried_again(matching: MatchingService, defect: Exception):
    async with a_search(matching) as searching:
        ended = await searching.run(ScriptedSolver(breaks_off=defect))
        assert (ended.state, ended.failure, ended.attempt) == (OperationState.FAILED, "SOLVER_FAILED", 1)


async def test_a_search_that_met_a_defect_ends_with_the_best_plan_so_far(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await searching.run(ScriptedSolver(OTHER_GROUPS, TWO_GROUPS, breaks_off=EngineFailed("a stack")))
        assert ended.state is OperationState.DONE
        assert await searching.seats() == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


async def test_the_best_plan_stays_what_it_is_until_there_is_a_better_one(matching: MatchingService):
    async with a_search(matching) as searching:
        seen: list[tuple[float, list[UUID]]] = []

        async def look() -> None:
            now = await searching.now()
            assert now.best is not None
            seen.append((now.searched, [group.id for each in now.best.rounds for group in each.groups]))

        await searching.run(ScriptedSolver(TWO_GROUPS, TWO_GROUPS, OTHER_GROUPS, told=look))
        assert [searched for searched, _ in seen] == [1.0, 2.0, 3.0]
        assert seen[0][1] == seen[1][1] != seen[2][1]
