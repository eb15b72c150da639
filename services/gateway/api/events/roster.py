"""Who is at an event, and who leads its groups."""

from __future__ import annotations

from datetime import datetime

import strawberry
from ontmoet.events.v1 import registration_pb2

from services.gateway.api.context import Info
from services.gateway.api.membership.types import Member, load_member
from services.gateway.api.relay import global_id
from services.gateway.wire import required_when, when


@strawberry.type(description="Somebody who leads a group at an event.")
class Moderator:
    account_uuid: strawberry.Private[str]
    account_id: strawberry.ID
    available_from: datetime | None
    available_until: datetime | None
    withdrawn_at: datetime | None = strawberry.field(description="Dropped out: leads nothing from then on.")

    @classmethod
    def of(cls, moderator: registration_pb2.Moderator) -> Moderator:
        return cls(
            account_uuid=moderator.account_id,
            account_id=global_id("Member", moderator.account_id),
            available_from=when(moderator, "available_from"),
            available_until=when(moderator, "available_until"),
            withdrawn_at=when(moderator, "withdrawn_at"),
        )

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)


@strawberry.type(description="Somebody who checked in and did not leave.")
class RosterParticipant:
    account_uuid: strawberry.Private[str]
    account_id: strawberry.ID
    checked_in_at: datetime
    late: bool

    @classmethod
    def of(cls, participant: registration_pb2.RosterParticipant) -> RosterParticipant:
        return cls(
            account_uuid=participant.account_id,
            account_id=global_id("Member", participant.account_id),
            checked_in_at=required_when(participant.checked_in_at),
            late=participant.late,
        )

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)


@strawberry.type(description="Who is at an event now: what a break-out is planned from.")
class Roster:
    participants: list[RosterParticipant]
    moderators: list[Moderator]

    @classmethod
    def of(cls, roster: registration_pb2.EventRoster) -> Roster:
        return cls(
            participants=[RosterParticipant.of(participant) for participant in roster.participants],
            moderators=[Moderator.of(moderator) for moderator in roster.moderators],
        )
