import asyncio
from uuid import UUID, uuid4

import pytest
from nats.errors import TimeoutError as BusTimeout
from nats.js.api import PubAck
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.messaging.bus import Bus
from services.common.messaging.relay import Relay
from tests.integration.common_messaging.conftest import Start, eventually, running, stored_ids, told, told_ids
from tests.integration.common_messaging.notes.service import AREA, NotesUow, tell, write_note


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.soak)])
async def test_a_fact_is_stored_if_and_only_if_the_state_is_however_often_the_service_is_killed(
    uow: NotesUow, bus: Bus, network: UUID, admin: AsyncConnection, start: Start, rounds: int
):
    """E1: killed at each named point and at an unnamed one, under load; every note has its fact, once."""
    for _ in range(rounds):
        for point, passage in (("after-commit", 40), ("before-publish", 5), ("after-publish", 5)):
            writer = await start("writer", crash_at=f"{point}:{passage}")
            await writer.dies_at(point)
        writer = await start("writer")
        for _ in range(100):
            await writer.says()
        await writer.kill()

    notes = set((await admin.execute(text("SELECT id FROM notes WHERE network_id = :n"), {"n": network})).scalars())
    rows = await admin.execute(text("SELECT aggregate_id FROM outbox WHERE network_id = :n"), {"n": network})
    facts = list(rows.scalars())
    assert len(facts) == len(set(facts)) > 100
    assert set(facts) == notes
    async with running(Relay(uow, bus, AREA).run()):
        await eventually(lambda: everything_is_told(bus, admin, network))


async def test_a_transaction_that_fails_tells_nothing(uow: NotesUow, network: UUID, admin: AsyncConnection):
    """E1: no state, no fact."""
    with pytest.raises(ZeroDivisionError):
        async with uow.begin(network) as tx:
            await tx.write(uuid4())
            _ = 1 / 0
    assert await stored_ids(admin, network) == set()


async def test_the_relay_never_skips_a_fact_that_is_committed_late(
    uow: NotesUow, bus: Bus, network: UUID, admin: AsyncConnection
):
    """E2: the earlier position is committed after the later one was published."""
    inserted, may_commit = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with uow.begin(network) as tx:
            await tx.write(uuid4())
            await tx.outbox.flush(tx.connection, network)
            inserted.set()
            await may_commit.wait()

    first = asyncio.create_task(late())
    await inserted.wait()
    await write_note(uow, network)
    async with running(Relay(uow, bus, AREA).run()):
        await eventually(lambda: everything_is_told(bus, admin, network))
        assert len(await told(bus, network)) == 1
        may_commit.set()
        await first
        await eventually(lambda: everything_is_told(bus, admin, network))
    assert len(await told(bus, network)) == 2


async def test_facts_of_one_aggregate_arrive_in_order_with_two_relays_that_are_killed_and_started_again(
    uow: NotesUow, bus: Bus, network: UUID, admin: AsyncConnection, start: Start
):
    """E3: 1,000 facts on one aggregate."""
    aggregate = uuid4()
    relays = [await start("relay"), await start("relay")]
    for round_number in range(10):
        await tell(uow, network, aggregate, range(100 * round_number + 1, 100 * round_number + 101))
        if round_number % 3 == 2:
            await eventually(lambda: any_is_published(admin, network))
            victim = relays.pop(0)
            await victim.kill()
            relays.append(await start("relay"))
    await eventually(lambda: everything_is_told(bus, admin, network))
    for relay in relays:
        await relay.kill()
    assert [envelope.version for envelope in await told(bus, network)] == list(range(1, 1001))


async def test_a_relay_whose_leader_lost_its_connection_goes_on_with_the_next(
    uow: NotesUow, bus: Bus, network: UUID, admin: AsyncConnection
):
    """E3: one of two relays works; when the database ends its session, one of them takes over."""
    async with running(Relay(uow, bus, AREA).run(), Relay(uow, bus, AREA).run()):
        await write_note(uow, network)
        await eventually(lambda: everything_is_told(bus, admin, network))
        first = await leading_sessions(admin)
        await admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first[0]})
        await eventually(lambda: another_session_leads(admin, first), within=10)
        await write_note(uow, network)
        await eventually(lambda: everything_is_told(bus, admin, network), within=5)
    assert len(first) == 1


async def test_nothing_of_an_aggregate_overtakes_a_fact_that_could_not_be_published(
    uow: NotesUow, bus: Bus, network: UUID, admin: AsyncConnection, monkeypatch: pytest.MonkeyPatch
):
    """E3: one publish in the middle of a batch times out, once."""
    publish, failures = bus.js.publish, 0

    async def faltering(subject: str, payload: bytes, *, headers: dict[str, str]) -> PubAck:
        nonlocal failures
        if headers["ce-aggregateversion"] == "5" and not failures:
            failures += 1
            raise BusTimeout
        return await publish(subject, payload, headers=headers)

    monkeypatch.setattr(bus.js, "publish", faltering)
    aggregate = uuid4()
    await tell(uow, network, aggregate, range(1, 11))
    async with running(Relay(uow, bus, AREA).run()):
        await eventually(lambda: everything_is_told(bus, admin, network))
    assert failures == 1
    assert [envelope.version for envelope in await told(bus, network)] == list(range(1, 11))


async def test_a_cancelled_task_stays_cancelled_though_its_connection_died(uow: NotesUow, admin: AsyncConnection):
    """Or whoever tries again after an error would never end."""
    began = asyncio.Event()

    async def wait_inside() -> None:
        async with uow.begin(uuid4()):
            began.set()
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait_inside())
    await began.wait()
    await admin.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'notes_service'"))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_commit_wakes_the_relay_of_its_own_process_at_once(
    uow: NotesUow, bus: Bus, network: UUID, admin: AsyncConnection, monkeypatch: pytest.MonkeyPatch
):
    """A fact need not wait for the next look at the outbox."""
    monkeypatch.setattr("services.common.messaging.relay.POLL", 3600.0)
    async with running(Relay(uow, bus, AREA).run()):
        for _ in range(3):
            await write_note(uow, network)
            await eventually(lambda: everything_is_told(bus, admin, network), within=10)


async def everything_is_told(bus: Bus, admin: AsyncConnection, network: UUID) -> bool:
    """Whether every fact of the outbox is marked, and stands once in the stream."""
    stored = await stored_ids(admin, network)
    if await stored_ids(admin, network, published=False):
        return False
    copies = await told_ids(bus, network)
    assert set(copies) == stored
    assert set(copies.values()) <= {1}
    return True


async def any_is_published(admin: AsyncConnection, network: UUID) -> bool:
    return bool(await stored_ids(admin, network, published=True))


async def leading_sessions(admin: AsyncConnection) -> list[int]:
    """The sessions that hold a leader's lock in this database."""
    holders = text(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return list((await admin.execute(holders)).scalars())


async def another_session_leads(admin: AsyncConnection, before: list[int]) -> bool:
    return bool(set(await leading_sessions(admin)) - set(before))
