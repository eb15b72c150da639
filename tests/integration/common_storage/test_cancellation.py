"""Requests that are given up at any moment, and what they leave behind."""

import asyncio
import random
from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.storage.database import Database
from services.common.storage.uow import UnitOfWork
from tests.integration.common_storage.conftest import Sample
from tests.integration.common_storage.sample.service import SampleTransaction, SampleUow, a_hall, encode
from tests.integration.common_storage.sample.storage.tables import halls, tickets

CONNECTIONS, NETWORKS = 5, 20


@pytest.fixture
async def small(sample: Sample) -> AsyncGenerator[SampleUow]:
    """A unit of work with so few connections that each is used for many networks."""
    database = Database.connect(sample.service_url, service_role="sample_service", pool_size=CONNECTIONS)
    yield UnitOfWork(database, SampleTransaction, encode=encode)
    await database.close()


async def request(uow: SampleUow, network: UUID) -> set[UUID]:
    """Sells two tickets in one transaction; gives the networks whose halls were seen."""
    async with uow.begin(network) as tx:
        seen = {seen for seen, _ in await tx.hall_codes()}
        hall = await tx.hall()
        await tx.sell(hall, "Ann")
        await tx.sell(hall, "Bo")
        return seen | {seen for seen, _ in await tx.hall_codes()}


async def cancelled_at_random(uow: SampleUow, network: UUID, dice: random.Random) -> set[UUID] | None:
    """What the request saw, or nothing when it was cancelled before its end."""
    task = asyncio.create_task(request(uow, network))
    if dice.random() < 0.5:
        for _ in range(dice.randrange(60)):
            await asyncio.sleep(0)
        await asyncio.sleep(dice.random() * 0.05)
        task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        return None


async def endure(uow: SampleUow, admin: AsyncConnection, requests: int) -> None:
    dice = random.Random(requests)
    networks = [uuid4() for _ in range(NETWORKS)]
    for network in networks:
        async with uow.begin(network) as tx:
            await tx.connection.execute(insert(halls).values(a_hall(network)))

    chosen = [dice.choice(networks) for _ in range(requests)]
    busy = asyncio.Semaphore(CONNECTIONS * 4)

    async def one(network: UUID) -> set[UUID] | None:
        async with busy:
            return await cancelled_at_random(uow, network, dice)

    seen = await asyncio.gather(*(one(network) for network in chosen))

    answered = [(network, answer) for network, answer in zip(chosen, seen, strict=True) if answer is not None]
    assert requests * 0.3 < len(answered) < requests * 0.95, "the cancels must hit some requests and miss others"
    assert all(answer == {network} for network, answer in answered), "a request saw another network's rows"
    await assert_all_or_nothing(uow, networks, at_least=len(answered))
    await assert_whole(uow, admin)


async def assert_all_or_nothing(uow: SampleUow, networks: list[UUID], at_least: int) -> None:
    """Both tickets of a request are there, or none; and those of every answered request are."""
    sold = 0
    for network in networks:
        async with uow.begin(network) as tx:
            count = select(func.count()).select_from(tickets).where(tickets.c.network_id == network)
            own = (await tx.connection.execute(count)).scalar_one()
            assert own % 2 == 0
            sold += own // 2
    assert sold >= at_least


async def assert_whole(uow: SampleUow, admin: AsyncConnection) -> None:
    """As many connections can be used at once as before, none of them with a transaction or a network left open."""
    meet = asyncio.Barrier(CONNECTIONS)

    async def look() -> tuple[str, int]:
        async with uow.database.transaction() as connection:
            await meet.wait()
            network = await connection.scalar(text("SELECT coalesce(current_setting('ontmoet.network', true), '')"))
            return str(network), len((await connection.execute(select(halls))).all())

    async with asyncio.timeout(20):
        assert await asyncio.gather(*(look() for _ in range(CONNECTIONS))) == [("", 0)] * CONNECTIONS
    left_open = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sample_service' AND xact_start IS NOT NULL"
    assert await admin.scalar(text(left_open)) == 0


async def test_no_leak_under_cancellation(small: SampleUow, admin: AsyncConnection):
    """T4: 300 requests over 5 connections, 20 networks, random cancels: no foreign row, the pool whole again."""
    await endure(small, admin, requests=300)


@pytest.mark.soak
async def test_no_leak_under_cancellation_of_thousands(small: SampleUow, admin: AsyncConnection):
    """T4: the same with 2,000 requests."""
    await endure(small, admin, requests=2000)
