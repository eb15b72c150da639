"""From the outbox to the stream: every stored fact at least once, those of one aggregate in order."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

import structlog
from nats.errors import Error as BusError
from opentelemetry import metrics, trace
from sqlalchemy import MetaData, func, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from services.common.crash_points import AFTER_PUBLISH, BEFORE_PUBLISH, crash_point
from services.common.messaging.bus import Bus
from services.common.messaging.envelope import StoredFact
from services.common.messaging.leader import lead
from services.common.messaging.tracing import trace_of
from services.common.refusals import Refusal
from services.common.storage.system_paths import common_paths
from services.common.storage.tables import platform_tables
from services.common.storage.uow import UnitOfWork

BATCH = 500
POLL = 0.25
"""Seconds until the outbox is looked at again when no commit of this process calls earlier."""
AFTER_FAILURE = 0.5

_log = structlog.stdlib.get_logger(__name__)
_tracer = trace.get_tracer(__name__)
_lag = metrics.get_meter(__name__).create_gauge(
    "ontmoet.outbox.lag", unit="s", description="Age of the oldest fact that is not published yet."
)
_table = platform_tables(MetaData()).outbox
_outbox = _table.c
_age = func.clock_timestamp() - _outbox.occurred_at
# By what is not marked, never by position: a transaction may commit long after a later one did.
_UNPUBLISHED = (
    select(
        _outbox.network_id,
        _outbox.id,
        _outbox.aggregate_id,
        _outbox.aggregate_version,
        _outbox.type,
        _outbox.payload,
        _outbox.traceparent,
        _outbox.occurred_at,
        _age,
    )
    .where(_outbox.published_at.is_(None))
    .order_by(_outbox.position)
    .limit(BATCH)
)


class Incomplete(Exception):
    """Some facts of a batch were not acknowledged by the stream."""


class Relay:
    """Publishes one service's facts. Any number may run; one of them works.

    A crash publishes a fact twice, never zero times; a consumer knows by the fact's id.
    """

    def __init__(self, uow: UnitOfWork[Any], bus: Bus, area: str) -> None:
        self._uow = uow
        self._bus = bus
        self._area = area
        self._path = common_paths(area)[0]

    async def run(self) -> None:
        """Publishes until cancelled, through outages of the database and of NATS."""
        await lead(self._uow.database, f"{self._area}.relay", self._publish_on)

    async def _publish_on(self) -> None:
        while True:
            self._uow.committed.clear()
            try:
                idle = not await self._publish_batch()
            except (Incomplete, Refusal, DBAPIError) as error:
                _log.warning("the outbox could not be emptied; trying again", area=self._area, error=repr(error))
                await asyncio.sleep(AFTER_FAILURE)
                continue
            if idle:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._uow.committed.wait()

    async def _publish_batch(self) -> int:
        """Publishes what is due, aggregates side by side, and marks what the stream acknowledged; returns how many."""
        facts = await self._unpublished()
        if not facts:
            return 0
        crash_point(BEFORE_PUBLISH)
        by_aggregate = groupby(sorted(facts, key=attrgetter("aggregate")), attrgetter("aggregate"))
        outcomes = await asyncio.gather(*(self._publish_in_order(list(group)) for _, group in by_aggregate))
        acknowledged = [fact for published, _ in outcomes for fact in published]
        crash_point(AFTER_PUBLISH)
        await self._mark(acknowledged)
        if failure := next((error for _, error in outcomes if error), None):
            raise Incomplete(f"{len(facts) - len(acknowledged)} facts were not published") from failure
        return len(acknowledged)

    async def _unpublished(self) -> list[StoredFact]:
        async with self._uow.system(self._path) as connection:
            rows = (await connection.execute(_UNPUBLISHED)).all()
        _lag.set(max((row[-1] for row in rows), default=timedelta()).total_seconds(), {"area": self._area})
        return [StoredFact(*row[:-1]) for row in rows]

    async def _publish_in_order(self, facts: Sequence[StoredFact]) -> tuple[list[StoredFact], Exception | None]:
        """Publishes facts of one aggregate, each after the one before is acknowledged; returns those that were.

        The first failure ends it, so that nothing overtakes. The stream may have stored that one nevertheless: when it
        is published again, it is dropped by its id, or arrives as a copy.
        """
        acknowledged: list[StoredFact] = []
        for fact in facts:
            try:
                await self._publish_one(fact)
            except (BusError, TimeoutError, OSError) as error:
                return acknowledged, error
            acknowledged.append(fact)
        return acknowledged, None

    async def _publish_one(self, fact: StoredFact) -> None:
        envelope = fact.enclose(self._area)
        with _tracer.start_as_current_span(
            f"publish {fact.type}",
            context=trace_of(fact.traceparent),
            kind=trace.SpanKind.PRODUCER,
            attributes={
                "messaging.system": "nats",
                "messaging.operation.type": "send",
                "messaging.destination.name": envelope.subject,
                "messaging.message.id": str(fact.id),
            },
        ):
            await self._bus.js.publish(envelope.subject, envelope.payload, headers=envelope.headers)

    async def _mark(self, facts: Sequence[StoredFact]) -> None:
        if not facts:
            return
        keys: list[tuple[UUID, UUID]] = [(fact.network, fact.id) for fact in facts]
        async with self._uow.system(self._path) as connection:
            await connection.execute(
                update(_table)
                .where(tuple_(_outbox.network_id, _outbox.id).in_(keys))
                .values(published_at=func.clock_timestamp())
            )
