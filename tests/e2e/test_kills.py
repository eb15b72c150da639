"""kill -9 during the burst of an evening: nothing that was acknowledged is lost, and nothing happens twice.

While people join a network and register for its event, one part of the house dies, at points that its log names.
Clients ask again with the same key whenever they got no answer.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from itertools import cycle, islice
from time import monotonic
from uuid import UUID

import pytest

from deploy.local.home import temporary_home
from deploy.local.nats import Nats
from deploy.local.postgres import Postgres
from services.common.crash_points import AFTER_COMMIT, AFTER_PUBLISH, BEFORE_ACK, BEFORE_PUBLISH
from tests.support.books import Books, Written, opened_books
from tests.support.house import House, running_services
from tests.support.kills import crash_at, crashes_of
from tests.support.postgres import TestPostgres
from tests.support.rush import AT_ONCE, Rush, a_rush

# All of them in one worker, for they share a house of their own.
pytestmark = pytest.mark.xdist_group("kills")

MANY = pytest.param(20, marks=pytest.mark.soak)
IN_BETWEEN = 20
"""Registrations between two kills from outside."""
DRAINED_WITHIN, HEALTHY_WITHIN = 10.0, 5.0
STANDS_STILL_AFTER = 30.0

# Each point with the passage at which it kills: between two kills a process works long enough to serve whoever waits.
POINTS = {
    "membership": (f"{AFTER_PUBLISH}:15", f"{AFTER_COMMIT}:30", f"{BEFORE_PUBLISH}:15"),
    "events": (f"{AFTER_COMMIT}:30", f"{BEFORE_PUBLISH}:15", f"{AFTER_PUBLISH}:15"),
    "matching": (f"{BEFORE_ACK}:30",),
}


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """A house with servers of its own and its gateway as a process, so that all of it can be killed."""
    with temporary_home() as data, temporary_home() as streams:
        postgres, nats = Postgres(data, durable=False), Nats(streams, durable=False)
        try:
            await asyncio.gather(postgres.start(), nats.start())
            async with running_services(TestPostgres(postgres), nats) as house:
                gateway = house.programs["gateway"] = house.system.gateway()
                try:
                    await gateway.start()
                    yield house
                finally:
                    await gateway.stop()
        finally:
            await nats.stop()
            await postgres.stop()


@pytest.fixture(scope="module")
async def books(house: House) -> AsyncIterator[Books]:
    async with opened_books(house) as books:
        yield books


@pytest.mark.parametrize("kills", [1, MANY])
@pytest.mark.parametrize("service", POINTS)
async def test_a_service_killed_at_a_named_point_of_the_burst_loses_nothing_acknowledged(
    house: House, books: Books, service: str, kills: int
):
    """F1: before the answer (after-commit), around publishing, after a consumer's effect (before-ack)."""
    points = list(islice(cycle(POINTS[service]), kills))
    program = house.programs[service]
    earlier = crashes_of(program)
    async with a_rush(house) as rush:
        await crash_at(program, points)
        await rush.grown_by(IN_BETWEEN)
    assert crashes_of(program) == earlier + [point.partition(":")[0] for point in points]
    await nothing_is_lost(books, rush)


@pytest.mark.parametrize("kills", [1, MANY])
async def test_a_gateway_killed_in_the_burst_loses_nothing_acknowledged(house: House, books: Books, kills: int):
    """F1: people's requests are under way when it dies, and nobody knows what became of them."""
    gateway = house.programs["gateway"]
    async with a_rush(house) as rush:
        for _ in range(kills):
            await rush.grown_by(IN_BETWEEN)
            unanswered = rush.crowd.unanswered
            assert rush.crowd.in_flight > 0
            gateway.process.kill()
            assert await gateway.process.wait() == -signal.SIGKILL
            await gateway.start()
            assert rush.crowd.unanswered > unanswered
        await rush.grown_by(IN_BETWEEN)
    await nothing_is_lost(books, rush)


