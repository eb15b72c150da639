"""Rooms that are decided by who plans, as GraphQL types."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry
from ontmoet.matching.v1 import breakout_pb2

from services.gateway.api.context import Info
from services.gateway.api.membership.types import Member, load_member
from services.gateway.api.relay import global_id, uuid_of


@strawberry.input(description="Decides somebody's room in a round: a participant sits there, a moderator leads it.")
class PinInput:
    account_id: strawberry.ID
    round_number: int = strawberry.field(description="From 1; not of a round that is over.")
    group_number: int | None = strawberry.field(
        default=None, description="The number of the room; left out in a re-plan, the earlier pin is taken away."
    )


@strawberry.type(description="Somebody's room in a round, as it was decided.")
class Pin:
    account_uuid: strawberry.Private[str]
    account_id: strawberry.ID
    round_number: int
    group_number: int

    @classmethod
    def of(cls, pin: breakout_pb2.Pin) -> Pin:
        return cls(
            account_uuid=pin.account_id,
            account_id=global_id("Member", pin.account_id),
            round_number=pin.round_number,
            group_number=pin.group_number,
        )

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)


def to_pins(pins: Iterable[PinInput]) -> list[breakout_pb2.Pin]:
    """What is asked, as messages."""
    return [
        breakout_pb2.Pin(
            account_id=uuid_of("Member", pin.account_id, f"pins[{at}].account_id"),
            round_number=pin.round_number,
            group_number=pin.group_number or 0,
        )
        for at, pin in enumerate(pins)
    ]
