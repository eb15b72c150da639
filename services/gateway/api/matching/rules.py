"""Rules about who sits with whom as GraphQL types."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import Enum

import strawberry
from ontmoet.matching.v1 import rule_pb2

from services.gateway.api.context import Info
from services.gateway.api.membership.types import Member, load_member
from services.gateway.api.relay import global_id
from services.gateway.wire import from_enum, required_when


@strawberry.enum(description="What a rule says about its people.")
class RuleKind(Enum):
    APART = strawberry.enum_value("APART", description="The two never share a group, be it one that one of them leads.")
    TOGETHER = strawberry.enum_value("TOGETHER", description="They sit together in every round.")
    NOT_LED_BY = strawberry.enum_value("NOT_LED_BY", description="The first, a moderator, never leads the second.")


@strawberry.type(description="Who is to sit with whom, or is not. Confidential: it shows nowhere else.")
class Rule:
    account_uuids: strawberry.Private[list[str]]
    stated_by_uuid: strawberry.Private[str]
    id: strawberry.ID
    kind: RuleKind
    stated_at: datetime

    @classmethod
    def of(cls, rule: rule_pb2.Rule) -> Rule:
        return cls(
            account_uuids=list(rule.account_ids),
            stated_by_uuid=rule.stated_by_account_id,
            id=global_id("Rule", rule.id),
            kind=from_enum(RuleKind, rule_pb2.RuleKind, rule.kind, "RULE_KIND_"),
            stated_at=required_when(rule.stated_at),
        )

    @strawberry.field(description="In order, for a moderator and whom they never lead.")
    async def members(self, info: Info) -> list[Member]:
        found = await asyncio.gather(*(load_member(info, account) for account in self.account_uuids))
        return [member for member in found if member is not None]

    @strawberry.field
    async def stated_by(self, info: Info) -> Member | None:
        return await load_member(info, self.stated_by_uuid)
