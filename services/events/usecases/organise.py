"""What organisers do with one event."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.refusals import NotFound
from services.events.domain.event import Event, EventState
from services.events.domain.local_time import existing_instant
from services.events.domain.outline import LONGEST_REASON, Outline, check_capacity, check_reach, check_text
from services.events.domain.refusals import EventIsPast
from services.events.domain.registration import State
from services.events.storage.transaction import EventsTransaction, Uow


async def create_event(uow: Uow, caller: Caller, outline: Outline, starts_at: datetime, time_zone: str) -> Event:
    """Make a one-off event, as a draft. `starts_at` is a local time in that zone; the event may have begun already."""
    async with uow.begin(caller.network) as tx:
        now = await tx.now()
        check_reach(starts_at, now, "starts_at_local")
        start = existing_instant(starts_at, ZoneInfo(time_zone), "starts_at_local")
        event = Event(
            id=new_id(),
            series=None,
            occurs_on=None,
            title=outline.title,
            description=outline.description,
            mode=outline.mode,
            starts_at=start,
            ends_at=start + outline.duration,
            time_zone=time_zone,
            state=EventState.DRAFT,
            capacity=outline.capacity,
            offer_window=outline.offer_window,
        )
        if event.ends_at <= now:
            raise EventIsPast(field="starts_at_local")
        tx.outbox.add(event.created())
        await tx.events.add([event])
    return event


async def open_registration(uow: Uow, caller: Caller, event_id: UUID) -> Event:
    """Let people register."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock(event_id)
        tx.outbox.add(*event.open_registration(now))
        await tx.events.save(event)
    return event


async def close_registration(uow: Uow, caller: Caller, event_id: UUID) -> Event:
    """Let nobody new register."""
    async with uow.begin(caller.network) as tx:
        event, _ = await tx.events.lock(event_id)
        tx.outbox.add(*event.close_registration())
        await tx.events.save(event)
    return event


async def change_capacity(uow: Uow, caller: Caller, event_id: UUID, capacity: int) -> Event:
    """Raise or lower the number of places; new ones are offered at once to those who wait."""
    check_capacity(capacity)
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock(event_id)
        tx.outbox.add(*event.change_capacity(capacity, now))
        await offer_free_places(tx, event, now)
        await tx.events.save(event)
    return event


async def cancel_event(uow: Uow, caller: Caller, event_id: UUID, reason: str) -> Event:
    """Call an event off for everybody."""
    check_text(reason, "reason", LONGEST_REASON)
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock(event_id)
        outstanding = await tx.registrations.in_state(event_id, State.OFFERED)
        tx.outbox.add(*event.cancel(reason, outstanding, now))
        await tx.registrations.save(*outstanding)
        await tx.events.save(event)
    return event


async def offer_free_places(tx: EventsTransaction, event: Event, now: datetime) -> None:
    """Offer an event's free places to the head of its queue. The event is locked; its caller saves it."""
    heads = await tx.registrations.first_waiting(event.id, event.places_to_offer(now))
    tx.outbox.add(*event.offer_to(heads, now))
    await tx.registrations.save(*heads)


async def visible_events(tx: EventsTransaction, caller: Caller, event_ids: Sequence[UUID]) -> list[Event]:
    """Those that exist and the caller may see."""
    return [event for event in await tx.events.many(event_ids) if event.visible_to(caller)]


async def visible_event(tx: EventsTransaction, caller: Caller, event_id: UUID) -> Event:
    """The event as it is; a draft is missing to those who may not see it."""
    event = await tx.events.get(event_id)
    check_visible(event, caller)
    return event


def check_visible(event: Event, caller: Caller) -> None:
    """Answer as for a missing event when the caller may not know of it."""
    if not event.visible_to(caller):
        raise NotFound("event", field="event_id")
