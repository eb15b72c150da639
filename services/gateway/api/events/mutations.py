"""What can be done with events and series."""

from __future__ import annotations

import strawberry
from ontmoet.events.v1 import event_pb2

from services.gateway.api.context import Info
from services.gateway.api.events.types import Event, Mode, Series
from services.gateway.api.mutation import Payload, Refusable, mutate
from services.gateway.api.relay import uuid_of
from services.gateway.wire import to_duration, to_enum


@strawberry.input
class CreateEventInput:
    title: str
    description: str = ""
    mode: Mode
    starts_at_local: str = strawberry.field(
        description='Local date and time in the network\'s time zone, "2026-11-27T09:00".'
    )
    duration_seconds: int = strawberry.field(description="5 minutes to 24 hours.")
    capacity: int = strawberry.field(description="0 to 100,000.")
    offer_window_seconds: int | None = strawberry.field(
        default=None, description="How long an offered place is held; 24 hours when left out."
    )


@strawberry.type
class CreateEventPayload(Payload):
    event: Event | None = None


@strawberry.input
class CreateSeriesInput:
    title: str
    description: str = ""
    mode: Mode
    first_date: str = strawberry.field(description='Local date, "2026-11-27"; its weekday is the series\' weekday.')
    last_date: str | None = strawberry.field(default=None, description="Left out for an open end.")
    start_time: str = strawberry.field(description='Local, "09:00".')
    duration_seconds: int
    capacity: int
    offer_window_seconds: int | None = None


@strawberry.type
class CreateSeriesPayload(Payload):
    series: Series | None = None
    occurrences: list[Event] = strawberry.field(
        default_factory=list[Event], description="Those made so far; later ones follow by themselves."
    )


@strawberry.input
class OpenRegistrationInput:
    event_id: strawberry.ID


@strawberry.type
class OpenRegistrationPayload(Payload):
    event: Event | None = None


@strawberry.input
class CloseRegistrationInput:
    event_id: strawberry.ID


@strawberry.type
class CloseRegistrationPayload(Payload):
    event: Event | None = None


@strawberry.input
class ChangeCapacityInput:
    event_id: strawberry.ID
    capacity: int


@strawberry.type
class ChangeCapacityPayload(Payload):
    event: Event | None = None


@strawberry.input
class CancelEventInput:
    event_id: strawberry.ID
    reason: str = strawberry.field(description="Shown with the event from then on.")


@strawberry.type
class CancelEventPayload(Payload):
    event: Event | None = None


@strawberry.type
class EventMutations:
    @strawberry.mutation(extensions=[Refusable()], description="Creates a one-off event, as a draft.")
    async def create_event(self, info: Info, input: CreateEventInput) -> CreateEventPayload:
        request = event_pb2.CreateEventRequest(
            title=input.title,
            description=input.description,
            mode=to_enum(event_pb2.Mode, input.mode, "MODE_"),
            starts_at_local=input.starts_at_local,
            duration=to_duration(input.duration_seconds),
            capacity=input.capacity,
            offer_window=to_duration(input.offer_window_seconds),
        )
        response = await mutate(info, info.context.calls.services.events.CreateEvent, request)
        return CreateEventPayload(event=Event.of(response.event))

    @strawberry.mutation(
        extensions=[Refusable()],
        description="Creates a weekly series and its occurrences of the coming weeks, as drafts.",
    )
    async def create_series(self, info: Info, input: CreateSeriesInput) -> CreateSeriesPayload:
        request = event_pb2.CreateSeriesRequest(
            title=input.title,
            description=input.description,
            mode=to_enum(event_pb2.Mode, input.mode, "MODE_"),
            first_date=input.first_date,
            last_date=input.last_date or "",
            start_time=input.start_time,
            duration=to_duration(input.duration_seconds),
            capacity=input.capacity,
            offer_window=to_duration(input.offer_window_seconds),
        )
        response = await mutate(info, info.context.calls.services.events.CreateSeries, request)
        return CreateSeriesPayload(
            series=Series.of(response.series), occurrences=[Event.of(event) for event in response.occurrences]
        )

    @strawberry.mutation(extensions=[Refusable()], description="Lets people register for a draft or closed event.")
    async def open_registration(self, info: Info, input: OpenRegistrationInput) -> OpenRegistrationPayload:
        request = event_pb2.OpenRegistrationRequest(event_id=uuid_of("Event", input.event_id, "event_id"))
        response = await mutate(info, info.context.calls.services.events.OpenRegistration, request)
        return OpenRegistrationPayload(event=Event.of(response.event))

    @strawberry.mutation(extensions=[Refusable()], description="Lets nobody new register; registrations stand.")
    async def close_registration(self, info: Info, input: CloseRegistrationInput) -> CloseRegistrationPayload:
        request = event_pb2.CloseRegistrationRequest(event_id=uuid_of("Event", input.event_id, "event_id"))
        response = await mutate(info, info.context.calls.services.events.CloseRegistration, request)
        return CloseRegistrationPayload(event=Event.of(response.event))

    @strawberry.mutation(
        extensions=[Refusable()],
        description="Raises or lowers the capacity at any time. Lowering takes nobody's place away.",
    )
    async def change_capacity(self, info: Info, input: ChangeCapacityInput) -> ChangeCapacityPayload:
        request = event_pb2.ChangeCapacityRequest(
            event_id=uuid_of("Event", input.event_id, "event_id"), capacity=input.capacity
        )
        response = await mutate(info, info.context.calls.services.events.ChangeCapacity, request)
        return ChangeCapacityPayload(event=Event.of(response.event))

    @strawberry.mutation(extensions=[Refusable()], description="Cancels an event for everybody.")
    async def cancel_event(self, info: Info, input: CancelEventInput) -> CancelEventPayload:
        request = event_pb2.CancelEventRequest(
            event_id=uuid_of("Event", input.event_id, "event_id"), reason=input.reason
        )
        response = await mutate(info, info.context.calls.services.events.CancelEvent, request)
        return CancelEventPayload(event=Event.of(response.event))
