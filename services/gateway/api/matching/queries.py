"""What can be asked about break-outs and what follows them."""

from __future__ import annotations

import base64

import strawberry
from ontmoet.matching.v1 import breakout_pb2, introduction_pb2, rule_pb2

from services.gateway.api.context import Info
from services.gateway.api.matching.operations import Operation, fetch_operation
from services.gateway.api.matching.rules import Rule
from services.gateway.api.matching.types import (
    Breakout,
    BreakoutFile,
    BreakoutFormat,
    Encounter,
    Introduction,
    fetch_breakout,
    fetch_introduction,
)
from services.gateway.api.relay import Connection, page, uuid_of
from services.gateway.wire import to_enum


@strawberry.type
class MatchingQueries:
    @strawberry.field(
        description="One break-out; null when there is none, and to members until its first round is opened."
    )
    async def breakout(self, info: Info, id: strawberry.ID) -> Breakout | None:
        return await fetch_breakout(info, uuid_of("Breakout", id, "id"))

    @strawberry.field(description="A long search for a plan; null when there is none. For organisers.")
    async def operation(self, info: Info, id: strawberry.ID) -> Operation | None:
        return await fetch_operation(info, uuid_of("Operation", id, "id"))

    @strawberry.field(description="The rules that the caller stated, the latest first; for organisers all of them.")
    async def rules(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Rule]:
        calls = info.context.calls

        async def fetch(size: int, token: str) -> tuple[list[rule_pb2.Rule], str]:
            request = rule_pb2.ListRulesRequest(page_size=size, page_token=token)
            response = await calls.call(calls.services.rules.ListRules, request)
            return list(response.rules), response.next_page_token

        return await page(first, after, fetch, Rule.of)

    @strawberry.field(
        description="A round as a file, with headings in the caller's language. For organisers and assistants."
    )
    async def export_breakout(
        self, info: Info, breakout_id: strawberry.ID, format: BreakoutFormat, round_number: int
    ) -> BreakoutFile:
        calls = info.context.calls
        request = breakout_pb2.ExportBreakoutRequest(
            breakout_id=uuid_of("Breakout", breakout_id, "breakout_id"),
            format=to_enum(breakout_pb2.BreakoutFormat, format, "BREAKOUT_FORMAT_"),
            round_number=round_number,
            language=info.context.language,
        )
        response = await calls.call(calls.services.breakouts.ExportBreakout, request)
        return BreakoutFile(
            file_name=response.file_name,
            content_type=response.content_type,
            content=base64.b64encode(response.content).decode(),
        )

    @strawberry.field(description="Whom the caller met, the latest first; with an event, only there.")
    async def my_encounters(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        event_id: strawberry.ID | None = None,
    ) -> Connection[Encounter]:
        calls = info.context.calls
        event = uuid_of("Event", event_id, "event_id") if event_id else ""

        async def fetch(size: int, token: str) -> tuple[list[introduction_pb2.Encounter], str]:
            request = introduction_pb2.ListMyEncountersRequest(event_id=event, page_size=size, page_token=token)
            response = await calls.call(calls.services.introductions.ListMyEncounters, request)
            return list(response.encounters), response.next_page_token

        return await page(first, after, fetch, Encounter.of)

    @strawberry.field(description="One introduction that the caller has part in; else null.")
    async def introduction(self, info: Info, id: strawberry.ID) -> Introduction | None:
        return await fetch_introduction(info, uuid_of("Introduction", id, "id"))

    @strawberry.field(description="The caller's introductions, the latest first.")
    async def introductions(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Introduction]:
        calls = info.context.calls

        async def fetch(size: int, token: str) -> tuple[list[introduction_pb2.Introduction], str]:
            request = introduction_pb2.ListMyIntroductionsRequest(page_size=size, page_token=token)
            response = await calls.call(calls.services.introductions.ListMyIntroductions, request)
            return list(response.introductions), response.next_page_token

        return await page(first, after, fetch, Introduction.of)
