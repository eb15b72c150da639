"""Loops that take from the stream end when they are told to, also when a fact comes at that very moment."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from types import CoroutineType
from typing import Any, cast
from uuid import UUID

import pytest

from services.common.messaging.bus import Bus, connect
from services.common.messaging.consumer import Consumer
from services.common.messaging.live import Feed, Live, Resync
from tests.integration.common_messaging.conftest import effects_of, eventually, fact_about
from tests.integration.common_messaging.notes.service import AREA, NotesUow
from tests.integration.common_messaging.test_consumer import acting, consumer

TURNS = range(8)
"""So many turns of the event loop after the fact has arrived: in one of them it is on its way to who waits for it."""


@pytest.fixture(autouse=True)
async def nothing_goes_on() -> AsyncGenerator[None]:
    """A loop that did not end is ended by force, so that it does not keep the run from ending."""
    before = asyncio.all_tasks()
    yield
    for task in asyncio.all_tasks() - before:
        coroutine = cast("CoroutineType[Any, Any, Any]", task.get_coro())
        if coroutine.__qualname__.startswith((Live.__name__, Consumer.__name__)):
            task.cancel()


async def ended_as_a_fact_comes(bus: Bus, nats_url: str, network: UUID, turns: int, task: asyncio.Task[None]) -> bool:
    """Whether the task ends when it is told so many turns after a fact has reached the connection."""
    other = await connect(nats_url, "another")
    fact, before = fact_about(network).enclose(AREA), bus.client.stats["in_msgs"]
    await other.js.publish(fact.subject, fact.payload, headers=fact.headers)
    while bus.client.stats["in_msgs"] == before:  # noqa: ASYNC110 - each turn of the loop counts
        await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=5)
    await other.close()
    return task in done


@pytest.mark.parametrize("turns", TURNS)
async def test_a_listener(bus: Bus, nats_url: str, network: UUID, turns: int):
    live = Live(bus, [AREA])
    async with live.subscribe() as feed:
        listening = started(live.run())
        await resync(feed)
        assert await ended_as_a_fact_comes(bus, nats_url, network, turns, listening)


@pytest.mark.parametrize("turns", TURNS)
async def test_a_consumer(uow: NotesUow, bus: Bus, nats_url: str, network: UUID, name: str, turns: int):
    consuming = started(consumer(uow, bus, name, acting(name)).run())
    first = fact_about(network).enclose(AREA)
    await bus.js.publish(first.subject, first.payload, headers=first.headers)

    async def consumed() -> bool:
        return len(await effects_of(uow, network, name)) == 1

    await eventually(consumed)
    await asyncio.sleep(0.05)
    assert await ended_as_a_fact_comes(bus, nats_url, network, turns, consuming)


def started(run: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(run)


async def resync(feed: Feed) -> None:
    async with asyncio.timeout(10):
        assert isinstance(await feed.get(), Resync)
    await asyncio.sleep(0.01)  # until it waits for the next fact
