"""The connection to NATS: it waits out every outage and never buffers what it could not send."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from nats.errors import Error
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from services.common.messaging.jetstream import NatsClient, jetstream
from services.common.tasks import end

_log = structlog.stdlib.get_logger(__name__)

FIRST_CONNECT = timedelta(seconds=3)
"""How long a starting service waits for NATS; it starts without it afterwards, and connects when it comes."""
RECONNECT_WAIT = timedelta(milliseconds=250)
REQUEST_TIMEOUT = timedelta(seconds=5)
DUPLICATE_WINDOW = timedelta(seconds=120)
KEPT_IN_STREAM = timedelta(days=14)
"""Shorter than an inbox remembers, so that a fact that is still in the stream is never taken for a new one."""


class Bus:
    """One connection to NATS, and JetStream on it. While it is down every publish raises at once."""

    def __init__(self, client: NatsClient, connecting: asyncio.Task[None]) -> None:
        self.client = client
        self.js = jetstream(client, timeout=REQUEST_TIMEOUT.total_seconds())
        self._connecting = connecting

    @property
    def connected(self) -> bool:
        """Whether the server is there, as far as is known."""
        return self.client.is_connected

    @property
    def connections(self) -> int:
        """How many times the connection was lost and made again: what was under way over an earlier one may be lost."""
        return self.client.stats["reconnects"]

    async def close(self) -> None:
        """Sends what is still to be sent and closes; during an outage it just closes."""
        await end(self._connecting)
        await self.client.close()


async def connect(nats_url: str, name: str) -> Bus:
    """Connects as `name`. When NATS is not there yet, the bus connects as soon as it comes."""
    client = NatsClient()
    connecting = asyncio.create_task(_connect(client, nats_url, name))
    await asyncio.wait({connecting}, timeout=FIRST_CONNECT.total_seconds())
    if connecting.done():
        connecting.result()
    return Bus(client, connecting)


async def ensure_streams(bus: Bus, areas: Iterable[str], *, replicas: int = 1) -> None:
    """Makes each area's streams, or brings them to this configuration. Not for streams that an operator manages.

    One holds the area's facts, the other its work: what is to be done once, by one of its replicas.
    """
    for area in areas:
        facts = StreamConfig(name=stream_name(area), subjects=[f"ontmoet.*.{area}.v1.>"])
        work = StreamConfig(name=queue_name(area), subjects=[work_subject(area, ">")])
        work.retention = RetentionPolicy.WORK_QUEUE
        for config in (facts, work):
            config.storage = StorageType.FILE
            config.discard = DiscardPolicy.OLD
            config.max_age = KEPT_IN_STREAM.total_seconds()
            config.duplicate_window = DUPLICATE_WINDOW.total_seconds()
            config.num_replicas = replicas
            try:
                await bus.js.update_stream(config)
            except NotFoundError:
                await bus.js.add_stream(config)


def stream_name(area: str) -> str:
    """The stream that holds an area's facts."""
    return area.upper()


def queue_name(area: str) -> str:
    """The stream that holds an area's work until somebody has done it."""
    return f"{area.upper()}_WORK"


def work_subject(area: str, kind: str) -> str:
    """Where an area's work of a kind is put."""
    return f"ontmoet-work.{area}.{kind}"


async def _connect(client: NatsClient, nats_url: str, name: str) -> None:
    options: dict[str, Any] = {
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": RECONNECT_WAIT.total_seconds(),
        "ping_interval": 10,
        "pending_size": 0,  # a publish during an outage raises, instead of being sent at some later time
        "error_cb": _report,
        "disconnected_cb": partial(_report_disconnect, client),
        "reconnected_cb": _report_reconnect,
    }
    await client.connect(nats_url, name=name, **options)


async def _report(error: Exception) -> None:
    """Logs trouble, but not each of the attempts to connect again."""
    if isinstance(error, Error):
        _log.warning("trouble on the bus", error=repr(error))


async def _report_disconnect(client: NatsClient) -> None:
    if not client.is_closed:
        _log.warning("the bus is gone; connecting again")


async def _report_reconnect() -> None:
    _log.info("the bus is back")
