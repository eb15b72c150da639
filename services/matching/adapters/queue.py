"""The work queue of long searches: each waits until a replica has time, and is handed on when that one dies."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as BusError
from nats.js.api import AckPolicy, ConsumerConfig

from services.common.messaging.bus import Bus, queue_name, work_subject
from services.common.messaging.jetstream import Pull

ACK_WAIT = 6.0
"""A solver that says nothing for so long is taken to be dead, and another one takes its search up."""
SAY_EVERY = 1.5
FETCH_WAIT = 5.0
NEXT_SESSION = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
_AREA = "matching"
_KIND = "search"

_log = structlog.stdlib.get_logger(__name__)

Run = Callable[[UUID, UUID], Awaitable[bool]]
"""Runs one operation of a network; whether that is over: not when another one has it by now, whose word then counts.

What it raises is tried again.
"""


def pause(deliveries: int) -> float:
    """The seconds until what was broken off so often is tried again: twice as long each time, up to a limit."""
    doublings = min(deliveries - 1, 100)  # a float lasts for 1,023
    return min(FIRST_PAUSE * 2.0**doublings, LONGEST_PAUSE)


class SearchQueue:
    """Searches that wait."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def put(self, network: UUID, operation: UUID) -> None:
        """Has a search taken up by some replica. Putting it twice within the stream's window is putting it once."""
        work = json.dumps({"network": str(network), "operation": str(operation)}).encode()
        headers = {"Nats-Msg-Id": str(operation)}
        await self._bus.js.publish(work_subject(_AREA, _KIND), work, headers=headers)

    async def work(self, run: Run) -> None:
        """Takes up one search after the other until cancelled, through outages of NATS."""
        while True:
            try:
                await self._session(run)
            except (BusError, TimeoutError, OSError) as error:
                _log.warning("the search queue is asked anew", error=repr(error))
            await asyncio.sleep(NEXT_SESSION)

    async def _session(self, run: Run) -> None:
        stream, name = queue_name(_AREA), f"{_AREA}-{_KIND}"
        config = ConsumerConfig(name=name, durable_name=name, ack_policy=AckPolicy.EXPLICIT, ack_wait=ACK_WAIT)
        await self._bus.js.add_consumer(stream, config)
        pull = await self._bus.js.pull(stream, name)
        try:
            connections = self._bus.connections
            while self._bus.connections == connections:
                await self._one(pull, run)
        finally:
            with suppress(BusError):
                await pull.unsubscribe()

    async def _one(self, pull: Pull, run: Run) -> None:
        try:
            [message] = await pull.fetch(1, timeout=FETCH_WAIT)
        except TimeoutError:  # nothing new
            return
        try:
            work: dict[str, str] = json.loads(message.data)
            async with _in_progress(message):
                over = await _tried(run, UUID(work["network"]), UUID(work["operation"]))
        except asyncio.CancelledError:  # this replica stops; another one need not wait to take it up
            with suppress(BusError):
                await message.nak()
            raise
        except Exception as error:  # noqa: BLE001 - whatever a search raises, the next one must come
            _log.warning("a search was broken off; it is tried again", error=repr(error))
            await message.nak(delay=pause(message.metadata.num_delivered))
            return
        if over:  # an acknowledgement of this delivery would take a later one off the queue as well
            await message.ack()


async def _tried(run: Run, network: UUID, operation: UUID) -> bool:
    """Runs it, and once more when it is broken off: one that is handed back waits behind all others."""
    try:
        return await run(network, operation)
    except Exception as error:  # noqa: BLE001 - whatever broke it off, the best plan so far is worth another try
        _log.warning("a search was broken off; it goes on", error=repr(error))
        await asyncio.sleep(FIRST_PAUSE)
        return await run(network, operation)


@asynccontextmanager
async def _in_progress(message: Msg) -> AsyncGenerator[None]:
    """Says again and again that the message is being worked on."""

    async def say() -> None:
        while True:
            await asyncio.sleep(SAY_EVERY)
            with suppress(BusError):  # during an outage it is handed on, and whoever has it later goes on with it
                await message.in_progress()

    saying = asyncio.create_task(say())
    try:
        yield
    finally:
        saying.cancel()
