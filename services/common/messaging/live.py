"""Facts as they happen, for whoever is connected right now. Nothing is kept for those who are not."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import structlog
from google.protobuf.message import Message
from nats.errors import Error as BusError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, Header
from opentelemetry import trace

from services.common.messaging.bus import Bus, stream_name
from services.common.messaging.envelope import Envelope, Received, Undecodable
from services.common.messaging.jetstream import Push
from services.common.messaging.tracing import trace_of
from services.common.tasks import end

QUEUE = 256
"""Facts that wait for one slow subscriber, at most."""
HEARTBEAT = 1.0
"""Seconds without a fact after which the server gives a sign of life."""
GONE_AFTER = 3.5
"""Seconds without one after which the consumer is taken to be gone."""
NEXT_LISTENING = 0.5
FORGOTTEN_AFTER = 30.0
"""Seconds after which the server drops the consumer of a listener that died."""

_log = structlog.stdlib.get_logger(__name__)
_tracer = trace.get_tracer(__name__)

Predicate = Callable[[Received[Message]], bool]


class Gap(Exception):
    """A fact got lost on its way."""


class Resync:
    """Facts may be missing here: fetch anew what you show."""


class Feed:
    """What one subscriber gets: facts in the order of their stream, and a Resync wherever some may be missing."""

    def __init__(self, wanted: Predicate) -> None:
        self._wanted = wanted
        self._queue: asyncio.Queue[Received[Message] | Resync] = asyncio.Queue(QUEUE)

    async def get(self) -> Received[Message] | Resync:
        """The next fact that the subscriber wants, or a Resync."""
        return await self._queue.get()

    async def __aiter__(self) -> AsyncIterator[Received[Message] | Resync]:
        while True:
            yield await self.get()

    def skip(self) -> None:
        """Drops what waits: for a subscriber that is about to fetch anew."""
        while not self._queue.empty():
            self._queue.get_nowait()

    def wants(self, fact: Received[Message]) -> bool:
        """Whether the subscriber asked for facts like this one."""
        return self._wanted(fact)

    def offer(self, fact: Received[Message]) -> None:
        """Queues the fact; a subscriber that is too slow loses what it has and refetches."""
        if self._queue.full():
            self.resync()
        else:
            self._queue.put_nowait(fact)

    def resync(self) -> None:
        """Replaces whatever waits by a Resync."""
        self.skip()
        self._queue.put_nowait(Resync())


class Live:
    """Hands each area's new facts to all who subscribe. One `run` per process listens for all of them.

    It knows the facts whose generated module is imported; others are logged and left out.
    """

    def __init__(self, bus: Bus, areas: Iterable[str]) -> None:
        self._bus = bus
        self._areas = tuple(areas)
        self._feeds: set[Feed] = set()

    @asynccontextmanager
    async def subscribe(self, wanted: Predicate = lambda _: True) -> AsyncGenerator[Feed]:
        """The facts for which `wanted` holds, from now on; fetch what happened before after subscribing."""
        feed = Feed(wanted)
        self._feeds.add(feed)
        try:
            yield feed
        finally:
            self._feeds.discard(feed)

    async def run(self) -> None:
        """Listens until cancelled, through outages of NATS; after each of them subscribers get a Resync."""
        async with asyncio.TaskGroup() as group:
            for area in self._areas:
                group.create_task(self._listen_on(area))

    async def _listen_on(self, area: str) -> None:
        while True:
            try:
                await self._listen(area)
            except (BusError, TimeoutError, OSError, Gap) as error:
                _log.warning("listening starts anew", area=area, error=repr(error))
            await asyncio.sleep(NEXT_LISTENING)

    async def _listen(self, area: str) -> None:
        """Passes on what comes from now on, until something may have got lost."""
        connections = self._bus.connections
        push = await self._bus.js.push(stream_name(area), _only_new())
        try:
            for feed in self._feeds:
                feed.resync()
            await self._pass_on(push, connections)
        finally:
            with suppress(BusError):
                await push.unsubscribe()

    async def _pass_on(self, push: Push, connections: int) -> None:
        delivered = 0
        while self._bus.connections == connections:
            message = await push.next(GONE_AFTER)
            headers = message.headers or {}
            if Header.STATUS in headers:
                sent = int(headers.get(Header.LAST_CONSUMER, delivered))
            else:
                delivered += 1
                sent = message.metadata.sequence.consumer
            if sent != delivered:
                raise Gap
            if Header.STATUS not in headers:
                self._offer(Envelope(message.subject, dict(headers), message.data))

    def _offer(self, envelope: Envelope) -> None:
        try:
            fact = envelope.decode()
        except Undecodable as error:
            _log.warning("a fact cannot be shown", subject=envelope.subject, error=str(error))
            return
        wanting = [feed for feed in self._feeds if feed.wants(fact)]
        if not wanting:
            return
        with _tracer.start_as_current_span(
            f"show {envelope.type}",
            context=trace_of(envelope.headers.get("traceparent")),
            kind=trace.SpanKind.CONSUMER,
            attributes={
                "messaging.system": "nats",
                "messaging.operation.type": "receive",
                "messaging.destination.name": envelope.subject,
                "messaging.message.id": str(fact.id),
            },
        ):
            for feed in wanting:
                feed.offer(fact)


@asynccontextmanager
async def listen(bus: Bus, areas: Iterable[str]) -> AsyncGenerator[Live]:
    """A Live that listens for the length of the block."""
    live = Live(bus, areas)
    listening = asyncio.create_task(live.run())
    try:
        yield live
    finally:
        await end(listening)


def _only_new() -> ConsumerConfig:
    return ConsumerConfig(
        deliver_policy=DeliverPolicy.NEW,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        idle_heartbeat=HEARTBEAT,
        num_replicas=1,
        inactive_threshold=FORGOTTEN_AFTER,
    )
