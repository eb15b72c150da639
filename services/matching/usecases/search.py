"""Long searches: looked at and cancelled by who asked, run by whichever replica takes them up."""

from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.refusals import Kind, Refusal
from services.matching.adapters.events import Events
from services.matching.adapters.solver import Solver
from services.matching.adapters.solver_process import Said
from services.matching.domain.breakout import Plan, Round
from services.matching.domain.operation import MOST_ATTEMPTS, Best, Operation
from services.matching.domain.planning import Planning
from services.matching.engine import Budget, Schedule
from services.matching.storage.transaction import Uow
from services.matching.usecases.knowledge import planning_of
from services.matching.usecases.plan import keep_proposal, plan_of

GIVEN_UP = "SEARCH_GIVEN_UP"
"""Why a search failed that every solver broke off."""
_PASSING = (Kind.BUSY, Kind.TOO_MANY, Kind.CONFLICT)


async def get_operation(uow: Uow, caller: Caller, operation: UUID) -> Operation:
    """How a long search goes."""
    async with uow.begin(caller.network) as tx:
        return await tx.operations.get(operation)


async def cancel_operation(uow: Uow, caller: Caller, operation: UUID) -> Operation:
    """End a search early; its solver keeps the best plan so far. One that has ended stays as it is."""
    async with uow.begin(caller.network) as tx:
        cancelled = (await tx.operations.get(operation, lock=True)).cancelled_at(await tx.now())
        await tx.operations.save(cancelled)
    return cancelled


async def run_operation(uow: Uow, events: Events, solver: Solver, network: UUID, operation: UUID) -> bool:
    """Search, go on where another solver was broken off, and make the outcome the event's break-out.

    Safe to call again and from two replicas: the later one goes on and the earlier one stops, saying False, for it is
    not over then. Raises what is worth another try.
    """
    async with uow.begin(network) as tx:
        found = await tx.operations.get(operation, lock=True)
        if not found.under_way:
            return True
        mine = found.taken_up()
        await tx.operations.save(mine)
    if mine.attempt > MOST_ATTEMPTS:
        return await _end_without_plan(uow, network, mine, GIVEN_UP)
    try:
        return await _Search(uow, solver, network, mine).run(events)
    except Refusal as refusal:
        if refusal.kind in _PASSING:
            raise
        return await _end_without_plan(uow, network, mine, refusal.reason)


class _Search:
    """One attempt at one operation."""

    def __init__(self, uow: Uow, solver: Solver, network: UUID, operation: Operation) -> None:
        self._uow = uow
        self._solver = solver
        self._network = network
        self._operation = operation

    async def run(self, events: Events) -> bool:
        """Searches for what is left of the time, from the best plan that is known; whether that ended it."""
        mine = self._operation
        roster = await events.roster(self._network, mine.event)
        begun = mine.best.rounds if mine.best else tuple(Round(number) for number in range(1, mine.rounds + 1))
        planning = await planning_of(self._uow, self._network, mine.event, begun, roster, mine.group_size)
        budget = Budget(seconds=0.1 if mine.cancelled else max(0.1, mine.seconds_left))

        async def tell(said: Said) -> bool:
            return await self._keep(planning, said)

        schedule = await self._solver.search(planning.problem, mine.attempt, budget, tell)
        return await self._finish(await plan_of(self._solver, planning, schedule))

    async def _keep(self, planning: Planning, said: Said) -> bool:
        """Notes the best plan so far; whether to go on."""
        so_far = Schedule(said.rounds, said.repeats, said.bound)
        best = self._best(planning.plan(so_far, new_id), said.seconds)
        async with self._uow.begin(self._network) as tx:
            now_known = await tx.operations.keep_best(self._operation, best, best.searched)
        return now_known is not None and not now_known.cancelled

    async def _finish(self, plan: Plan) -> bool:
        """Makes the plan the event's break-out; False when another solver has the search by now."""
        async with self._uow.begin(self._network) as tx:
            now_known = await tx.operations.get(self._operation.id, lock=True)
            if not now_known.is_run_by(self._operation.attempt):
                return False
            breakout = await keep_proposal(tx, now_known.event, now_known.group_size, plan)
            best = self._best(plan, now_known.searched - self._operation.searched)
            await tx.operations.save(now_known.succeeded(breakout.id, best, await tx.now()))
        return True

    def _best(self, plan: Plan, seconds: float) -> Best:
        return Best(plan.rounds, plan.repeats, plan.repeats_bound, self._operation.searched + seconds)


async def _end_without_plan(uow: Uow, network: UUID, operation: Operation, reason: str) -> bool:
    async with uow.begin(network) as tx:
        now_known = await tx.operations.get(operation.id, lock=True)
        if not now_known.is_run_by(operation.attempt):
            return False
        await tx.operations.save(now_known.failed(reason, await tx.now()))
    return True
