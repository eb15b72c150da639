"""What is really there: the rows of one network in the three databases, and its facts on the streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo
from sqlalchemy import Executable, MetaData, Row, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.common.messaging.bus import Bus, connect, stream_name
from services.common.storage.database import plain_engine
from services.common.storage.ddl import service_role
from services.common.storage.tables import platform_tables
from services.events.storage.tables import events, registrations
from services.matching.storage.tables import profiles
from services.membership.storage.tables import members
from tests.support.house import House

FETCH = 500

_outbox = platform_tables(MetaData()).outbox
_AT_WORK = text(
    "SELECT pid FROM pg_stat_activity WHERE usename = :role AND state IN ('active', 'idle in transaction') LIMIT 1"
)


@dataclass(frozen=True, order=True)
class Written:
    """A fact, in the outbox or on the stream."""

    id: str
    type: str
    aggregate: UUID
    version: int


class Books:
    """Read past the services, under the superuser."""

    def __init__(self, engines: dict[str, AsyncEngine], bus: Bus) -> None:
        self._engines = engines
        self._bus = bus

    async def unpublished(self, area: str) -> set[UUID]:
        """The facts that are stored and not yet known to be on the stream, of all networks."""
        return {row.id for row in await self._rows(area, select(_outbox.c.id).where(_outbox.c.published_at.is_(None)))}

    async def outbox(self, area: str, network: UUID) -> list[Written]:
        """A network's facts, as the service stored them."""
        columns = _outbox.c.id, _outbox.c.type, _outbox.c.aggregate_id, _outbox.c.aggregate_version
        rows = await self._rows(area, select(*columns).where(_outbox.c.network_id == network))
        return [Written(str(row.id), row.type, row.aggregate_id, row.aggregate_version) for row in rows]

    async def stream(self, area: str, network: UUID) -> list[Written]:
        """A network's messages on an area's stream, copies included, in the order of the stream."""
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            filter_subject=f"ontmoet.{network}.{area}.v1.>",
            mem_storage=True,
            inactive_threshold=30.0,
        )
        stream = stream_name(area)
        consumer = await self._bus.js.add_consumer(stream, config)
        pull = await self._bus.js.pull(stream, consumer.name)
        found: list[Written] = []
        while len(found) < (consumer.num_pending or 0):
            for message in await pull.fetch(FETCH, timeout=5):
                headers = message.headers or {}
                aggregate, version = UUID(headers["ce-subject"]), int(headers["ce-aggregateversion"])
                found.append(Written(headers["Nats-Msg-Id"], headers["ce-type"], aggregate, version))
        await pull.unsubscribe()
        return found

    async def event(self, network: UUID) -> Row[Any]:
        """The network's only event."""
        [event] = await self._rows("events", select(events).where(events.c.network_id == network))
        return event

    async def registrations(self, network: UUID) -> list[Row[Any]]:
        """The network's registrations, in the order in which places were given."""
        rows = select(registrations).where(registrations.c.network_id == network)
        return await self._rows("events", rows.order_by(registrations.c.ticket))

    async def members(self, network: UUID) -> list[UUID]:
        """The accounts that membership knows in the network."""
        accounts = select(members.c.account_id).where(members.c.network_id == network)
        return [row.account_id for row in await self._rows("membership", accounts)]

    async def copied_members(self, network: UUID) -> list[UUID]:
        """The accounts that matching has copied."""
        accounts = select(profiles.c.account_id).where(profiles.c.network_id == network)
        return [row.account_id for row in await self._rows("matching", accounts)]

    async def consumer(self) -> ConsumerInfo:
        """How far matching is with the facts of membership."""
        return await self._bus.js.consumer_info(stream_name("membership"), "matching-membership")

    async def backend_at_work(self, area: str) -> int:
        """The process id of a connection of the service that is in the middle of a transaction."""
        while True:
            if found := await self._rows(area, _AT_WORK, role=service_role(area)):
                return found[0].pid
            await asyncio.sleep(0.005)

    async def _rows(self, area: str, query: Executable, **values: object) -> list[Row[Any]]:
        async with self._engines[area].connect() as connection:
            return list((await connection.execute(query, values)).all())


@asynccontextmanager
async def opened_books(house: House) -> AsyncGenerator[Books]:
    """The books of a house."""
    async with AsyncExitStack() as opened:
        areas = ("membership", "events", "matching")
        engines = {area: plain_engine(house.system.postgres.url("postgres", area)) for area in areas}
        for engine in engines.values():
            opened.push_async_callback(engine.dispose)
        bus = await connect(house.system.nats.url, "books")
        opened.push_async_callback(bus.close)
        yield Books(engines, bus)
