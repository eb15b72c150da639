"""Long searches for plans as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from ontmoet.matching.v1 import breakout_pb2

from services.gateway.adapters.services import or_none
from services.gateway.api.context import Info
from services.gateway.api.events.types import Event, load_event
from services.gateway.api.matching.types import Breakout, fetch_breakout
from services.gateway.api.relay import global_id
from services.gateway.wire import from_enum, required_when, when


@strawberry.enum(description="Where a long search for a plan is.")
class OperationState(Enum):
    QUEUED = strawberry.enum_value("QUEUED", description="Waits for a solver.")
    RUNNING = "RUNNING"
    DONE = strawberry.enum_value("DONE", description="Its plan is the event's break-out.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="Ended early; what was found is kept.")
    FAILED = "FAILED"


@strawberry.type(description="A search for a plan that takes longer than a request.")
class Operation:
    event_uuid: strawberry.Private[str]
    breakout_uuid: strawberry.Private[str]
    id: strawberry.ID
    state: OperationState
    repeats: int | None = strawberry.field(description="Of the best plan so far; null before there is one.")
    repeats_bound: int | None = strawberry.field(description="The least that any plan must have, as far as is known.")
    repeats_argument: str | None = strawberry.field(
        description='Why none has fewer, a stable name such as "partners"; null while the search goes on.'
    )
    seconds: float = strawberry.field(description="For how long it has searched.")
    seconds_at_most: int
    asked_at: datetime
    ended_at: datetime | None
    failure: str | None = strawberry.field(description='A stable name, such as "NOBODY_PRESENT".')
    best: Breakout | None = strawberry.field(
        description="The best plan so far, while the search runs. It is no break-out yet: its id stays the same while "
        "the search runs, and `node` finds nothing by it."
    )

    @classmethod
    def of(cls, operation: breakout_pb2.Operation, best: breakout_pb2.Breakout | None = None) -> Operation:
        return cls(
            event_uuid=operation.event_id,
            breakout_uuid=operation.breakout_id,
            id=global_id("Operation", operation.id),
            state=from_enum(OperationState, breakout_pb2.OperationState, operation.state, "OPERATION_STATE_"),
            repeats=operation.repeats if operation.HasField("repeats") else None,
            repeats_bound=operation.repeats_bound if operation.HasField("repeats_bound") else None,
            repeats_argument=operation.repeats_argument or None,
            seconds=operation.seconds,
            seconds_at_most=operation.seconds_at_most,
            asked_at=required_when(operation.asked_at),
            ended_at=when(operation, "ended_at"),
            failure=operation.failure or None,
            best=Breakout.of(best, operation.id) if best else None,
        )

    @strawberry.field
    async def event(self, info: Info) -> Event | None:
        return await load_event(info, self.event_uuid)

    @strawberry.field(description="What its plan became; null before.")
    async def breakout(self, info: Info) -> Breakout | None:
        return await fetch_breakout(info, self.breakout_uuid) if self.breakout_uuid else None


async def fetch_operation(info: Info, operation_id: str) -> Operation | None:
    """The search; None for one that does not exist."""
    calls = info.context.calls
    request = breakout_pb2.GetOperationRequest(operation_id=operation_id)
    response = await or_none(calls.call(calls.services.breakouts.GetOperation, request))
    if response is None:
        return None
    return Operation.of(response.operation, response.best if response.HasField("best") else None)
