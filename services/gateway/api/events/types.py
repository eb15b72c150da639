"""Events, series and registrations as GraphQL types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, TypeVar

import strawberry
from ontmoet.events.v1 import event_pb2, registration_pb2
from strawberry import relay

from services.common.refusals import NotFound
from services.gateway.adapters.services import or_none
from services.gateway.api.context import Info
from services.gateway.api.events.loaders import FirstOccurrences, FirstPage
from services.gateway.api.events.roster import Moderator, Roster
from services.gateway.api.membership.types import Member, load_member
from services.gateway.api.relay import Connection, global_id, page
from services.gateway.wire import from_enum, required_when, to_enum, to_timestamp, when

if TYPE_CHECKING:
    from services.gateway.api.matching.types import Breakout, Group

T = TypeVar("T")
MATCHING = "services.gateway.api.matching.types"


@strawberry.enum(description="How an event meets.")
class Mode(Enum):
    IN_PERSON = "IN_PERSON"
    ONLINE = "ONLINE"
    HYBRID = "HYBRID"


@strawberry.enum(description="Where an event is in its life.")
class EventState(Enum):
    DRAFT = strawberry.enum_value("DRAFT", description="Seen by organisers only.")
    OPEN = strawberry.enum_value("OPEN", description="People can register.")
    CLOSED = strawberry.enum_value("CLOSED", description="Nobody new can register; registrations stand.")
    CANCELLED = "CANCELLED"


@strawberry.enum(description="A person's standing at an event.")
class RegistrationState(Enum):
    CONFIRMED = "CONFIRMED"
    WAITING = "WAITING"
    OFFERED = strawberry.enum_value("OFFERED", description="A place is held until offerExpiresAt.")
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    ATTENDED = "ATTENDED"
    NO_SHOW = "NO_SHOW"


@strawberry.type(description="A place at an event, or a position on its waiting list.")
class Registration(relay.Node):
    uuid: relay.NodeID[str]
    event_uuid: strawberry.Private[str]
    account_uuid: strawberry.Private[str]
    account_id: strawberry.ID = strawberry.field(description="Whose it is: the id of a Member.")
    state: RegistrationState
    position: int | None = strawberry.field(description="1 for the next to be offered a place; null unless waiting.")
    offer_expires_at: datetime | None
    registered_at: datetime
    checked_in_at: datetime | None
    late: bool = strawberry.field(description="Checked in after the start.")
    checked_out_at: datetime | None = strawberry.field(description="Left before the end, and did not come back.")

    @classmethod
    def of(cls, registration: registration_pb2.Registration) -> Registration:
        return cls(
            uuid=registration.id,
            event_uuid=registration.event_id,
            account_uuid=registration.account_id,
            account_id=global_id("Member", registration.account_id),
            state=from_enum(
                RegistrationState, registration_pb2.RegistrationState, registration.state, "REGISTRATION_STATE_"
            ),
            position=registration.position or None,
            offer_expires_at=when(registration, "offer_expires_at"),
            registered_at=required_when(registration.registered_at),
            checked_in_at=when(registration, "checked_in_at"),
            late=registration.late,
            checked_out_at=when(registration, "checked_out_at"),
        )

    @strawberry.field
    async def event(self, info: Info) -> Event | None:
        return await load_event(info, self.event_uuid)

    @strawberry.field(description="Whose it is.")
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)


@strawberry.type(description="A rule that makes events: every week at one local time.")
class Series(relay.Node):
    uuid: relay.NodeID[str]
    title: str
    description: str
    mode: Mode
    first_date: str = strawberry.field(description='The first occurrence\'s local date, "2026-11-27".')
    last_date: str | None = strawberry.field(description="Null for an open end.")
    start_time: str = strawberry.field(description='Local, "09:00".')
    duration_seconds: int
    time_zone: str
    capacity: int
    offer_window_seconds: int = strawberry.field(description="How long an offered place is held.")

    @classmethod
    def of(cls, series: event_pb2.Series) -> Series:
        return cls(
            uuid=series.id,
            title=series.title,
            description=series.description,
            mode=from_enum(Mode, event_pb2.Mode, series.mode, "MODE_"),
            first_date=series.first_date,
            last_date=series.last_date or None,
            start_time=series.start_time,
            duration_seconds=series.duration.seconds,
            time_zone=series.time_zone,
            capacity=series.capacity,
            offer_window_seconds=series.offer_window.seconds,
        )

    @strawberry.field(description="The events that it made so far, by start.")
    async def occurrences(
        self, info: Info, first: int | None = None, after: str | None = None, ends_after: datetime | None = None
    ) -> Connection[Event]:
        async def fetch(size: int, token: str) -> tuple[Sequence[event_pb2.Event], str]:
            if token:
                return await fetch_events(info, size, token, series_id=self.uuid, ends_after=ends_after)
            found = await info.context.loaders.events.occurrences.load(FirstOccurrences(self.uuid, size, ends_after))
            return (found.events, found.next_page_token) if found else ((), "")

        return await page(first, after, fetch, Event.of)


@strawberry.type(description="Something that members attend.")
class Event(relay.Node):
    uuid: relay.NodeID[str]
    series_uuid: strawberry.Private[str]
    title: str
    description: str
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    time_zone: str = strawberry.field(description="IANA name.")
    state: EventState
    cancellation_reason: str | None = strawberry.field(
        description="Why it was cancelled, in the organiser's words; null unless it was, or none was given."
    )
    capacity: int = strawberry.field(description="Places for participants; staff stand outside it.")
    confirmed: int
    waiting: int
    offered: int = strawberry.field(description="Places held for somebody who has not answered yet.")
    offer_window_seconds: int = strawberry.field(description="How long an offered place is held.")

    @classmethod
    def of(cls, event: event_pb2.Event) -> Event:
        return cls(
            uuid=event.id,
            series_uuid=event.series_id,
            title=event.title,
            description=event.description,
            mode=from_enum(Mode, event_pb2.Mode, event.mode, "MODE_"),
            starts_at=required_when(event.starts_at),
            ends_at=required_when(event.ends_at),
            time_zone=event.time_zone,
            state=from_enum(EventState, event_pb2.EventState, event.state, "EVENT_STATE_"),
            cancellation_reason=event.cancellation_reason or None,
            capacity=event.capacity,
            confirmed=event.confirmed,
            waiting=event.waiting,
            offered=event.offered,
            offer_window_seconds=event.offer_window.seconds,
        )

    @strawberry.field(description="The series that made it; null for a one-off.")
    async def series(self, info: Info) -> Series | None:
        return await load_series(info, self.series_uuid) if self.series_uuid else None

    @strawberry.field(description="The caller's own.")
    async def my_registration(self, info: Info) -> Registration | None:
        found = await info.context.loaders.events.my_registrations.load(self.uuid)
        return Registration.of(found) if found else None

    @strawberry.field(
        description="Confirmed by time, then offered, then waiting by position, then the rest. For those who organise."
    )
    async def registrations(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        states: list[RegistrationState] | None = None,
    ) -> Connection[Registration]:
        calls = info.context.calls
        wanted = [to_enum(registration_pb2.RegistrationState, state, "REGISTRATION_STATE_") for state in states or []]

        async def fetch(size: int, token: str) -> tuple[Sequence[registration_pb2.Registration], str]:
            if not token:
                first_page = FirstPage(self.uuid, size, tuple(wanted))
                found = visible(await info.context.loaders.events.registrations.load(first_page))
                return found.registrations, found.next_page_token
            request = registration_pb2.ListRegistrationsRequest(
                event_id=self.uuid, page_size=size, page_token=token, states=wanted
            )
            response = await calls.call(calls.services.registrations.ListRegistrations, request)
            return response.registrations, response.next_page_token

        return await page(first, after, fetch, Registration.of)

    @strawberry.field(description="Who is here now. For those who organise.")
    async def roster(self, info: Info) -> Roster:
        return Roster.of(visible(await info.context.loaders.events.rosters.load(self.uuid)))

    @strawberry.field(description="Its moderators, those who withdrew included. For those who organise.")
    async def moderators(self, info: Info) -> list[Moderator]:
        found = visible(await info.context.loaders.events.moderators.load(self.uuid))
        return [Moderator.of(moderator) for moderator in found.moderators]

    @strawberry.field
    async def breakout(self, info: Info) -> Annotated[Breakout, strawberry.lazy(MATCHING)] | None:
        from services.gateway.api.matching.types import Breakout

        found = await info.context.loaders.matching.breakouts.load(self.uuid)
        return Breakout.of(found) if found else None

    @strawberry.field(description="Where the caller sits in the open round, as participant or moderator.")
    async def my_group(self, info: Info) -> Annotated[Group, strawberry.lazy(MATCHING)] | None:
        from services.gateway.api.matching.types import Group

        found = await info.context.loaders.matching.my_groups.load(self.uuid)
        return Group.of(found) if found else None


def visible(of_event: T | None) -> T:
    """What belongs to an event; refused for an event that is gone, or that the caller may not see any more."""
    if of_event is None:
        raise NotFound("event")
    return of_event


async def load_event(info: Info, event_id: str) -> Event | None:
    """The event, through the operation's loader; None for one that does not exist or may not be seen."""
    event = await info.context.loaders.events.events.load(event_id)
    return Event.of(event) if event else None


async def load_series(info: Info, series_id: str) -> Series | None:
    """The series, through the operation's loader; None for one that does not exist."""
    series = await info.context.loaders.events.series.load(series_id)
    return Series.of(series) if series else None


async def fetch_registration(info: Info, registration_id: str) -> Registration | None:
    """The registration; None for one that does not exist or is somebody else's."""
    calls = info.context.calls
    request = registration_pb2.GetRegistrationRequest(registration_id=registration_id)
    response = await or_none(calls.call(calls.services.registrations.GetRegistration, request))
    return Registration.of(response.registration) if response else None


async def fetch_events(
    info: Info, size: int, token: str, *, series_id: str = "", ends_after: datetime | None = None
) -> tuple[Sequence[event_pb2.Event], str]:
    """A page of events by start, of all or of one series, and the token of the next page."""
    calls = info.context.calls
    request = event_pb2.ListEventsRequest(
        page_size=size, page_token=token, series_id=series_id, ends_after=to_timestamp(ends_after)
    )
    response = await calls.call(calls.services.events.ListEvents, request)
    return response.events, response.next_page_token
