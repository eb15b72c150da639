"""Facts collected during a transaction, stored with it or not at all."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import MetaData, func, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.facts import Fact
from services.common.ids import new_id
from services.common.messaging.tracing import current_traceparent
from services.common.storage.tables import platform_tables

FactEncoder = Callable[[Any], Message]
"""A service's wire.encode_fact: its domain fact as its protobuf message."""

_OUTBOX = platform_tables(MetaData()).outbox
_STORE = insert(_OUTBOX).values(occurred_at=func.clock_timestamp()).inline()


class Outbox:
    """The facts of one transaction."""

    def __init__(self, encode: FactEncoder) -> None:
        self._encode = encode
        self._facts: list[Fact] = []

    def add(self, *facts: Fact) -> None:
        """Has these facts stored with the transaction, in this order."""
        self._facts.extend(facts)

    async def flush(self, connection: AsyncConnection, network: UUID) -> int:
        """Stores the collected facts; returns how many."""
        facts, self._facts = self._facts, []
        if not facts:
            return 0
        traceparent = current_traceparent()
        await connection.execute(_STORE, [self._row(fact, network, traceparent) for fact in facts])
        return len(facts)

    def _row(self, fact: Fact, network: UUID, traceparent: str | None) -> dict[str, object]:
        message = self._encode(fact)
        return {
            "network_id": network,
            "id": new_id(),
            "aggregate_id": fact.aggregate,
            "aggregate_version": fact.version,
            "type": message.DESCRIPTOR.full_name,
            "payload": message.SerializeToString(deterministic=True),
            "traceparent": traceparent,
        }
