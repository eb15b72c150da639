"""RegistrationService."""

from ontmoet.events.v1 import registration_pb2 as pb
from ontmoet.events.v1.registration_pb2_grpc import RegistrationServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.common.storage.pagination import page_size
from services.events.adapters.membership import Membership
from services.events.storage.transaction import Uow
from services.events.usecases import attend, look, moderate, places
from services.events.wire import (
    decode_ids,
    decode_moderator,
    decode_states,
    encode_event_roster,
    encode_moderator,
    encode_registration,
    encode_roster,
)

BATCH = 200
# People come with each of these, so that an answer stays below the limit of a message.
BATCH_WITH_PEOPLE = 50


class RegistrationApi(RegistrationServiceServicer):
    """Places at events, the waiting list and attendance."""

    def __init__(self, uow: Uow, membership: Membership) -> None:
        self._uow = uow
        self._membership = membership

    async def Register(self, request: pb.RegisterRequest, context: object) -> pb.RegisterResponse:
        registration = await places.register(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.RegisterResponse(registration=encode_registration(registration))

    async def CancelRegistration(
        self, request: pb.CancelRegistrationRequest, context: object
    ) -> pb.CancelRegistrationResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await places.cancel_registration(self._uow, current_caller(), registration_id)
        return pb.CancelRegistrationResponse(registration=encode_registration(registration))

    async def OfferPlace(self, request: pb.OfferPlaceRequest, context: object) -> pb.OfferPlaceResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await places.offer_place(self._uow, current_caller(), registration_id)
        return pb.OfferPlaceResponse(registration=encode_registration(registration))

    async def AcceptOffer(self, request: pb.AcceptOfferRequest, context: object) -> pb.AcceptOfferResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await places.accept_offer(self._uow, current_caller(), registration_id)
        return pb.AcceptOfferResponse(registration=encode_registration(registration))

    async def DeclineOffer(self, request: pb.DeclineOfferRequest, context: object) -> pb.DeclineOfferResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await places.decline_offer(self._uow, current_caller(), registration_id)
        return pb.DeclineOfferResponse(registration=encode_registration(registration))

    async def GetRegistration(self, request: pb.GetRegistrationRequest, context: object) -> pb.GetRegistrationResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await look.get_registration(self._uow, current_caller(), registration_id)
        return pb.GetRegistrationResponse(registration=encode_registration(registration))

    async def BatchGetMyRegistrations(
        self, request: pb.BatchGetMyRegistrationsRequest, context: object
    ) -> pb.BatchGetMyRegistrationsResponse:
        ids = decode_ids(request.event_ids, "event_ids", BATCH)
        found = await look.get_my_registrations(self._uow, current_caller(), ids)
        return pb.BatchGetMyRegistrationsResponse(registrations=[encode_registration(each) for each in found])

    async def ListRegistrations(
        self, request: pb.ListRegistrationsRequest, context: object
    ) -> pb.ListRegistrationsResponse:
        found, next_page_token = await look.list_registrations(
            self._uow,
            current_caller(),
            parse_id(request.event_id, "event_id"),
            size=page_size(request.page_size, 100, 500),
            token=request.page_token,
            states=decode_states(request.states),
        )
        return pb.ListRegistrationsResponse(
            registrations=[encode_registration(each) for each in found], next_page_token=next_page_token
        )

    async def BatchListRegistrations(
        self, request: pb.BatchListRegistrationsRequest, context: object
    ) -> pb.BatchListRegistrationsResponse:
        pages = await look.list_many_registrations(
            self._uow,
            current_caller(),
            decode_ids(request.event_ids, "event_ids", BATCH_WITH_PEOPLE),
            size=page_size(request.page_size, 50, 200),
            states=decode_states(request.states),
        )
        return pb.BatchListRegistrationsResponse(
            events=[
                pb.EventRegistrations(
                    event_id=str(event_id), registrations=map(encode_registration, page), next_page_token=token
                )
                for event_id, (page, token) in pages.items()
            ]
        )

    async def CheckIn(self, request: pb.CheckInRequest, context: object) -> pb.CheckInResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await attend.check_in(self._uow, current_caller(), registration_id)
        return pb.CheckInResponse(registration=encode_registration(registration))

    async def CheckOut(self, request: pb.CheckOutRequest, context: object) -> pb.CheckOutResponse:
        registration_id = parse_id(request.registration_id, "registration_id")
        registration = await attend.check_out(self._uow, current_caller(), registration_id)
        return pb.CheckOutResponse(registration=encode_registration(registration))

    async def MarkNoShows(self, request: pb.MarkNoShowsRequest, context: object) -> pb.MarkNoShowsResponse:
        marked = await attend.mark_no_shows(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.MarkNoShowsResponse(no_shows=marked)

    async def GetRoster(self, request: pb.GetRosterRequest, context: object) -> pb.GetRosterResponse:
        roster = await attend.get_roster(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return encode_roster(roster)

    async def BatchGetRosters(self, request: pb.BatchGetRostersRequest, context: object) -> pb.BatchGetRostersResponse:
        ids = decode_ids(request.event_ids, "event_ids", BATCH_WITH_PEOPLE)
        rosters = await attend.get_rosters(self._uow, current_caller(), ids)
        return pb.BatchGetRostersResponse(rosters=[encode_event_roster(*each) for each in rosters.items()])

    async def AssignModerators(
        self, request: pb.AssignModeratorsRequest, context: object
    ) -> pb.AssignModeratorsResponse:
        wanted = [decode_moderator(each, f"moderators[{at}]") for at, each in enumerate(request.moderators)]
        event_id = parse_id(request.event_id, "event_id")
        stand = await moderate.assign_moderators(self._uow, self._membership, current_caller(), event_id, wanted)
        return pb.AssignModeratorsResponse(moderators=[encode_moderator(each) for each in stand])

    async def WithdrawModerator(
        self, request: pb.WithdrawModeratorRequest, context: object
    ) -> pb.WithdrawModeratorResponse:
        event_id, account = parse_id(request.event_id, "event_id"), parse_id(request.account_id, "account_id")
        stand = await moderate.withdraw_moderator(self._uow, current_caller(), event_id, account)
        return pb.WithdrawModeratorResponse(moderators=[encode_moderator(each) for each in stand])

    async def ListModerators(self, request: pb.ListModeratorsRequest, context: object) -> pb.ListModeratorsResponse:
        event_id = parse_id(request.event_id, "event_id")
        stand = await moderate.list_moderators(self._uow, current_caller(), event_id)
        return pb.ListModeratorsResponse(moderators=[encode_moderator(each) for each in stand])

    async def BatchListModerators(
        self, request: pb.BatchListModeratorsRequest, context: object
    ) -> pb.BatchListModeratorsResponse:
        ids = decode_ids(request.event_ids, "event_ids", BATCH)
        found = await moderate.list_many_moderators(self._uow, current_caller(), ids)
        return pb.BatchListModeratorsResponse(
            events=[
                pb.EventModerators(event_id=str(event_id), moderators=map(encode_moderator, stand))
                for event_id, stand in found.items()
            ]
        )
