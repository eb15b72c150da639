"""The work queue of long searches, on a real NATS."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import pytest

from services.common.messaging.bus import Bus, connect, ensure_streams, queue_name
from services.matching.adapters.queue import SearchQueue


@pytest.fixture
async def bus(nats_url: str) -> AsyncGenerator[Bus]:
    """With an empty queue."""
    made = await connect(nats_url, "test")
    await ensure_streams(made, ["matching"])
    yield made
    await made.js.delete_stream(queue_name("matching"))
    await made.close()


async def test_a_search_that_is_broken_off_goes_on_before_those_that_wait(bus: Bus):
    """It waited behind another network's search, running to all who looked, and nobody could cancel it."""
    queue, (first, second) = SearchQueue(bus), (uuid4(), uuid4())
    tried: list[UUID] = []
    done = asyncio.Event()

    async def run(network: UUID, operation: UUID) -> bool:
        tried.append(operation)
        if len(tried) == 1:
            raise ConnectionError
        if operation == second:
            done.set()
        return True

    for operation in (first, second):
        await queue.put(uuid4(), operation)
    working = asyncio.create_task(queue.work(run))
    async with asyncio.timeout(20):
        await done.wait()
    working.cancel()
    assert tried == [first, first, second]
