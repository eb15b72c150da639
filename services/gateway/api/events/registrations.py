"""What can be done with registrations and moderators."""

from __future__ import annotations

from datetime import datetime

import strawberry
from ontmoet.events.v1 import registration_pb2

from services.gateway.api.context import Info
from services.gateway.api.events.roster import Moderator
from services.gateway.api.events.types import Registration
from services.gateway.api.mutation import Payload, Refusable, mutate
from services.gateway.api.relay import uuid_of
from services.gateway.wire import to_timestamp


@strawberry.input
class RegisterInput:
    event_id: strawberry.ID


@strawberry.type
class RegisterPayload(Payload):
    registration: Registration | None = None


@strawberry.input
class CancelRegistrationInput:
    registration_id: strawberry.ID


@strawberry.type
class CancelRegistrationPayload(Payload):
    registration: Registration | None = None


@strawberry.input
class OfferPlaceInput:
    registration_id: strawberry.ID


@strawberry.type
class OfferPlacePayload(Payload):
    registration: Registration | None = None


@strawberry.input
class AcceptOfferInput:
    registration_id: strawberry.ID


@strawberry.type
class AcceptOfferPayload(Payload):
    registration: Registration | None = None


@strawberry.input
class DeclineOfferInput:
    registration_id: strawberry.ID


@strawberry.type
class DeclineOfferPayload(Payload):
    registration: Registration | None = None


@strawberry.input
class CheckInInput:
    registration_id: strawberry.ID


@strawberry.type
class CheckInPayload(Payload):
    registration: Registration | None = None


@strawberry.input
class CheckOutInput:
    registration_id: strawberry.ID


@strawberry.type
class CheckOutPayload(Payload):
    registration: Registration | None = None


@strawberry.input
class MarkNoShowsInput:
    event_id: strawberry.ID


@strawberry.type
class MarkNoShowsPayload(Payload):
    no_shows: int | None = strawberry.field(default=None, description="How many had a place and did not come.")


@strawberry.input
class ModeratorInput:
    account_id: strawberry.ID
    available_from: datetime | None = strawberry.field(
        default=None, description="Within the event; left out means from its start."
    )
    available_until: datetime | None = None


@strawberry.input
class AssignModeratorsInput:
    event_id: strawberry.ID
    moderators: list[ModeratorInput]


@strawberry.type
class AssignModeratorsPayload(Payload):
    moderators: list[Moderator] = strawberry.field(default_factory=list[Moderator])


@strawberry.input
class WithdrawModeratorInput:
    event_id: strawberry.ID
    account_id: strawberry.ID


@strawberry.type
class WithdrawModeratorPayload(Payload):
    moderators: list[Moderator] = strawberry.field(default_factory=list[Moderator])


