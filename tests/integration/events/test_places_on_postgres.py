"""Places under concurrency, through the real use cases on a real PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.common.caller import Caller
from services.common.refusals import Busy, Kind
from services.common.storage.database import Database
from services.events.domain.registration import Registration, State
from services.events.storage.events import THE_EVENT, Events
from services.events.storage.tables import events
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.usecases.places import cancel_registration, expire_offers, register
from services.events.wire import encode_fact
from tests.support.events_network import (
    a_member,
    all_registrations,
    an_open_event,
    let_offers_end,
    the_event,
)

AT_ONCE = 400
PLACES = 50


class UnlockedEvents(Events):
    """Reads an event as the real one does, but for the lock."""

    lock_query = select(events, func.clock_timestamp().label("now")).where(*THE_EVENT)


class UnlockedTransaction(EventsTransaction):
    @property
    def events(self) -> Events:
        return UnlockedEvents(self.connection, self.network)


@asynccontextmanager
async def held_from_outside(database: Database, network: UUID, event_id: UUID) -> AsyncGenerator[None]:
    """Another connection holds the event's row for the length of the block."""
    async with database.engine.connect() as connection:
        await connection.execute(select(func.set_config("ontmoet.network", str(network), True)))
        await connection.execute(select(events.c.id).where(events.c.id == event_id).with_for_update())
        yield


async def burst(uow: Uow, network: UUID) -> list[Registration]:
    """Everybody registers at once; returns what the event's list then says."""
    event = await an_open_event(uow, network, places=PLACES)
    callers = [a_member(network) for _ in range(AT_ONCE)]
    await asyncio.gather(*(insist_on_registering(uow, caller, event.id) for caller in callers))
    return await all_registrations(uow, network, event.id)


async def insist_on_registering(uow: Uow, caller: Caller, event_id: UUID) -> Registration:
    """As a client does: what is refused as busy is tried again."""
    while True:
        with suppress(Busy):
            return await register(uow, caller, event_id)


def check_not_oversold(registrations: list[Registration]) -> None:
    confirmed = [each for each in registrations if each.state is State.CONFIRMED]
    waiting = [each for each in registrations if each.state is State.WAITING]
    assert len(confirmed) == PLACES
    assert [each.position for each in waiting] == list(range(1, AT_ONCE - PLACES + 1))


async def test_an_event_is_never_oversold_when_400_register_at_once_for_50_places(uow: Uow, network: UUID):
    """C1: exactly 50 are confirmed and 350 wait, at positions 1 to 350."""
    registrations = await burst(uow, network)
    check_not_oversold(registrations)
    event = await the_event(uow, network, registrations[0].event)
    assert (event.confirmed, event.offered, event.waiting) == (50, 0, 350)


async def test_without_its_lock_the_same_event_is_oversold(database: Database, network: UUID):
    """C2: the negative control; the check of C1 fails when the lock is taken away."""
    unlocked = Uow(database, UnlockedTransaction, encode=encode_fact)
    registrations = await burst(unlocked, network)
    with pytest.raises(AssertionError):
        check_not_oversold(registrations)


async def test_waiting_for_a_lock_is_bounded_and_ends_in_a_retryable_refusal(
    database: Database, uow: Uow, network: UUID
):
    """C4: with the event's row held from outside, registering is refused as BUSY after about three seconds."""
    event = await an_open_event(uow, network, places=1)
    caller = a_member(network)
    async with held_from_outside(database, network, event.id):
        began = time.monotonic()
        with pytest.raises(Busy) as refused:
            await register(uow, caller, event.id)
        waited = time.monotonic() - began
    assert refused.value.kind is Kind.BUSY
    assert 2 < waited < 8
    assert (await register(uow, caller, event.id)).state is State.CONFIRMED


async def test_one_person_registering_20_times_at_once_has_one_registration(uow: Uow, network: UUID):
    event = await an_open_event(uow, network, places=5)
    caller = a_member(network)
    answers = await asyncio.gather(*(register(uow, caller, event.id) for _ in range(20)))
    assert len({each.id for each in answers}) == 1
    assert (await the_event(uow, network, event.id)).confirmed == 1


async def test_a_place_given_up_by_twenty_at_once_is_offered_once_each_in_order(uow: Uow, network: UUID):
    event = await an_open_event(uow, network, places=20)
    callers = [a_member(network) for _ in range(50)]
    registrations = [await register(uow, caller, event.id) for caller in callers]
    await asyncio.gather(
        *(
            cancel_registration(uow, caller, registration.id)
            for caller, registration in zip(callers[:20], registrations[:20], strict=True)
        )
    )
    after = await all_registrations(uow, network, event.id)
    assert [each.id for each in after if each.state is State.OFFERED] == [each.id for each in registrations[20:40]]
    assert [each.position for each in after if each.state is State.WAITING] == list(range(1, 11))


async def test_replicas_that_expire_the_same_offers_at_once_hand_each_place_on_once(uow: Uow, network: UUID):
    event = await an_open_event(uow, network, places=3)
    callers = [a_member(network) for _ in range(12)]
    registrations = [await register(uow, caller, event.id) for caller in callers]
    for caller, registration in zip(callers[:3], registrations[:3], strict=True):
        await cancel_registration(uow, caller, registration.id)
    await let_offers_end(uow, network, [each.id for each in registrations])
    await asyncio.gather(*(expire_offers(uow, network, event.id) for _ in range(6)))
    after = await all_registrations(uow, network, event.id)
    assert [each.id for each in after if each.state is State.OFFERED] == [each.id for each in registrations[6:9]]
    assert len([each for each in after if each.state is State.EXPIRED]) == 3
