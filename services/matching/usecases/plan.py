"""Planning a break-out, and planning it anew. The solver runs between two transactions, never inside one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.logging import logger
from services.common.refusals import Conflict
from services.matching.adapters.events import Events
from services.matching.adapters.solver import Solver
from services.matching.adapters.solver_process import EngineFailed
from services.matching.domain.breakout import Breakout, Plan, Round, RoundState
from services.matching.domain.known import Known
from services.matching.domain.limits import (
    SHORT,
    Limits,
    bytes_of,
    bytes_of_round,
    refuse_group_size,
    refuse_people_beyond_a_message,
    refuse_rounds_beyond_a_message,
    seconds_of,
    usual,
)
from services.matching.domain.moving import Replanned
from services.matching.domain.operation import Operation
from services.matching.domain.pins import Pin, refuse_without_group
from services.matching.domain.pins import changed as changed_pins
from services.matching.domain.planning import Planning, Roster
from services.matching.domain.refusals import SolverFailed
from services.matching.engine import Budget, ProblemError, Schedule
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.usecases.knowledge import planning_of

ATTEMPTS = 2
"""A break-out that was changed while it was solved is solved once more; then the caller must look again."""

_log = logger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of a break-out, and for how long to search; no seconds mean as long as it needs."""

    rounds: int
    group_size: int
    seconds: int = 0
    pins: tuple[Pin, ...] = ()

    def empty_rounds(self) -> list[Round]:
        """The rounds, yet without groups."""
        return [Round(number) for number in range(1, self.rounds + 1)]

    def budget(self, limits: Limits) -> Budget:
        """For a search that is waited for: as long as was asked, else until little more is to be gained."""
        return Budget(seconds=self.seconds) if self.seconds else usual(limits.seconds)

    def refuse_beyond(self, limits: Limits) -> None:
        """Raises Invalid for what this network may not ask, or none may."""
        limits.refuse_rounds(self.rounds)
        limits.refuse_seconds(self.seconds)
        refuse_group_size(self.group_size)


async def propose_breakout(
    uow: Uow, events: Events, solver: Solver, of_all: Limits, caller: Caller, event: UUID, wanted: Wanted
) -> Breakout | Operation:
    """Plan an event's break-out from who is present now, in place of one of which no round was opened.

    A long search is queued; while one for the event is under way, that one is the answer, unless it was cancelled and
    ends by this. A short one ends it. Raises Invalid for a pin that can't be kept.
    """
    async with uow.begin(caller.network) as tx:
        limits, asked_at = await tx.limits(of_all), await tx.now()
    wanted.refuse_beyond(limits)
    refuse_without_group(wanted.pins)
    roster = await events.roster(caller.network, event)
    roster.refuse_if_cancelled()
    limits.refuse_people(len(roster.present), "event_id")
    refuse_rounds_beyond_a_message(wanted.rounds, bytes_of_round(len(roster.present), wanted.group_size))
    roster.refuse_if_nobody("event_id")
    if wanted.pins:
        await asyncio.to_thread(_refuse_pins, roster, wanted, asked_at)
    seconds = min(seconds_of(wanted.seconds, len(roster.present) * wanted.rounds), limits.seconds)
    if seconds > SHORT:
        return await _queue(uow, limits, caller.network, event, wanted, seconds)
    async with uow.begin(caller.network) as tx:
        if (known := await tx.breakouts.of_event(event)) is not None:
            known.refuse_if_started()
    size, pins = wanted.group_size, wanted.pins
    planning = await planning_of(uow, caller.network, event, wanted.empty_rounds(), roster, size, pins)
    _, plan = await _solved(solver, planning, known.version if known else 0, wanted.budget(limits))
    async with uow.begin(caller.network) as tx:
        if (older := await _search_before(tx, event, asked_at)) is not None:
            await tx.operations.save(older.replaced(await tx.now()))
        return (await keep_proposal(tx, event, wanted.group_size, plan)).as_seen(caller)


