"""Who comes to an event."""

from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import NotFound
from services.events.domain import attendance
from services.events.domain.attendance import Roster
from services.events.domain.registration import Registration, State
from services.events.storage.transaction import Uow
from services.events.usecases.organise import check_visible, visible_event

# Who sees an event's people and may say that they are here.
DESK = (Role.OWNER, Role.ORGANISER, Role.MODERATOR, Role.ASSISTANT)


async def check_in(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Note that somebody is here: the caller, or anybody for those at the desk."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock_of_registration(registration_id)
        registration = await tx.registrations.get(registration_id)
        at_the_desk = caller.has(*DESK)
        if registration.account != caller.account and not at_the_desk:
            raise NotFound("registration", field="registration_id")
        facts = attendance.check_in(event, registration, at_the_desk=at_the_desk, now=now)
        tx.outbox.add(*facts)
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
    """Who is at an event now, and who moderates it."""
    async with uow.begin(caller.network) as tx:
        await visible_event(tx, caller, event_id)
        return Roster(
            participants=await tx.registrations.attending(event_id), moderators=await tx.moderators.of(event_id)
        )
