"""Places and attendance over real gRPC."""

from datetime import timedelta
from uuid import UUID, uuid4

import grpc
from ontmoet.events.v1 import event_pb2
from ontmoet.events.v1 import registration_pb2 as pb

from services.common.caller import Role
from services.common.storage.pagination import encode_cursor
from services.events.usecases.places import expire_due_offers
from tests.support.events_network import let_offers_end, move_event
from tests.support.events_place import a_place, refusal_of
from tests.support.events_service import EventsService

SOON = timedelta(minutes=20)


async def test_a_place_goes_round_and_each_change_is_told_once_in_order(service: EventsService):
    place = await a_place(service, places=1)
    (ann, bo, cy), (ann_id, bo_id, cy_id) = await place.registered(3)
    assert (await place.get(cy, cy_id)).position == 2
    await place.cancel(ann, ann_id)
    offered = await place.get(bo, bo_id)
    assert offered.state == pb.REGISTRATION_STATE_OFFERED
    assert offered.HasField("offer_expires_at")
    await place.decline(bo, bo_id)
    accepted = await place.accept(cy, cy_id)
    assert accepted.state == pb.REGISTRATION_STATE_CONFIRMED
    assert await place.accept(cy, cy_id) == accepted
    event = await place.seen()
    assert (event.confirmed, event.offered, event.waiting) == (1, 0, 0)
    assert await place.facts() == [
        ("EventCreated", place.event.id, 1),
        ("RegistrationOpened", place.event.id, 2),
        ("PlaceConfirmed", UUID(ann_id), 1),
        ("WaitingStarted", UUID(bo_id), 1),
        ("WaitingStarted", UUID(cy_id), 1),
        ("RegistrationCancelled", UUID(ann_id), 2),
        ("PlaceOffered", UUID(bo_id), 2),
        ("OfferDeclined", UUID(bo_id), 3),
        ("PlaceOffered", UUID(cy_id), 2),
        ("PlaceConfirmed", UUID(cy_id), 3),
    ]


async def test_an_offer_that_ended_is_refused_and_the_job_hands_it_on(service: EventsService):
    place = await a_place(service, places=1)
    (ann, bo, cy), (ann_id, bo_id, cy_id) = await place.registered(3)
    await place.cancel(ann, ann_id)
    await let_offers_end(service.uow, place.network, [UUID(bo_id)])
    refusal = await refusal_of(place.accept(bo, bo_id))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "OFFER_EXPIRED")
    await expire_due_offers(service.uow)
    assert (await place.get(bo, bo_id)).state == pb.REGISTRATION_STATE_EXPIRED
    assert (await place.get(cy, cy_id)).state == pb.REGISTRATION_STATE_OFFERED
    assert (await place.register(bo)).position == 1


async def test_registrations_are_listed_with_dense_positions_page_by_page(service: EventsService):
    place = await a_place(service, places=2)
    people, ids = await place.registered(9)
    await place.cancel(people[0], ids[0])
    await place.cancel(people[5], ids[5])
    seen: list[pb.Registration] = []
    token = ""
    while True:
        page = await place.listed(page_size=2, page_token=token)
        seen += page.registrations
        token = page.next_page_token
        if not token:
            break
    order = [1, 2, 3, 4, 6, 7, 8, 0, 5]
    assert [each.id for each in seen] == [ids[at] for at in order]
    assert [each.position for each in seen] == [0, 0, 1, 2, 3, 4, 5, 0, 0]
    waiting = await place.listed(states=[pb.REGISTRATION_STATE_WAITING])
    assert [each.position for each in waiting.registrations] == [1, 2, 3, 4, 5]
    assert (await place.get(people[8], ids[8])).position == 5
    mine = await service.registrations.BatchGetMyRegistrations(
        pb.BatchGetMyRegistrationsRequest(event_ids=[place.event_id, str(uuid4())]), metadata=people[8].metadata
    )
    assert [each.position for each in mine.registrations] == [5]


async def test_a_forged_page_token_is_refused(service: EventsService):
    place = await a_place(service, places=1)
    for token in (
        encode_cursor("registrations", 2, 10**30),
        encode_cursor("registrations", "2", "1"),
        encode_cursor("seats", 2, 1),
        "nonsense",
    ):
        refusal = await refusal_of(place.listed(page_token=token))
        assert (refusal.reason, refusal.field) == ("INVALID_ARGUMENT", "page_token")


