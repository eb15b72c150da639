"""One fact, handled once: its effect and the note that it was handled are stored together."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar
from uuid import UUID

import grpc.aio
from google.protobuf.message import Message
from opentelemetry import trace
from sqlalchemy import MetaData, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.messaging.dead_letters import open_letters
from services.common.messaging.envelope import Envelope, Received, Undecodable
from services.common.messaging.tracing import trace_of
from services.common.refusals import Kind, Refusal
from services.common.storage.tables import platform_tables
from services.common.storage.uow import Transaction, UnitOfWork

Tx = TypeVar("Tx", bound=Transaction)

_inbox = platform_tables(MetaData()).inbox
_tracer = trace.get_tracer(__name__)
_PASSING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED)


class NotNow(Exception):
    """The fact's effect is already stored, or an earlier fact of its aggregate is a dead letter."""


class InboxUow(Generic[Tx]):
    """The transaction of one fact."""

    def __init__(self, uow: UnitOfWork[Tx], consumer: str, received: Received[Message], *, replay: bool) -> None:
        self._uow = uow
        self._consumer = consumer
        self._received = received
        self._replay = replay
        self._begun = False

    @asynccontextmanager
    async def begin(self, network: UUID) -> AsyncGenerator[Tx]:
        """A transaction that notes the fact as handled. Use cases that begin inside it join it.

        Raises NotNow, which is the consumer's to catch, when the fact had its effect earlier or has to wait.
        """
        if network != self._received.network:
            raise ValueError("A fact has its effect in its own network.")
        if self._begun:
            raise RuntimeError("A fact has its effect in one transaction.")
        self._begun = True
        async with self._uow.begin(network) as tx:
            await self._note(tx.connection)
            yield tx

    async def _note(self, connection: AsyncConnection) -> None:
        fact = self._received
        row = select(literal(fact.network), literal(self._consumer), literal(fact.id))
        if not self._replay:
            row = row.where(~open_letters(self._consumer, fact.network, fact.aggregate).exists())
        note = insert(_inbox).from_select(["network_id", "consumer", "fact_id"], row).on_conflict_do_nothing()
        if (await connection.execute(note)).rowcount == 0:
            raise NotNow


Handler = Callable[[Received[Any], InboxUow[Tx]], Awaitable[None]]
"""Does its calls to other services first, then `async with inbox.begin(received.network) as tx`, once."""


async def handle(
    envelope: Envelope,
    handlers: Mapping[str, Handler[Tx]],
    uow: UnitOfWork[Tx],
    consumer: str,
    *,
    replay: bool = False,
) -> bool:
    """Has the fact's effect stored; False when it is stored already or has to wait, which a replay does not.

    Continues the trace of whatever caused the fact.
    """
    received = envelope.decode()
    handler = handlers.get(envelope.type)
    if handler is None:
        raise Undecodable(f"{consumer} does not handle {envelope.type}")
    with _tracer.start_as_current_span(
        f"handle {envelope.type}",
        context=trace_of(envelope.headers.get("traceparent")),
        kind=trace.SpanKind.CONSUMER,
        attributes={
            "messaging.system": "nats",
            "messaging.operation.type": "process",
            "messaging.destination.name": envelope.subject,
            "messaging.consumer.group.name": consumer,
            "messaging.message.id": str(received.id),
        },
    ):
        try:
            await handler(received, InboxUow(uow, consumer, received, replay=replay))
        except NotNow:
            return False
    return True


async def was_handled(connection: AsyncConnection, consumer: str, network: UUID, fact_id: UUID) -> bool:
    """Whether the fact had its effect."""
    mine = (_inbox.c.network_id == network, _inbox.c.consumer == consumer, _inbox.c.fact_id == fact_id)
    return (await connection.execute(select(_inbox.c.fact_id).where(*mine))).first() is not None


def will_pass(error: Exception) -> bool:
    """Whether waiting heals this: something else is busy, unreachable or slow."""
    match error:
        case Refusal():
            return error.kind in (Kind.BUSY, Kind.TOO_MANY)
        case grpc.aio.AioRpcError():
            return error.code() in _PASSING
        case _:
            return isinstance(error, OSError)


def what_went_wrong(error: Exception) -> str:
    """The kind of error and the line that raised it. Not its text, which may name somebody."""
    if isinstance(error, Undecodable):
        return f"cannot be decoded: {error}"
    what = error.reason if isinstance(error, Refusal) else type(error).__name__
    trail = error.__traceback__
    while trail is not None and trail.tb_next is not None:
        trail = trail.tb_next
    return f"{what} at {trail.tb_frame.f_globals.get('__name__')}:{trail.tb_lineno}" if trail else what
