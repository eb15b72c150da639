"""Who comes to an event, and who leaves it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import NotFound
from services.events.domain import attendance
from services.events.domain.attendance import Roster
from services.events.domain.event import Event
from services.events.domain.registration import Registration, State
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.usecases.organise import check_visible, visible_event, visible_events

# Who sees an event's people and may say that they are here.
DESK = (Role.OWNER, Role.ORGANISER, Role.MODERATOR, Role.ASSISTANT)


async def check_in(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Note that somebody is here: the caller, or anybody for those at the desk."""
    async with uow.begin(caller.network) as tx:
        event, registration, now = await _locked(tx, caller, registration_id)
        facts = attendance.check_in(event, registration, at_the_desk=caller.has(*DESK), now=now)
        tx.outbox.add(*facts)
        await tx.registrations.save(registration)
    return registration


async def check_out(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Note that somebody has left: the caller, or anybody for those at the desk."""
    async with uow.begin(caller.network) as tx:
        event, registration, now = await _locked(tx, caller, registration_id)
        tx.outbox.add(*attendance.check_out(event, registration, now))
        await tx.registrations.save(registration)
    return registration


async def mark_no_shows(uow: Uow, caller: Caller, event_id: UUID) -> int:
    """Mark who has a place and did not check in; returns how many there were."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock(event_id)
        check_visible(event, caller)
        absent = await tx.registrations.in_state(event_id, State.CONFIRMED)
        tx.outbox.add(*attendance.mark_no_shows(event, absent, now))
        await tx.registrations.save(*absent)
    return len(absent)


async def get_roster(uow: Uow, caller: Caller, event_id: UUID) -> Roster:
    """Who is at an event now, who moderates it, and who was there and left."""
    async with uow.begin(caller.network) as tx:
        await visible_event(tx, caller, event_id)
        roster = (await _rosters(tx, [event_id]))[event_id]
        return replace(roster, left=await tx.registrations.left(event_id))


async def get_rosters(uow: Uow, caller: Caller, event_ids: Sequence[UUID]) -> dict[UUID, Roster]:
    """Who is now at each of the events that exist and the caller may see."""
    async with uow.begin(caller.network) as tx:
        return await _rosters(tx, [event.id for event in await visible_events(tx, caller, event_ids)])


async def _rosters(tx: EventsTransaction, event_ids: Sequence[UUID]) -> dict[UUID, Roster]:
    participants = await tx.registrations.here(event_ids)
    moderators = await tx.moderators.of_many(event_ids)
    return {each: Roster(participants[each], moderators[each]) for each in event_ids}


async def _locked(tx: EventsTransaction, caller: Caller, registration_id: UUID) -> tuple[Event, Registration, datetime]:
    """A registration with its event, locked, and the time since it is; missing to those who may not touch it."""
    event, now = await tx.events.lock_of_registration(registration_id)
    registration = await tx.registrations.get(registration_id)
    if registration.account != caller.account and not caller.has(*DESK):
        raise NotFound("registration", field="registration_id")
    return event, registration, now
