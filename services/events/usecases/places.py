"""Places at events: registering, giving up, offers."""

from contextlib import suppress
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.ids import new_id
from services.common.refusals import Busy, NotFound
from services.events.domain.event import ORGANISERS, Event
from services.events.domain.refusals import ModeratesEvent
from services.events.domain.registration import Registration, State
from services.events.storage.due import networks_with_expired_offers
from services.events.storage.system_paths import DUE
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.usecases.organise import check_visible, offer_free_places


async def register(uow: Uow, caller: Caller, event_id: UUID) -> Registration:
    """Give the caller a place, or a position on the waiting list. Calling twice gives the same registration."""
    async with uow.begin(caller.network) as tx:
        # Newcomers are recognised before the lock: a hot event's lock is held for as few statements as can be.
        newcomer = await tx.registrations.of(event_id, caller.account) is None
        event, now = await tx.events.lock(event_id)
        check_visible(event, caller)
        await _check_not_moderating(tx, event, caller)
        earlier = None if newcomer else await tx.registrations.of(event_id, caller.account)
        registration, facts = event.register(caller.account, earlier=earlier, new_id=new_id(), now=now)
        if facts and not await tx.store_sign_up(event, registration):
            # The same person came in by another call, between the look and the lock.
            return await tx.registrations.get_of(event_id, caller.account)
        tx.outbox.add(*facts)
    return registration


async def cancel_registration(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Give up a place, an offer or a waiting position; organisers may do it for others. It is offered to the next."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock_of_registration(registration_id)
        registration = await tx.registrations.get(registration_id)
        _check_own(registration, caller, *ORGANISERS)
        tx.outbox.add(*event.cancel_registration(registration, now))
        await tx.registrations.save(registration)
        await offer_free_places(tx, event, now)
        await tx.events.save(event)
    return registration


async def offer_place(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Offer a free place by hand to somebody who waits, out of turn."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock_of_registration(registration_id)
        registration = await tx.registrations.get(registration_id)
        tx.outbox.add(*event.offer_place(registration, now))
        await tx.registrations.save(registration)
        await tx.events.save(event)
    return registration


async def accept_offer(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Take the place that is held for the caller."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock_of_registration(registration_id)
        registration = await tx.registrations.get(registration_id)
        _check_own(registration, caller)
        tx.outbox.add(*event.accept(registration, now))
        await tx.registrations.save(registration)
        await tx.events.save(event)
    return registration


async def decline_offer(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """Decline the place that is held for the caller; it is offered to the next."""
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock_of_registration(registration_id)
        registration = await tx.registrations.get(registration_id)
        _check_own(registration, caller)
        tx.outbox.add(*event.decline(registration, now))
        await tx.registrations.save(registration)
        await offer_free_places(tx, event, now)
        await tx.events.save(event)
    return registration


async def expire_offers(uow: Uow, network: UUID, event_id: UUID) -> None:
    """End an event's offers that were not answered in time, and offer their places to the next.

    Replicas wait for each other at the event's lock; whoever comes second finds nothing left to do.
    """
    async with uow.begin(network) as tx:
        event, now = await tx.events.lock(event_id)
        offered = await tx.registrations.in_state(event_id, State.OFFERED)
        tx.outbox.add(*event.expire_offers(offered, now))
        await tx.registrations.save(*offered)
        await offer_free_places(tx, event, now)
        await tx.events.save(event)


async def expire_due_offers(uow: Uow) -> None:
    """Do so for every event that has such offers, in every network; one that others hold has its turn next time."""
    async with uow.system(DUE) as connection:
        networks = await networks_with_expired_offers(connection)
    for network in networks:
        async with uow.begin(network) as tx:
            event_ids = await tx.registrations.events_with_expired_offers()
        for event_id in event_ids:
            with suppress(Busy):
                await expire_offers(uow, network, event_id)


async def _check_not_moderating(tx: EventsTransaction, event: Event, caller: Caller) -> None:
    """Moderators stand outside an event's places. Asked only of those whose role allows it, to keep the lock short."""
    if caller.has(Role.MODERATOR) and any(
        each.account == caller.account and each.withdrawn_at is None for each in await tx.moderators.of(event.id)
    ):
        raise ModeratesEvent


def _check_own(registration: Registration, caller: Caller, *others: Role) -> None:
    """Answer as for a missing registration when it is somebody else's and the caller has none of the other roles."""
    if registration.account != caller.account and not caller.has(*others):
        raise NotFound("registration", field="registration_id")