@pytest.mark.parametrize("kills", [1, MANY])
async def test_while_nats_is_killed_writes_go_on_and_the_backlog_is_drained_soon_after_its_return(
    house: House, books: Books, kills: int
):
    """F2."""
    nats = house.system.nats
    async with a_rush(house) as rush:
        for _ in range(kills):
            await rush.grown_by(IN_BETWEEN)
            nats.process.kill()
            assert await nats.process.wait() == -signal.SIGKILL
            await rush.grown_by(IN_BETWEEN)
            backlog = {area: await books.unpublished(area) for area in ("membership", "events")}
            began_since = IN_BETWEEN - AT_ONCE  # whoever was under way at the kill may have been published before it
            assert all(len(facts) >= began_since for facts in backlog.values())
            await nats.start()
            returned = monotonic()
            while any([facts & await books.unpublished(area) for area, facts in backlog.items()]):
                assert monotonic() - returned < DRAINED_WITHIN
                await asyncio.sleep(0.05)
    await nothing_is_lost(books, rush)


@pytest.mark.parametrize("kills", [1, MANY])
async def test_after_a_postgresql_backend_is_killed_everybody_is_served_again_soon(
    house: House, books: Books, kills: int
):
    """F3: in the middle of a registration. PostgreSQL then ends all other sessions, too, and recovers from its log."""
    log = house.system.postgres.log
    async with a_rush(house) as rush:
        for _ in range(kills):
            await rush.grown_by(IN_BETWEEN)
            backend = await books.backend_at_work("events")
            os.kill(backend, signal.SIGKILL)
            killed = monotonic()
            await rush.someone()
            assert monotonic() - killed < HEALTHY_WITHIN
            assert re.search(rf"\(PID {backend}\) was terminated by signal 9", log.read_text())
        await rush.grown_by(IN_BETWEEN)
    await nothing_is_lost(books, rush)


async def nothing_is_lost(books: Books, rush: Rush) -> None:
    """Everyone acknowledged is there once, nobody else is, and each of their facts is on the stream once."""
    network = rush.gathering.network.id
    await _caught_up(books)

    rows = await books.registrations(network)
    assert {row.id: row.account_id for row in rows} == rush.registrations
    assert len(rows) == len(rush.registrations) == len(set(rush.registrations.values()))
    event = await books.event(network)
    counted = Counter(row.state for row in rows)
    assert (event.confirmed, event.offered, event.waiting) == (counted["confirmed"], 0, counted["waiting"])
    assert event.confirmed == min(event.capacity, len(rows))
    assert [row.state for row in rows] == ["confirmed"] * event.confirmed + ["waiting"] * event.waiting
    assert [row.ticket for row in rows] == list(range(1, len(rows) + 1))

    facts = await _published_facts(books, "events", network)
    kinds = {"confirmed": "ontmoet.events.v1.PlaceConfirmed", "waiting": "ontmoet.events.v1.WaitingStarted"}
    of_registrations = [(fact.type, fact.aggregate, fact.version) for fact in facts if fact.aggregate != event.id]
    assert Counter(of_registrations) == Counter((kinds[row.state], row.id, 1) for row in rows)

    members = await books.members(network)
    assert set(rush.members) <= set(members)
    joined = await _published_facts(books, "membership", network)
    assert Counter(fact.aggregate for fact in joined if fact.type.endswith(".MemberJoined")) == Counter(members)
    assert sorted(await books.copied_members(network)) == sorted(members)


async def _published_facts(books: Books, area: str, network: UUID) -> list[Written]:
    """The network's facts, each once by its id; on the stream are those of the outbox, no more, no less, in order."""
    stored, messages = await books.outbox(area, network), await books.stream(area, network)
    facts = list(dict.fromkeys(messages))
    assert len({fact.id for fact in facts}) == len(facts)
    assert sorted(facts) == sorted(stored)
    versions: dict[UUID, int] = {}
    for fact in facts:
        assert fact.version == versions.get(fact.aggregate, 0) + 1
        versions[fact.aggregate] = fact.version
    return facts


async def _caught_up(books: Books) -> None:
    """Returns when every fact is published and matching has handled those of membership; fails when that stands still.

    The burst goes on while matching starts anew, twenty times: what has piled up by then takes a while.
    """
    least, since = None, monotonic()
    while behind := await _behind(books):
        if least is None or behind < least:
            least, since = behind, monotonic()
        assert monotonic() - since < STANDS_STILL_AFTER, f"{behind} facts are still on their way"
        await asyncio.sleep(0.1)


async def _behind(books: Books) -> int:
    """How many facts are not published, or not handled by matching."""
    unpublished = [await books.unpublished(area) for area in ("membership", "events")]
    consumer = await books.consumer()
    return sum(map(len, unpublished)) + (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
