"""What is seen live of registrations."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from google.protobuf.message import Message
from ontmoet.events.v1 import facts_pb2
from ontmoet.events.v1.registration_pb2 import REGISTRATION_STATE_WAITING, BatchGetMyRegistrationsRequest
from ontmoet.events.v1.registration_pb2 import Registration as RegistrationMessage

from services.gateway.api.context import Info
from services.gateway.api.events.types import Registration
from services.gateway.api.live import following
from services.gateway.api.relay import uuid_of


@strawberry.type(description="The caller's registration as it stands now.")
class MyRegistrationView:
    registration: Registration | None = strawberry.field(description="Null until the caller registers.")


@strawberry.type
class EventsSubscriptions:
    @strawberry.subscription(
        description="The caller's registration at an event: at once as it stands now, and again whenever it changes."
    )
    async def my_registration(self, info: Info, event_id: strawberry.ID) -> AsyncGenerator[MyRegistrationView, None]:
        event = uuid_of("Event", event_id, "event_id")
        calls = info.context.calls
        account = str(info.context.caller.account) if info.context.caller else ""

        async def fetch() -> RegistrationMessage | None:
            request = BatchGetMyRegistrationsRequest(event_ids=[event])
            response = await calls.call(calls.services.registrations.BatchGetMyRegistrations, request)
            return next(iter(response.registrations), None)

        def moves_me(fact: Message, shown: RegistrationMessage | None) -> bool:
            waiting = shown is not None and shown.state == REGISTRATION_STATE_WAITING
            return waiting or not _is_of_another(fact, account)

        async for registration in following(info.context, fetch, lambda fact: _is_of(fact, event, account), moves_me):
            yield MyRegistrationView(registration=Registration.of(registration) if registration else None)


def _is_of(fact: Message, event_id: str, account_id: str) -> bool:
    """Whether a fact may change this person's registration: their own, or one that may move the queue they stand in."""
    match fact:
        case facts_pb2.PlaceOffered() | facts_pb2.RegistrationCancelled() | facts_pb2.EventCancelled():
            return fact.event_id == event_id
        case (
            facts_pb2.PlaceConfirmed()
            | facts_pb2.WaitingStarted()
            | facts_pb2.OfferDeclined()
            | facts_pb2.OfferExpired()
            | facts_pb2.ParticipantCheckedIn()
            | facts_pb2.ParticipantCheckedOut()
            | facts_pb2.NoShowMarked()
        ):
            return fact.event_id == event_id and fact.account_id == account_id
        case _:
            return False


def _is_of_another(fact: Message, account_id: str) -> bool:
    """Whether a fact is about somebody else's registration."""
    match fact:
        case facts_pb2.PlaceOffered() | facts_pb2.RegistrationCancelled():
            return fact.account_id != account_id
        case _:
            return False