@strawberry.type
class RegistrationMutations:
    @strawberry.mutation(
        extensions=[Refusable()],
        description="Gives the caller a place, or a position on the waiting list. Calling twice gives the same one.",
    )
    async def register(self, info: Info, input: RegisterInput) -> RegisterPayload:
        request = registration_pb2.RegisterRequest(event_id=uuid_of("Event", input.event_id, "event_id"))
        response = await mutate(info, info.context.calls.services.registrations.Register, request)
        return RegisterPayload(registration=Registration.of(response.registration))

    @strawberry.mutation(
        extensions=[Refusable()],
        description="Gives up a place, an offer or a waiting position; organisers may do it for others.",
    )
    async def cancel_registration(self, info: Info, input: CancelRegistrationInput) -> CancelRegistrationPayload:
        request = registration_pb2.CancelRegistrationRequest(registration_id=_registration(input.registration_id))
        response = await mutate(info, info.context.calls.services.registrations.CancelRegistration, request)
        return CancelRegistrationPayload(registration=Registration.of(response.registration))

    @strawberry.mutation(
        extensions=[Refusable()], description="Offers a free place to somebody who waits, out of turn. For organisers."
    )
    async def offer_place(self, info: Info, input: OfferPlaceInput) -> OfferPlacePayload:
        request = registration_pb2.OfferPlaceRequest(registration_id=_registration(input.registration_id))
        response = await mutate(info, info.context.calls.services.registrations.OfferPlace, request)
        return OfferPlacePayload(registration=Registration.of(response.registration))

    @strawberry.mutation(extensions=[Refusable()], description="Takes the offered place.")
    async def accept_offer(self, info: Info, input: AcceptOfferInput) -> AcceptOfferPayload:
        request = registration_pb2.AcceptOfferRequest(registration_id=_registration(input.registration_id))
        response = await mutate(info, info.context.calls.services.registrations.AcceptOffer, request)
        return AcceptOfferPayload(registration=Registration.of(response.registration))

    @strawberry.mutation(extensions=[Refusable()], description="Declines the offered place; it goes to the next.")
    async def decline_offer(self, info: Info, input: DeclineOfferInput) -> DeclineOfferPayload:
        request = registration_pb2.DeclineOfferRequest(registration_id=_registration(input.registration_id))
        response = await mutate(info, info.context.calls.services.registrations.DeclineOffer, request)
        return DeclineOfferPayload(registration=Registration.of(response.registration))

    @strawberry.mutation(
        extensions=[Refusable()],
        description="Says that somebody is here: the caller, or anybody for organisers and moderators.",
    )
    async def check_in(self, info: Info, input: CheckInInput) -> CheckInPayload:
        request = registration_pb2.CheckInRequest(registration_id=_registration(input.registration_id))
        response = await mutate(info, info.context.calls.services.registrations.CheckIn, request)
        return CheckInPayload(registration=Registration.of(response.registration))

    @strawberry.mutation(
        extensions=[Refusable()],
        description="Says that somebody who was here has left; checking in takes them back. For the same people.",
    )
    async def check_out(self, info: Info, input: CheckOutInput) -> CheckOutPayload:
        request = registration_pb2.CheckOutRequest(registration_id=_registration(input.registration_id))
        response = await mutate(info, info.context.calls.services.registrations.CheckOut, request)
        return CheckOutPayload(registration=Registration.of(response.registration))

    @strawberry.mutation(
        extensions=[Refusable()], description="Marks everybody with a place who did not check in as a no-show."
    )
    async def mark_no_shows(self, info: Info, input: MarkNoShowsInput) -> MarkNoShowsPayload:
        request = registration_pb2.MarkNoShowsRequest(event_id=uuid_of("Event", input.event_id, "event_id"))
        response = await mutate(info, info.context.calls.services.registrations.MarkNoShows, request)
        return MarkNoShowsPayload(no_shows=response.no_shows)


@strawberry.type
class ModeratorMutations:
    @strawberry.mutation(
        extensions=[Refusable()], description="Adds moderators to an event, or changes when they are available."
    )
    async def assign_moderators(self, info: Info, input: AssignModeratorsInput) -> AssignModeratorsPayload:
        request = registration_pb2.AssignModeratorsRequest(
            event_id=uuid_of("Event", input.event_id, "event_id"),
            moderators=[
                registration_pb2.Moderator(
                    account_id=uuid_of("Member", moderator.account_id, f"moderators[{index}].account_id"),
                    available_from=to_timestamp(moderator.available_from),
                    available_until=to_timestamp(moderator.available_until),
                )
                for index, moderator in enumerate(input.moderators)
            ],
        )
        response = await mutate(info, info.context.calls.services.registrations.AssignModerators, request)
        return AssignModeratorsPayload(moderators=[Moderator.of(moderator) for moderator in response.moderators])

    @strawberry.mutation(extensions=[Refusable()], description="A moderator drops out; they may say so themselves.")
    async def withdraw_moderator(self, info: Info, input: WithdrawModeratorInput) -> WithdrawModeratorPayload:
        request = registration_pb2.WithdrawModeratorRequest(
            event_id=uuid_of("Event", input.event_id, "event_id"),
            account_id=uuid_of("Member", input.account_id, "account_id"),
        )
        response = await mutate(info, info.context.calls.services.registrations.WithdrawModerator, request)
        return WithdrawModeratorPayload(moderators=[Moderator.of(moderator) for moderator in response.moderators])


def _registration(id: strawberry.ID) -> str:
    return uuid_of("Registration", id, "registration_id")
