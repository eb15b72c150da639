"""How a subscription stays up to date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from google.protobuf.message import Message
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1.facts_pb2 import RolesChanged

from services.common.caller import Caller, Role
from services.common.messaging.envelope import Received
from services.common.messaging.live import Feed, Resync
from services.common.refusals import Kind, Refusal, Unauthenticated
from services.common.rpc.deadline import within
from services.gateway.api.context import Context
from services.gateway.wire import from_enum

M = TypeVar("M", bound=Message)

SECONDS_PER_READING = 10.0
# How long a subscription waits before it asks anew a service that is away.
PAUSE = 1.0


async def following(
    context: Context,
    read: Callable[[], Awaitable[M | None]],
    wanted: Callable[[Message], bool],
    matters: Callable[[Message, M | None], bool] = lambda _fact, _shown: True,
) -> AsyncGenerator[M | None, None]:
    """The present state at once, then each changed one, until the caller's token expires or one of its roles is taken.

    `read` asks the service as the caller, `wanted` picks the facts that may change what it answers, and `matters` says
    whether one does, given what was shown last. The bus is listened to before the first reading, so that nothing falls
    in between; a fact itself is never shown, so that it does not matter which of them arrive, or how often.
    """
    network = UUID(context.network.id)

    def concerns(fact: Received[Message]) -> bool:
        if fact.network != network:
            return False
        if _takes_a_role(fact.message, context.identity):
            context.token_is_over()  # here, for a fact that waits may be skipped
            return True
        return wanted(fact.message)

    async with context.live.subscribe(concerns) as feed:
        with within(SECONDS_PER_READING):
            shown = await read()
        yield shown
        while True:
            await _until_something_matters(context, feed, lambda fact, now=shown: matters(fact, now))
            state = await _read_again(context, read)
            if state != shown:
                shown = state
                context.start_reading()
                yield shown


async def _until_something_matters(context: Context, feed: Feed, matters: Callable[[Message], bool]) -> None:
    """Comes back when there is reason to read again; everything that waits by then is covered by that reading."""
    while True:
        try:
            async with asyncio.timeout(_seconds_left(context)):
                news = await feed.get()
        except TimeoutError:
            raise Unauthenticated from None
        if isinstance(news, Resync) or matters(news.message):
            feed.skip()
            return


async def _read_again(context: Context, read: Callable[[], Awaitable[M | None]]) -> M | None:
    """Reads, and waits out a service that is away for as long as the token lasts."""
    while _seconds_left(context) > 0:
        try:
            with within(SECONDS_PER_READING):
                return await read()
        except Refusal as refusal:
            if refusal.kind is not Kind.BUSY:
                raise
        await asyncio.sleep(PAUSE)
    raise Unauthenticated


def _takes_a_role(fact: Message, caller: Caller) -> bool:
    """Whether the caller, after this fact, lacks a role that their token names."""
    if not isinstance(fact, RolesChanged) or fact.account_id != str(caller.account_id):
        return False
    return not caller.roles <= {from_enum(Role, access_pb2.Role, role, "ROLE_") for role in fact.roles}


def _seconds_left(context: Context) -> float:
    """How long the caller's token lasts; someone without a token is refused by the first reading."""
    return (context.expires_at - datetime.now(UTC)).total_seconds() if context.expires_at else 0.0
