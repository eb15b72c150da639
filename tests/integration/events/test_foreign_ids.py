"""Whose an id is cannot be told from an answer: another network's is as good as none at all."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from ontmoet.events.v1 import event_pb2, registration_pb2

from services.common.caller import Role
from services.events.usecases.places import register
from tests.support.events_network import a_member, an_open_event
from tests.support.events_service import EventsService, refused

SERVICES = (
    event_pb2.DESCRIPTOR.services_by_name["EventService"],
    registration_pb2.DESCRIPTOR.services_by_name["RegistrationService"],
)
METHODS = {method.name: method for service in SERVICES for method in service.methods}


@dataclass(frozen=True)
class Ids:
    """Ids of one network, or of none."""

    event: str
    series: str
    registration: str
    account: str


NOBODYS = Ids(*(str(uuid4()) for _ in range(4)))

Build = Callable[[Ids, str], Message]
e, r = event_pb2, registration_pb2

# Each with the ids to try, and the id of a moderator of the caller's own network.
REQUESTS: dict[str, Build] = {
    "GetSeries": lambda ids, _: e.GetSeriesRequest(series_id=ids.series),
    "BatchGetSeries": lambda ids, _: e.BatchGetSeriesRequest(series_ids=[ids.series]),
    "BatchListOccurrences": lambda ids, _: e.BatchListOccurrencesRequest(series_ids=[ids.series]),
    "GetEvent": lambda ids, _: e.GetEventRequest(event_id=ids.event),
    "BatchGetEvents": lambda ids, _: e.BatchGetEventsRequest(event_ids=[ids.event]),
    "ListEvents": lambda ids, _: e.ListEventsRequest(series_id=ids.series),
    "OpenRegistration": lambda ids, _: e.OpenRegistrationRequest(event_id=ids.event),
    "CloseRegistration": lambda ids, _: e.CloseRegistrationRequest(event_id=ids.event),
    "ChangeCapacity": lambda ids, _: e.ChangeCapacityRequest(event_id=ids.event, capacity=1),
    "CancelEvent": lambda ids, _: e.CancelEventRequest(event_id=ids.event),
    "Register": lambda ids, _: r.RegisterRequest(event_id=ids.event),
    "CancelRegistration": lambda ids, _: r.CancelRegistrationRequest(registration_id=ids.registration),
    "OfferPlace": lambda ids, _: r.OfferPlaceRequest(registration_id=ids.registration),
    "AcceptOffer": lambda ids, _: r.AcceptOfferRequest(registration_id=ids.registration),
    "DeclineOffer": lambda ids, _: r.DeclineOfferRequest(registration_id=ids.registration),
    "GetRegistration": lambda ids, _: r.GetRegistrationRequest(registration_id=ids.registration),
    "BatchGetMyRegistrations": lambda ids, _: r.BatchGetMyRegistrationsRequest(event_ids=[ids.event]),
    "ListRegistrations": lambda ids, _: r.ListRegistrationsRequest(event_id=ids.event),
    "BatchListRegistrations": lambda ids, _: r.BatchListRegistrationsRequest(event_ids=[ids.event]),
    "CheckOut": lambda ids, _: r.CheckOutRequest(registration_id=ids.registration),
    "BatchGetRosters": lambda ids, _: r.BatchGetRostersRequest(event_ids=[ids.event]),
    "BatchListModerators": lambda ids, _: r.BatchListModeratorsRequest(event_ids=[ids.event]),
    "CheckIn": lambda ids, _: r.CheckInRequest(registration_id=ids.registration),
    "MarkNoShows": lambda ids, _: r.MarkNoShowsRequest(event_id=ids.event),
    "GetRoster": lambda ids, _: r.GetRosterRequest(event_id=ids.event),
    "AssignModerators": lambda ids, moderator: r.AssignModeratorsRequest(
        event_id=ids.event, moderators=[r.Moderator(account_id=moderator)]
    ),
    "WithdrawModerator": lambda ids, _: r.WithdrawModeratorRequest(event_id=ids.event, account_id=ids.account),
    "ListModerators": lambda ids, _: r.ListModeratorsRequest(event_id=ids.event),
}
WITHOUT_IDS = {"CreateEvent", "CreateSeries"}
# Those that answer with what exists, and so with nothing.
EMPTY = {name for name in METHODS if name.startswith("Batch")} | {"ListEvents"}


def test_every_rpc_is_tried_with_foreign_ids():
    assert set(REQUESTS) | WITHOUT_IDS == set(METHODS)


@pytest.fixture(scope="module")
async def theirs(service: EventsService) -> Ids:
    """Ids that exist, in another network."""
    network = await service.network()
    organiser, moderator = service.stranger(network, Role.ORGANISER), await service.person(network, Role.MODERATOR)
    series = await service.events.CreateSeries(
        e.CreateSeriesRequest(
            title="Theirs",
            mode=e.MODE_ONLINE,
            first_date="2027-06-04",
            start_time="09:00",
            duration=Duration(seconds=3600),
            capacity=1,
        ),
        metadata=organiser.metadata,
    )
    event = await an_open_event(service.uow, network, places=1)
    registration = await register(service.uow, a_member(network), event.id)
    await service.registrations.AssignModerators(
        r.AssignModeratorsRequest(event_id=str(event.id), moderators=[r.Moderator(account_id=str(moderator.account))]),
        metadata=organiser.metadata,
    )
    return Ids(str(event.id), series.series.id, str(registration.id), str(moderator.account))


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_foreign_id_is_answered_like_one_that_does_not_exist(service: EventsService, theirs: Ids, name: str):
    """T7: for every RPC of events that takes an id."""
    network = await service.network()
    caller = await service.person(network, Role.OWNER, Role.MODERATOR)
    answers = [
        await answer(service, name, REQUESTS[name](ids, str(caller.account)), caller.metadata)
        for ids in (theirs, NOBODYS)
    ]
    assert answers[0] == answers[1]
    assert answers[0] == ("" if name in EMPTY else "NOT_FOUND")


async def answer(service: EventsService, name: str, request: Message, metadata: tuple[tuple[str, str], ...]) -> str:
    """What comes back, as text: the answer, or the reason of the refusal."""
    method = METHODS[name]
    call = service.channel.unary_unary(
        f"/{method.containing_service.full_name}/{name}",
        request_serializer=_serialized,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    try:
        return str(await call(request, metadata=metadata))
    except grpc.aio.AioRpcError as error:
        return refused(error).reason


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()
