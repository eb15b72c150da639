"""From the stream to a service: every fact has its effect once, those of one aggregate in order.

One replica consumes at a time. Whenever it starts, or may have lost a delivery, it has everything that is not
acknowledged delivered anew, from the first such fact on; what had its effect already is known by the inbox. That keeps
the order through crashes and outages. A fact that fails for a passing reason (something is busy or away) is tried until
it succeeds; one that fails otherwise becomes a dead letter, and only later facts of its own aggregate wait behind it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from google.protobuf.message import Message
from nats.aio.msg import Msg
from nats.errors import Error as BusError
from nats.js.api import AckPolicy, ConsumerConfig
from opentelemetry import metrics

from services.common.crash_points import BEFORE_ACK, crash_point
from services.common.messaging import dead_letters
from services.common.messaging.bus import Bus, stream_name
from services.common.messaging.dead_letters import DeadLetter, DeadLetters
from services.common.messaging.envelope import Envelope, Received, Undecodable, subject_of
from services.common.messaging.handling import Handler, InboxUow, Tx, handle, was_handled, what_went_wrong, will_pass
from services.common.messaging.jetstream import Pull
from services.common.messaging.lanes import IN_HAND, Lanes
from services.common.messaging.leader import lead
from services.common.storage.uow import UnitOfWork

__all__ = ["Consumer", "Handler", "InboxUow", "Patience", "Received"]

AT_ONCE = 8
"""Facts handled at the same time; fewer than a pool has connections."""
ACK_WAIT = 30.0
FETCH_WAIT = 2.0
FETCH = 64
REPLAY_INTERVAL = 1.0
NEXT_SESSION = 0.5

_log = structlog.stdlib.get_logger(__name__)
_lag = metrics.get_meter(__name__).create_gauge("ontmoet.consumer.lag", description="Facts that are not handled yet.")
_buried = metrics.get_meter(__name__).create_counter("ontmoet.consumer.dead_letters", description="Facts given up.")


class DeliveryLost(Exception):
    """A message may have got lost on its way to us."""


class TooSlow(Exception):
    """A handler took longer than it may."""


@dataclass(frozen=True)
class Patience:
    """How often a fact that fails for no passing reason is tried, and how long a try takes and is waited for."""

    attempts: int = 6
    first_wait: float = 0.25
    longest_wait: float = 10.0
    handling: float = 60.0

    def wait(self, failures: int) -> float:
        """Seconds until the next try."""
        doublings = min(failures - 1, 100)  # an outage lasts for any number of tries, and a float for 1,023 doublings
        return min(self.first_wait * 2.0**doublings, self.longest_wait)


class Consumer(Generic[Tx]):
    """Acts on one area's facts. Any number may run under one name; one of them works."""

    def __init__(
        self,
        *,
        name: str,
        area: str,
        handlers: Mapping[type[Message], Handler[Tx]],
        uow: UnitOfWork[Tx],
        bus: Bus,
        patience: Patience | None = None,
    ) -> None:
        """`name` is the consuming service, `area` the service whose facts these are."""
        self._name = name
        self._area = area
        self._key = f"{name}-{area}"
        self._handlers = {message.DESCRIPTOR.full_name: handler for message, handler in handlers.items()}
        self._uow = uow
        self._bus = bus
        self._patience = patience or Patience()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._letters = DeadLetters(uow.database, uow.database.service_role.removesuffix("_service"))

    async def run(self) -> None:
        """Consumes until cancelled, through outages of the database and of NATS."""
        await lead(self._uow.database, f"consumer.{self._key}", self._consume)

    async def _consume(self) -> None:
        while True:
            try:
                await self._session()
            except (BusError, TimeoutError, OSError, ExceptionGroup) as error:
                _log.warning("consuming starts anew", consumer=self._key, error=repr(error))
            await asyncio.sleep(NEXT_SESSION)

    async def _session(self) -> None:
        """Handles what comes, beginning with the first fact that is not acknowledged, until a delivery may be lost."""
        stream = stream_name(self._area)
        await self._bus.js.add_consumer(stream, self._config())
        await self._bus.js.reset_consumer(stream, self._key)
        pull = await self._bus.js.pull(stream, self._key)
        try:
            async with asyncio.TaskGroup() as group:
                lanes = Lanes(group, self._settle)
                group.create_task(lanes.keep())
                group.create_task(self._replay_on())
                group.create_task(self._fetch_on(pull, lanes))
        finally:
            with suppress(BusError):
                await pull.unsubscribe()

    def _config(self) -> ConsumerConfig:
        return ConsumerConfig(
            name=self._key,
            durable_name=self._key,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT,
            max_ack_pending=2 * IN_HAND,
            filter_subjects=sorted(subject_of("*", self._area, type_name) for type_name in self._handlers),
        )

    async def _fetch_on(self, pull: Pull, lanes: Lanes) -> None:
        connections, delivered = self._bus.connections, 0
        while True:
            room = await lanes.room()
            try:
                messages = await pull.fetch(min(FETCH, room), timeout=FETCH_WAIT)
            except TimeoutError:  # nothing new; nats-py raises its own kind or, under load, the plain one
                messages = []
            if self._bus.connections != connections:
                raise DeliveryLost
            for message in messages:
                delivered += 1
                if message.metadata.sequence.consumer != delivered:
                    raise DeliveryLost
                lanes.add(_envelope(message).aggregate or delivered, message)
            waiting = messages[-1].metadata.num_pending if messages else 0
            _lag.set(waiting + len(lanes), {"consumer": self._key})

    async def _settle(self, message: Msg) -> None:
        """Handles or buries a message, and only then tells the stream."""
        envelope = _envelope(message)
        fact_id = envelope.fact_id or uuid5(NAMESPACE_URL, f"{self._area}/{message.metadata.sequence.stream}")
        handled = await self._settled(envelope, fact_id)
        crash_point(BEFORE_ACK)
        with suppress(BusError):  # it comes again, and is known then
            await (message.ack() if handled else message.term())

    async def _settled(self, envelope: Envelope, fact_id: UUID) -> bool:
        """Tries until the fact is handled (True) or lies among the dead letters (False)."""
        failures, waits, reason = 0, 0, ""
        while failures < self._patience.attempts:
            try:
                async with self._slots:
                    return await self._handle_in_turn(envelope, fact_id)
            except Undecodable as error:
                failures, reason = failures + 1, what_went_wrong(error)
                break
            except Exception as error:  # noqa: BLE001 - whatever a handler raises must not stop the others
                failures, waits, reason = failures + (not will_pass(error)), waits + 1, what_went_wrong(error)
            _log.warning("a fact was not handled", consumer=self._key, fact=str(fact_id), reason=reason, tries=waits)
            if failures < self._patience.attempts:
                await asyncio.sleep(self._patience.wait(waits))
        await self._bury(envelope, fact_id, reason, failures)
        return False

    async def _handle_in_turn(self, envelope: Envelope, fact_id: UUID) -> bool:
        """Handles the fact unless it was before, or parks it when an earlier one of its aggregate waits (False)."""
        while not await self._handle(envelope):
            async with self._uow.begin(envelope.network) as tx:
                if await was_handled(tx.connection, self._key, envelope.network, fact_id):
                    return True
                if await dead_letters.park(tx.connection, self._key, fact_id, envelope):
                    return False
        return True

    async def _handle(self, envelope: Envelope, *, replay: bool = False) -> bool:
        limit = asyncio.timeout(self._patience.handling)
        try:
            async with limit:
                return await handle(envelope, self._handlers, self._uow, self._key, replay=replay)
        except TimeoutError:
            if limit.expired():
                raise TooSlow from None
            raise

    async def _bury(self, envelope: Envelope, fact_id: UUID, reason: str, attempts: int) -> None:
        try:
            network = envelope.network
        except Undecodable:
            _log.error("a message that names no network was thrown away", subject=envelope.subject)
            return
        async with self._uow.begin(network) as tx:
            await dead_letters.bury(tx.connection, self._key, fact_id, envelope, reason=reason, attempts=attempts)
        _buried.add(1, {"consumer": self._key})
        _log.error("a fact became a dead letter", consumer=self._key, fact=str(fact_id), reason=reason)

    async def _replay_on(self) -> None:
        while True:
            progress = [await self._replay(letter) for letter in await self._letters.runnable(self._key)]
            if not any(progress):
                await asyncio.sleep(REPLAY_INTERVAL)

    async def _replay(self, letter: DeadLetter) -> bool:
        """Tries a letter once; whether its aggregate's next one may follow."""
        try:
            async with self._slots:
                await self._handle(letter.envelope, replay=True)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises must not stop the others
            if not will_pass(error):
                async with self._uow.begin(letter.network) as tx:
                    await dead_letters.reopen(tx.connection, letter, what_went_wrong(error))
            return False
        async with self._uow.begin(letter.network) as tx:
            await dead_letters.close(tx.connection, letter)
        return True


def _envelope(message: Msg) -> Envelope:
    return Envelope(message.subject, dict(message.headers or {}), message.data)
