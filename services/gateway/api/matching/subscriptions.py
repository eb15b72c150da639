"""What is seen live of break-outs."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from google.protobuf.message import Message
from ontmoet.matching.v1 import breakout_pb2, facts_pb2

from services.gateway.api.context import Info
from services.gateway.api.live import following
from services.gateway.api.matching.types import Breakout, Group, fetch_my_group
from services.gateway.api.relay import uuid_of


@strawberry.type(description="Where the caller sits now.")
class MyGroupView:
    group: Group | None = strawberry.field(description="Null while no round is open or the caller has no seat in it.")


@strawberry.type(description="The break-out as it stands now.")
class BreakoutView:
    breakout: Breakout | None = strawberry.field(
        description="Null until one is proposed; to members, until its first round is opened."
    )


@strawberry.type
class MatchingSubscriptions:
    @strawberry.subscription(
        description="Where the caller sits at an event: at once as it stands now, and again whenever it changes."
    )
    async def my_group(self, info: Info, event_id: strawberry.ID) -> AsyncGenerator[MyGroupView, None]:
        event = uuid_of("Event", event_id, "event_id")

        async def fetch() -> breakout_pb2.Group | None:
            return await fetch_my_group(info, event)

        async for group in following(info.context, fetch, lambda fact: _is_of(fact, event)):
            yield MyGroupView(group=Group.of(group) if group else None)

    @strawberry.subscription(
        description="An event's break-out: at once as it stands now, and again whenever it changes."
    )
    async def breakout(self, info: Info, event_id: strawberry.ID) -> AsyncGenerator[BreakoutView, None]:
        event = uuid_of("Event", event_id, "event_id")
        calls = info.context.calls

        async def fetch() -> breakout_pb2.Breakout | None:
            request = breakout_pb2.BatchGetEventBreakoutsRequest(event_ids=[event])
            response = await calls.call(calls.services.breakouts.BatchGetEventBreakouts, request)
            return next(iter(response.breakouts), None)

        async for breakout in following(info.context, fetch, lambda fact: _is_of(fact, event)):
            yield BreakoutView(breakout=Breakout.of(breakout) if breakout else None)


def _is_of(fact: Message, event_id: str) -> bool:
    """Whether a fact changes the break-out of this event."""
    match fact:
        case (
            facts_pb2.BreakoutProposed()
            | facts_pb2.BreakoutReplanned()
            | facts_pb2.RoundPublished()
            | facts_pb2.RoundHeld()
        ):
            return fact.event_id == event_id
        case _:
            return False