async def test_organisers_cancel_for_others_and_others_cannot(service: EventsService):
    place = await a_place(service, places=2)
    (ann, bo), (ann_id, _) = await place.registered(2)
    for stranger in (bo, service.stranger(place.network, Role.MODERATOR)):
        assert (await refusal_of(place.cancel(stranger, ann_id))).reason == "NOT_FOUND"
    assert (await refusal_of(place.get(bo, ann_id))).reason == "NOT_FOUND"
    assert (await place.cancel(place.organiser, ann_id)).state == pb.REGISTRATION_STATE_CANCELLED
    assert (await refusal_of(place.accept(place.organiser, ann_id))).reason == "NOT_FOUND"
    assert (await place.get(ann, ann_id)).version == 2


async def test_a_closed_a_cancelled_and_a_past_event_say_so(service: EventsService):
    place = await a_place(service, places=2)
    _, (ann_id,) = await place.registered(1)
    organiser = place.organiser.metadata
    await service.events.CloseRegistration(
        event_pb2.CloseRegistrationRequest(event_id=place.event_id), metadata=organiser
    )
    newcomer = service.stranger(place.network)
    assert (await refusal_of(place.register(newcomer))).reason == "EVENT_NOT_OPEN"
    await service.events.OpenRegistration(
        event_pb2.OpenRegistrationRequest(event_id=place.event_id), metadata=organiser
    )
    await move_event(service.uow, place.network, place.event.id, starts_in=timedelta(hours=-2))
    assert (await refusal_of(place.register(newcomer))).reason == "EVENT_PAST"
    await move_event(service.uow, place.network, place.event.id, starts_in=SOON)
    cancelled = await service.events.CancelEvent(
        event_pb2.CancelEventRequest(event_id=place.event_id, reason="Ill"), metadata=organiser
    )
    assert cancelled.event.state == event_pb2.EVENT_STATE_CANCELLED
    assert (await place.seen()).cancellation_reason == "Ill"
    for call in (place.register(newcomer), place.check_in(place.organiser, ann_id)):
        assert (await refusal_of(call)).reason == "EVENT_CANCELLED"


async def test_raising_the_capacity_offers_the_places_in_order(service: EventsService):
    place = await a_place(service, places=1)
    _, ids = await place.registered(5)
    request = event_pb2.ChangeCapacityRequest(event_id=place.event_id, capacity=3)
    event = (await service.events.ChangeCapacity(request, metadata=place.organiser.metadata)).event
    assert (event.capacity, event.confirmed, event.offered, event.waiting) == (3, 1, 2, 2)
    offered = await place.listed(states=[pb.REGISTRATION_STATE_OFFERED])
    assert [each.id for each in offered.registrations] == ids[1:3]
    out_of_turn = service.registrations.OfferPlace(
        pb.OfferPlaceRequest(registration_id=ids[4]), metadata=place.organiser.metadata
    )
    assert (await refusal_of(out_of_turn)).reason == "NO_FREE_PLACE"


async def test_who_is_here_is_on_the_roster_and_who_is_not_is_a_no_show_until_they_come(service: EventsService):
    place = await a_place(service, places=3, starts_in=SOON)
    (ann, _bo, cy), (ann_id, bo_id, cy_id) = await place.registered(3)
    desk = service.stranger(place.network, Role.MODERATOR)
    await place.check_in(ann, ann_id)
    await place.check_in(desk, bo_id)
    no_shows = pb.MarkNoShowsRequest(event_id=place.event_id)
    early = await refusal_of(service.registrations.MarkNoShows(no_shows, metadata=desk.metadata))
    assert early.reason == "TOO_EARLY"
    await move_event(service.uow, place.network, place.event.id, starts_in=timedelta(seconds=-1))
    assert (await service.registrations.MarkNoShows(no_shows, metadata=desk.metadata)).no_shows == 1
    assert (await place.get(cy, cy_id)).state == pb.REGISTRATION_STATE_NO_SHOW
    assert len((await place.roster()).participants) == 2
    late = await place.check_in(cy, cy_id)
    assert late.late
    assert late.HasField("checked_in_at")
    participants = (await place.roster()).participants
    accounts = [each.account_id for each in participants]
    assert accounts == sorted(accounts)
    assert [each.account_id for each in participants if each.late] == [str(cy.account)]
    names = [name for name, _, _ in await place.facts()]
    assert names[-4:] == ["ParticipantCheckedIn", "ParticipantCheckedIn", "NoShowMarked", "ParticipantCheckedIn"]
