"""Running a break-out: rounds are opened and closed one after the other."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.matching.adapters.events import Events
from services.matching.domain.breakout import Breakout
from services.matching.domain.counting import counted_anew
from services.matching.domain.known import Known, Numbered
from services.matching.domain.refusals import BreakoutStarted
from services.matching.storage.transaction import MatchingTransaction, Uow


async def publish_round(uow: Uow, events: Events, caller: Caller, breakout: UUID, number: int) -> Breakout:
    """Open the next round: everybody sees their group. A round that is open stays as it is.

    A long search for the event that is under way ends, for its plan could not take the place of this one any more.
    Raises EventIsCancelled.
    """
    async with uow.begin(caller.network) as tx:
        event = (await tx.breakouts.get(breakout)).event
    (await events.roster(caller.network, event)).refuse_if_cancelled()
    async with uow.begin(caller.network) as tx:
        search = await tx.operations.of_event(event, lock=True)  # before the break-out, as by searches
        before, now = await tx.breakouts.get(breakout, lock=True), await tx.now()
        changed, facts = before.published(number, now)
        if facts:
            if search is not None:
                await tx.operations.save(search.failed(BreakoutStarted.reason, now))
            await tx.breakouts.save_states(changed)
            tx.outbox.add(*facts)
    return changed.as_seen(caller)


async def close_round(uow: Uow, events: Events, caller: Caller, breakout: UUID, number: int) -> Breakout:
    """Close the open round; those who sat together have met. A round that was held stays as it is.

    Who had left before it was opened, or never was there, loses their seat in it and has met nobody; nor has staff.
    How many meet again is then counted anew. A cancelled event's round is closed as any other, for people met in it.
    """
    async with uow.begin(caller.network) as tx:
        event = (await tx.breakouts.get(breakout)).event
    roster = await events.roster(caller.network, event)
    async with uow.begin(caller.network) as tx:
        before = await tx.breakouts.get(breakout, lock=True)
        now = await tx.now()
        changed, facts = before.closed(number, now, roster.there_after(before.round(number).opened_at or now))
        if facts:
            held = changed.round(number)
            if held.seating() != before.round(number).seating():
                changed = await _counted_anew(tx, before, changed, roster.present, now)
            await tx.breakouts.save_states(changed)
            await tx.breakouts.save_seats_held(changed, number)
            await tx.encounters.add(changed.event, held, await tx.profiles.staff_among(held.people))
            tx.outbox.add(*facts)
    return changed.as_seen(caller)


async def _counted_anew(
    tx: MatchingTransaction, before: Breakout, closed: Breakout, there: Collection[UUID], now: datetime
) -> Breakout:
    people = sorted({account for each in before.rounds for account in each.people})
    known = Known(profiles=await tx.profiles.of(people), rules=await tx.rules.about(people))
    met = {(each.first, each.second) for each in await tx.encounters.among(people, besides=before.event)}
    return counted_anew(before, closed, met, Numbered(known, people, (), now).together_pairs(there))