async def replan_breakout(
    uow: Uow,
    events: Events,
    solver: Solver,
    of_all: Limits,
    caller: Caller,
    breakout: UUID,
    pins: Sequence[Pin] = (),
) -> Replanned:
    """Plan the rounds that were not held anew from who is present now, and say what changed.

    A long search for the event that is under way ends, for its plan was asked for before. `pins` are kept beside those
    that the plan has, in place of those of the same people and rounds. Raises Invalid for one that can't be, and when
    more people are there than the network may plan for, or than a message holds.
    """
    async with uow.begin(caller.network) as tx:
        event, asked_at = (await tx.breakouts.get(breakout)).event, await tx.now()
        limits = await tx.limits(of_all)
    roster = await events.roster(caller.network, event)
    roster.refuse_if_cancelled()
    limits.refuse_people(len(roster.present), "breakout_id")
    for _ in range(ATTEMPTS):
        async with uow.begin(caller.network) as tx:
            before = await tx.breakouts.get(breakout)
        before.refuse_if_over()
        roster.refuse_if_nobody("breakout_id")
        _refuse_beyond_a_message(before, roster)
        kept = changed_pins(before.pins, pins)
        planning = await planning_of(uow, caller.network, event, before.rounds, roster, before.group_size, kept)
        await asyncio.to_thread(planning.refuse_pins, pins)
        schedule, plan = await _solved(solver, planning, before.version, usual(limits.seconds))
        async with uow.begin(caller.network) as tx:
            older = await _search_before(tx, event, asked_at)
            now_known = await tx.breakouts.get(breakout, lock=True)
            if now_known.version != before.version:
                continue
            if older is not None:
                await tx.operations.save(older.replaced(await tx.now()))
            changed, fact = now_known.replanned(plan)
            await tx.breakouts.save_plan(changed, now_known)
            tx.outbox.add(fact)
        return Replanned(changed, planning.moved(schedule), schedule.least_moves).as_seen(caller)
    raise Conflict


async def plan_of(solver: Solver, planning: Planning, schedule: Schedule) -> Plan:
    """The schedule in accounts, with what the organiser should know of it."""
    return planning.plan(schedule, new_id, await solver.collisions(planning.problem, schedule))


async def keep_proposal(tx: MatchingTransaction, event: UUID, group_size: int, plan: Plan) -> Breakout:
    """Makes a plan the event's break-out, in place of one of which no round was opened. Raises BreakoutStarted."""
    await tx.breakouts.add(Breakout(id=new_id(), event=event, group_size=group_size))
    before = await tx.breakouts.of_event(event, lock=True)
    assert before is not None
    changed, fact = before.proposed(group_size, plan)
    await tx.breakouts.save_plan(changed, before)
    tx.outbox.add(fact)
    return changed


def _refuse_beyond_a_message(breakout: Breakout, roster: Roster) -> None:
    """Raises Invalid when the rounds to come would be too large for so many people, beside those that were held."""
    held = [each for each in breakout.rounds if each.state is RoundState.HELD]
    refuse_people_beyond_a_message(
        len(roster.present),
        rounds=len(breakout.rounds) - len(held),
        group_size=breakout.group_size,
        taken=sum(bytes_of(len(each.seating()), len(each.groups)) for each in held),
    )


async def _solved(solver: Solver, planning: Planning, seed: int, budget: Budget) -> tuple[Schedule, Plan]:
    """What the solver finds, and the same in accounts. Raises SolverFailed; why is logged alone."""
    try:
        schedule = await solver.solve(planning.problem, seed, budget)
        return schedule, await plan_of(solver, planning, schedule)
    except (EngineFailed, ProblemError) as error:
        _log.error("the engine failed at a plan", stack=str(error))
        raise SolverFailed from None


async def _queue(uow: Uow, limits: Limits, network: UUID, event: UUID, wanted: Wanted, seconds: int) -> Operation:
    """A search that a solver takes up when it is its turn."""
    async with uow.begin(network) as tx:
        if (breakout := await tx.breakouts.of_event(event)) is not None:
            breakout.refuse_if_started()
        if (known := await tx.operations.of_event(event, lock=True)) is not None:
            if not known.cancelled:
                return known
            await tx.operations.save(known.replaced(await tx.now()))
        limits.refuse_searches(await tx.operations.under_way())
        operation = Operation(new_id(), event, wanted.rounds, wanted.group_size, seconds, await tx.now(), wanted.pins)
        if await tx.operations.add(operation):
            tx.outbox.add(operation.queued())
            return operation
        if (known := await tx.operations.of_event(event)) is not None:
            return known
    raise Conflict


def _refuse_pins(roster: Roster, wanted: Wanted, now: datetime) -> None:
    """Raises Invalid for a pin that can't be kept, whatever else is known of people: that is the solver's to ask."""
    planning = Planning(wanted.empty_rounds(), roster, Known(), group_size=wanted.group_size, now=now)
    planning.refuse_pins(wanted.pins)


async def _search_before(tx: MatchingTransaction, event: UUID, moment: datetime) -> Operation | None:
    """The event's search under way if it was asked for by then; locked before the break-out, as by searches."""
    search = await tx.operations.of_event(event, lock=True)
    return search if search is not None and search.asked_at <= moment else None
