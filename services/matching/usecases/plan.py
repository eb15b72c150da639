"""Planning a break-out, and planning it anew. The solver runs between two transactions, never inside one."""

from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.refusals import Conflict, Invalid
from services.matching.adapters.events import Events
from services.matching.adapters.solver import Solver
from services.matching.domain.breakout import Breakout, Move, Plan, Round, moves
from services.matching.domain.planning import Known, Planning, Roster
from services.matching.storage.transaction import Uow

MOST_ROUNDS = 20
GROUP_SIZES = range(2, 21)
ATTEMPTS = 2
"""A break-out that was changed while it was solved is solved once more; then the caller must look again."""


async def propose_breakout(
    uow: Uow, events: Events, solver: Solver, caller: Caller, event: UUID, rounds: int, group_size: int
) -> Breakout:
    """Plan an event's break-out from who is present now, in place of one of which no round was opened."""
    if not 1 <= rounds <= MOST_ROUNDS:
        most = str(MOST_ROUNDS)
        raise Invalid("rounds", f"A break-out has 1 to {most} rounds.", rule="range", least="1", most=most)
    if group_size not in GROUP_SIZES:
        least, most = str(GROUP_SIZES[0]), str(GROUP_SIZES[-1])
        raise Invalid("group_size", f"A group has {least} to {most} people.", rule="range", least=least, most=most)
    roster = await events.roster(caller.network, event)
    empty = [Round(number) for number in range(1, rounds + 1)]
    for _ in range(ATTEMPTS):
        async with uow.begin(caller.network) as tx:
            known = await tx.breakouts.of_event(event)
        if known is not None:
            known.refuse_if_started()
        before = known or Breakout(id=new_id(), event=event, group_size=group_size)
        plan = await _solve(uow, solver, caller.network, before, empty, roster, group_size)
        async with uow.begin(caller.network) as tx:
            if known is None and not await tx.breakouts.add(before):
                continue
            now_known = await tx.breakouts.get(before.id, lock=True)
            if now_known.version != before.version:
                continue
            changed, fact = now_known.proposed(group_size, plan)
            await tx.breakouts.save_plan(changed)
            tx.outbox.add(fact)
            return changed
    raise Conflict


async def replan_breakout(
    uow: Uow, events: Events, solver: Solver, caller: Caller, breakout: UUID
) -> tuple[Breakout, list[Move]]:
    """Plan the rounds that were not held anew from who is present now, and say which seats changed."""
    async with uow.begin(caller.network) as tx:
        event = (await tx.breakouts.get(breakout)).event
    roster = await events.roster(caller.network, event)
    for _ in range(ATTEMPTS):
        async with uow.begin(caller.network) as tx:
            before = await tx.breakouts.get(breakout)
        before.refuse_if_over()
        plan = await _solve(uow, solver, caller.network, before, before.rounds, roster, before.group_size)
        async with uow.begin(caller.network) as tx:
            now_known = await tx.breakouts.get(breakout, lock=True)
            if now_known.version != before.version:
                continue
            changed, fact = now_known.replanned(plan)
            await tx.breakouts.save_plan(changed)
            tx.outbox.add(fact)
        return changed, list(moves(before.rounds, changed.rounds))
    raise Conflict


async def _solve(
    uow: Uow,
    solver: Solver,
    network: UUID,
    breakout: Breakout,
    rounds: "list[Round] | tuple[Round, ...]",
    roster: Roster,
    group_size: int,
) -> Plan:
    """A plan for these rounds, from what is known of those present."""
    async with uow.begin(network) as tx:
        known = Known(
            companies=await tx.profiles.companies_of(roster.present),
            met=await tx.encounters.among(roster.present, besides=breakout.event),
        )
        now = await tx.now()
    planning = Planning(rounds, roster, known, group_size=group_size, now=now)
    return planning.plan(await solver.solve(planning.problem, seed=breakout.version), new_id)
