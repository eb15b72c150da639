"""NATS goes away while facts are told."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.local.home import temporary_home
from deploy.local.nats import Nats
from services.common.messaging.bus import Bus, connect, ensure_streams
from services.common.messaging.live import Feed, Resync, listen
from services.common.messaging.relay import Relay
from tests.integration.common_messaging.conftest import eventually, running, stored_ids, told_ids
from tests.integration.common_messaging.notes.service import AREA, NotesUow, write_note

FACTS = 2_000


@pytest.fixture
async def own_nats() -> AsyncGenerator[Nats]:
    """A server that nobody else minds being killed."""
    with temporary_home() as home:
        server = Nats(home, durable=False)
        await server.start()
        yield server
        await server.stop()


@asynccontextmanager
async def connected(server: Nats) -> AsyncGenerator[Bus]:
    bus = await connect(server.url, "test")
    try:
        await ensure_streams(bus, [AREA])
        yield bus
    finally:
        await bus.close()


async def kill(server: Nats) -> None:
    server.process.send_signal(signal.SIGKILL)
    await server.process.wait()


async def write_notes(uow: NotesUow, network: UUID, count: int) -> None:
    async with uow.begin(network) as tx:
        for _ in range(count):
            await tx.write(uuid4())


async def test_a_fact_counts_as_published_only_after_the_stream_acknowledged_it(
    uow: NotesUow, network: UUID, admin: AsyncConnection, own_nats: Nats
):
    """E5: NATS is killed with -9 while the relay publishes; what is marked is in the stream, and the rest follows."""
    await write_notes(uow, network, FACTS)
    async with connected(own_nats) as bus:
        async with running(Relay(uow, bus, AREA).run()):
            await eventually(lambda: some_are_marked(admin, network))
            await kill(own_nats)
        await own_nats.start()
        await eventually(lambda: is_back(bus))
        marked, copies = await stored_ids(admin, network, published=True), await told_ids(bus, network)
        assert 0 < len(marked) < FACTS
        assert marked <= set(copies)
        async with running(Relay(uow, bus, AREA).run()):
            await eventually(lambda: all_are_marked(admin, network))
        assert await told_ids(bus, network) == dict.fromkeys(await stored_ids(admin, network), 1)


async def test_writes_go_on_without_nats_and_the_backlog_is_told_within_ten_seconds_of_its_return(
    uow: NotesUow, network: UUID, admin: AsyncConnection, own_nats: Nats
):
    """F2: killed with -9, gone for a while, back again."""
    async with connected(own_nats) as bus, running(Relay(uow, bus, AREA).run()):
        await write_note(uow, network)
        await eventually(lambda: all_are_marked(admin, network))
        await kill(own_nats)
        for _ in range(100):
            await write_note(uow, network)
        assert len(await stored_ids(admin, network, published=False)) == 100
        await own_nats.start()
        await eventually(lambda: all_are_marked(admin, network), within=10)
        assert len(await told_ids(bus, network)) == 101


async def test_a_bus_that_starts_before_nats_connects_when_nats_comes(
    uow: NotesUow, network: UUID, admin: AsyncConnection, own_nats: Nats
):
    """F2: a service starts without NATS, takes writes, and tells them later."""
    async with connected(own_nats):
        pass
    await kill(own_nats)
    bus = await connect(own_nats.url, "early")
    assert not bus.connected
    async with running(Relay(uow, bus, AREA).run()):
        await write_note(uow, network)
        await own_nats.start()
        await eventually(lambda: all_are_marked(admin, network), within=10)
    await bus.close()


async def test_subscribers_are_told_to_refetch_after_nats_was_away_and_then_get_what_is_new(
    uow: NotesUow, network: UUID, own_nats: Nats
):
    """Nothing tells a subscriber what it missed, so it must know that it may have missed something."""
    async with (
        connected(own_nats) as bus,
        listen(bus, [AREA]) as live,
        running(Relay(uow, bus, AREA).run()),
        live.subscribe(lambda fact: fact.network == network) as feed,
    ):
        assert await following(feed) is None
        note = await write_note(uow, network)
        assert await following(feed) == note
        await kill(own_nats)
        await own_nats.start()
        assert await following(feed) is None
        note = await write_note(uow, network)
        assert await following(feed) == note


async def following(feed: Feed) -> UUID | None:
    """The aggregate of the next fact, or None for a Resync."""
    async with asyncio.timeout(15):
        item = await feed.get()
    return None if isinstance(item, Resync) else item.aggregate


async def some_are_marked(admin: AsyncConnection, network: UUID) -> bool:
    return bool(await stored_ids(admin, network, published=True))


async def all_are_marked(admin: AsyncConnection, network: UUID) -> bool:
    return not await stored_ids(admin, network, published=False)


async def is_back(bus: Bus) -> bool:
    return bus.connected
