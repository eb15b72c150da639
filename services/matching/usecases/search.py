"""Long searches: looked at and cancelled by who asked, run by whichever replica takes them up."""

from dataclasses import replace
from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.logging import logger
from services.common.refusals import Invalid, Kind, NotFound, Refusal
from services.matching.adapters.events import Events
from services.matching.adapters.solver import Solver
from services.matching.adapters.solver_process import EngineFailed, Said
from services.matching.domain.breakout import Plan, Round
from services.matching.domain.limits import Limits, bytes_of_round, refuse_rounds_beyond_a_message
from services.matching.domain.operation import MOST_ATTEMPTS, Best, Operation
from services.matching.domain.planning import Planning
from services.matching.domain.refusals import SearchGivenUp, SolverFailed, TooManyPeople
from services.matching.engine import Budget, ProblemError, Schedule
from services.matching.storage.transaction import Uow
from services.matching.usecases.knowledge import planning_of
from services.matching.usecases.plan import keep_proposal, plan_of

_PASSING = (Kind.BUSY, Kind.TOO_MANY, Kind.CONFLICT)

_log = logger(__name__)


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


async def run_operation(
    uow: Uow, events: Events, solver: Solver, of_all: Limits, network: UUID, operation: UUID
) -> bool:
    """Search, go on where another solver was broken off, and make the outcome the event's break-out.

    Safe to call again and from two replicas: the later one goes on and the earlier one stops, saying False, for it is
    not over then. Raises what is worth another try.
    """
    async with uow.begin(network) as tx:
        try:
            found = await tx.operations.get(operation, lock=True)
        except NotFound:  # forgotten, as ended searches are after a time
            return True
        if not found.under_way:
            return True
        mine, limits = found.taken_up(), await tx.limits(of_all)
        await tx.operations.save(mine)
    try:
        return await _Search(uow, solver, network, mine).run(events, limits)
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
        self._so_far: Schedule | None = None

    async def run(self, events: Events, limits: Limits) -> bool:
        """Searches for what is left of the time, from the best plan that is known; whether that ended it.

        Where no solver gets any further that plan is the outcome, and where there is none, SearchGivenUp or
        SolverFailed is raised. Raises TooManyPeople when more came than the network may plan for, or than a message
        holds.
        """
        mine = self._operation
        roster = await events.roster(self._network, mine.event)
        roster.refuse_if_cancelled()
        try:
            limits.refuse_people(len(roster.present), "event_id")
            refuse_rounds_beyond_a_message(mine.rounds, bytes_of_round(len(roster.present), mine.group_size))
        except Invalid:
            raise TooManyPeople from None
        begun = mine.best.rounds if mine.best else tuple(Round(number) for number in range(1, mine.rounds + 1))
        planning = await planning_of(self._uow, self._network, mine.event, begun, roster, mine.group_size, mine.pins)
        if mine.best:
            self._so_far = planning.as_it_is(mine.best.repeats, mine.best.bound)
        try:
            plan = await self._searched(planning)
        except (SearchGivenUp, SolverFailed):
            if self._so_far is None:
                raise
            plan = _on_the_way(planning, self._so_far)
        (await events.roster(self._network, mine.event)).refuse_if_cancelled()
        return await self._finish(plan)

    async def _searched(self, planning: Planning) -> Plan:
        """The plan that this attempt finds. Raises SearchGivenUp or SolverFailed where another try gains nothing."""
        mine = self._operation
        if mine.attempt > MOST_ATTEMPTS:
            raise SearchGivenUp
        budget = Budget(seconds=0.1 if mine.cancelled else max(0.1, mine.seconds_left))

        async def tell(said: Said) -> bool:
            return await self._keep(planning, said)

        try:
            schedule = await self._solver.search(planning.problem, mine.attempt, budget, tell)
            return await plan_of(self._solver, planning, schedule)
        except (EngineFailed, ProblemError) as error:
            _log.error("the engine failed at a search", operation=str(mine.id), stack=str(error))
            raise SolverFailed from None

    async def _keep(self, planning: Planning, said: Said) -> bool:
        """Notes how far it is, and the plan when that is a better one; whether to go on."""
        found = Schedule(said.rounds, said.repeats, said.bound)
        better = None if found == self._so_far else _best(_on_the_way(planning, found))
        self._so_far = found
        async with self._uow.begin(self._network) as tx:
            searched = self._operation.searched + said.seconds
            now_known = await tx.operations.keep_best(self._operation, better, searched)
        return now_known is not None and not now_known.cancelled

    async def _finish(self, plan: Plan) -> bool:
        """Makes the plan the event's break-out, unless the search has ended; False when another solver has it now."""
        async with self._uow.begin(self._network) as tx:
            now_known = await tx.operations.get(self._operation.id, lock=True)
            if not now_known.is_run_by(self._operation.attempt):
                return not now_known.under_way
            breakout = await keep_proposal(tx, now_known.event, now_known.group_size, plan)
            await tx.operations.save(now_known.succeeded(breakout.id, _best(plan), await tx.now()))
        return True


def _on_the_way(planning: Planning, found: Schedule) -> Plan:
    """A plan of which nobody has said yet why none has fewer repeats."""
    return replace(planning.plan(found, new_id), repeats_argument=None)


def _best(plan: Plan) -> Best:
    return Best(plan.rounds, plan.repeats, plan.repeats_bound, plan.repeats_argument)


async def _end_without_plan(uow: Uow, network: UUID, operation: Operation, reason: str) -> bool:
    async with uow.begin(network) as tx:
        now_known = await tx.operations.get(operation.id, lock=True)
        if not now_known.is_run_by(operation.attempt):
            return not now_known.under_way
        await tx.operations.save(now_known.failed(reason, await tx.now()))
    return True
