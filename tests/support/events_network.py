"""A network's events on a real database: people, and an event to register for."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from services.common.caller import Caller, Role
from services.events.domain.event import Event, EventState
from services.events.domain.registration import Registration
from services.events.storage.tables import events, registrations
from services.events.storage.transaction import Uow
from services.events.usecases.organise import open_registration
from tests.support.events import an_event


def a_member(network: UUID, *roles: Role) -> Caller:
    """Somebody of this network; a plain member unless roles are given."""
    return Caller(network_id=network, account_id=uuid4(), roles=frozenset(roles or (Role.MEMBER,)))


def an_organiser(network: UUID) -> Caller:
    return a_member(network, Role.ORGANISER)


async def an_open_event(uow: Uow, network: UUID, *, places: int, starts_in: timedelta = timedelta(days=1)) -> Event:
    """A stored event that takes registrations; `starts_in` counts from the database's present."""
    organiser = an_organiser(network)
    async with uow.begin(network) as tx:
        event = an_event(state=EventState.DRAFT, places=places, starts_at=await tx.now() + starts_in)
        tx.outbox.add(event.created())
        await tx.events.add([event])
    return await open_registration(uow, organiser, event.id)


async def the_event(uow: Uow, network: UUID, event_id: UUID) -> Event:
    async with uow.begin(network) as tx:
        return await tx.events.get(event_id)


async def all_registrations(uow: Uow, network: UUID, event_id: UUID) -> list[Registration]:
    """Everybody's, with positions, in the order of the list."""
    async with uow.begin(network) as tx:
        return await tx.registrations.page(event_id, size=100_000, after=None, states=())


async def let_offers_end(uow: Uow, network: UUID, registration_ids: Sequence[UUID]) -> None:
    """Set the end of these offers to this moment, as if their time had gone by."""
    async with uow.begin(network) as tx:
        await tx.connection.execute(
            update(registrations)
            .where(
                registrations.c.network_id == network,
                registrations.c.id.in_(registration_ids),
                registrations.c.state == "offered",
            )
            .values(offer_expires_at=await tx.now())
        )


async def move_event(uow: Uow, network: UUID, event_id: UUID, *, starts_in: timedelta) -> None:
    """Move an event's start to some time from now, as if time had gone by."""
    async with uow.begin(network) as tx:
        start = await tx.now() + starts_in
        where = (events.c.network_id == network, events.c.id == event_id)
        row = (await tx.connection.execute(select(events.c.starts_at, events.c.ends_at).where(*where))).one()
        await tx.connection.execute(
            update(events).where(*where).values(starts_at=start, ends_at=start + (row.ends_at - row.starts_at))
        )
