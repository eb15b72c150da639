"""What can be asked about events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry
from ontmoet.events.v1 import event_pb2

from services.gateway.api.context import Info
from services.gateway.api.events.types import (
    Event,
    Registration,
    Series,
    fetch_events,
    fetch_registration,
    load_event,
    load_series,
)
from services.gateway.api.relay import Connection, page, uuid_of


@strawberry.type
class EventsQueries:
    @strawberry.field(description="One event; null when there is none. A draft is seen by organisers only.")
    async def event(self, info: Info, id: strawberry.ID) -> Event | None:
        return await load_event(info, uuid_of("Event", id, "id"))

    @strawberry.field(description="Events by start; of one series, or only those that end after a moment.")
    async def events(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        series_id: strawberry.ID | None = None,
        ends_after: datetime | None = None,
    ) -> Connection[Event]:
        series = uuid_of("Series", series_id, "series_id") if series_id else ""

        async def fetch(size: int, token: str) -> tuple[Sequence[event_pb2.Event], str]:
            return await fetch_events(info, size, token, series_id=series, ends_after=ends_after)

        return await page(first, after, fetch, Event.of)

    @strawberry.field(description="One series; null when there is none.")
    async def series(self, info: Info, id: strawberry.ID) -> Series | None:
        return await load_series(info, uuid_of("Series", id, "id"))

    @strawberry.field(description="One registration: the caller's own, or any for organisers; else null.")
    async def registration(self, info: Info, id: strawberry.ID) -> Registration | None:
        return await fetch_registration(info, uuid_of("Registration", id, "id"))
