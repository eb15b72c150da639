"""The notes service: its database, its stream, and what the tests ask of both."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from nats.js.api import AckPolicy, ConsumerConfig
from ontmoet.events.v1.facts_pb2 import PlaceConfirmed
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.ids import new_id
from services.common.messaging.bus import Bus, connect, ensure_streams, stream_name
from services.common.messaging.envelope import Envelope, StoredFact
from services.common.storage.database import plain_engine
from services.common.storage.migrate import upgrade
from services.common.storage.provision import OWNER, provision
from tests.integration.common_messaging.notes.service import AREA, NotesUow, notes_uow
from tests.integration.common_messaging.notes.storage.system_paths import SYSTEM_PATHS
from tests.support.postgres import TestPostgres

PATIENCE = 30.0
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
async def notes_url(postgres: TestPostgres) -> str:
    """The database of the notes, under the service's role."""
    await provision(postgres.admin_url, AREA, SYSTEM_PATHS)
    await upgrade(postgres.url(OWNER, AREA), "tests.integration.common_messaging.notes.storage")
    return postgres.url("notes_service", AREA)


@pytest.fixture
async def uow(notes_url: str, admin: AsyncConnection) -> AsyncGenerator[NotesUow]:
    """The service's unit of work, with nothing left to tell from other tests."""
    await admin.execute(text("UPDATE outbox SET published_at = clock_timestamp() WHERE published_at IS NULL"))
    made = notes_uow(notes_url)
    yield made
    await made.database.close()


@pytest.fixture
async def bus(nats_url: str) -> AsyncGenerator[Bus]:
    """A connection to the worker's NATS, with an empty stream for the notes."""
    made = await connect(nats_url, "test")
    await ensure_streams(made, [AREA])
    yield made
    await made.js.delete_stream(stream_name(AREA))
    await made.close()


@pytest.fixture
async def admin(postgres: TestPostgres, notes_url: str) -> AsyncGenerator[AsyncConnection]:
    """The superuser in the notes' database; each statement commits."""
    engine = plain_engine(postgres.url("postgres", AREA))
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")
    await engine.dispose()


@pytest.fixture
def network() -> UUID:
    return uuid4()


@pytest.fixture
def name() -> str:
    """A consumer's name that no other test uses."""
    return f"reader{uuid4().hex[:8]}"


@asynccontextmanager
async def running(*parts: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Runs relays, consumers and the like for the length of the block."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        yield
        assert not [task for task in tasks if task.done()], "a part ended by itself"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = PATIENCE) -> None:
    """Waits until it holds; fails when it does not in time."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.05)


class Notes:
    """A process of the service."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls, part: str, *, network: UUID, name: str, database: str, nats: str, crash_at: str = ""
    ) -> "Notes":
        """Starts it and waits until it works."""
        environment = os.environ | {
            "ONTMOET_DATABASE_URL": database,
            "ONTMOET_NATS_URL": nats,
            "ONTMOET_ENVIRONMENT": "development",
            "ONTMOET_CRASH_AT": crash_at,
        }
        module = "tests.integration.common_messaging.notes.process"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, part, str(network), name),
            stdout=PIPE,
            stderr=PIPE,
            env=environment,
            cwd=ROOT,
        )
        started = cls(process)
        assert (await started.says()) == "ready", (await process.communicate())[1].decode()
        return started

    async def says(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().strip()

    async def kill(self) -> None:
        """kill -9, if it is not dead yet."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            await self._process.communicate()

    async def ends(self) -> None:
        """Waits for its end."""
        await self._process.wait()

    async def dies_at(self, point: str) -> None:
        """Waits for its death, and checks that its log names this crash point."""
        async with asyncio.timeout(PATIENCE):
            _, errors = await self._process.communicate()
        assert self._process.returncode == -signal.SIGKILL
        assert f"crash point {point}: killing" in errors.decode(), errors.decode()


@pytest.fixture
async def start(notes_url: str, nats_url: str, network: UUID, name: str) -> AsyncGenerator["Start"]:
    """Starts a part of the service as a process of its own; none outlives the test."""
    processes: list[Notes] = []

    async def started(part: str, crash_at: str = "") -> Notes:
        process = await Notes.start(
            part, network=network, name=name, database=notes_url, nats=nats_url, crash_at=crash_at
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        await process.kill()


Start = Callable[..., Awaitable[Notes]]


def fact_about(network: UUID, aggregate: UUID | None = None, version: int = 1) -> StoredFact:
    """A fact about a note, as the outbox would hold it."""
    return StoredFact(
        network=network,
        id=new_id(),
        aggregate=aggregate or uuid4(),
        version=version,
        type=PlaceConfirmed.DESCRIPTOR.full_name,
        payload=PlaceConfirmed().SerializeToString(),
        traceparent=None,
        occurred_at=datetime.now(UTC),
    )


async def told(bus: Bus, network: UUID, area: str = AREA) -> list[Envelope]:
    """The network's messages in the stream, in their order, copies included."""
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE, filter_subjects=[f"ontmoet.{network}.{area}.v1.>"], inactive_threshold=30
    )
    consumer = await bus.js.add_consumer(stream_name(area), config)
    waiting = consumer.num_pending or 0
    pull = await bus.js.pull(stream_name(area), consumer.name)
    found: list[Envelope] = []
    while len(found) < waiting:
        messages = await pull.fetch(500, timeout=5)
        found += [Envelope(message.subject, dict(message.headers or {}), message.data) for message in messages]
    await pull.unsubscribe()
    return found


async def told_ids(bus: Bus, network: UUID) -> Counter[UUID]:
    """How many copies of each fact the stream holds."""
    return Counter(envelope.fact_id for envelope in await told(bus, network) if envelope.fact_id)


async def stored_ids(admin: AsyncConnection, network: UUID, *, published: bool | None = None) -> set[UUID]:
    """The facts in the outbox; just those that are marked as published, or just the others, when asked."""
    query = "SELECT id FROM outbox WHERE network_id = :network"
    if published is not None:
        query += f" AND published_at IS {'NOT ' if published else ''}NULL"
    return set((await admin.execute(text(query), {"network": network})).scalars())


async def effects_of(uow: NotesUow, network: UUID, name: str) -> list[tuple[UUID, int]]:
    """What a consumer did, in order."""
    async with uow.begin(network) as tx:
        return await tx.effects_of(name)
