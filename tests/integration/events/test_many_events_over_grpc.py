"""What is asked of many events at once is what each of them answers alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from ontmoet.events.v1 import registration_pb2 as pb

from services.common.caller import Role
from services.events.domain.event import EventState
from tests.support.events import an_event
from tests.support.events_network import an_open_event
from tests.support.events_place import Place, a_place, refusal_of
from tests.support.events_service import EventsService

SOON = timedelta(minutes=20)


async def two_places(service: EventsService) -> list[Place]:
    """Two open events of one network; at the first, one of four people gave up, and one waits."""
    first = await a_place(service, places=2, starts_in=SOON)
    second = Place(service, first.network, await an_open_event(service.uow, first.network, places=1, starts_in=SOON))
    people, ids = await first.registered(5)
    await first.cancel(people[1], ids[1])
    await second.registered(2)
    return [first, second]


@pytest.mark.parametrize("states", [[], [pb.REGISTRATION_STATE_WAITING, pb.REGISTRATION_STATE_OFFERED]])
@pytest.mark.parametrize("size", [1, 3, 0])
async def test_the_first_page_of_each_event_is_the_one_that_it_lists_alone(
    service: EventsService, states: list[pb.RegistrationState.ValueType], size: int
):
    places = await two_places(service)
    request = pb.BatchListRegistrationsRequest(
        event_ids=[place.event_id for place in places] + [str(uuid4())], page_size=size, states=states
    )
    answer = await service.registrations.BatchListRegistrations(request, metadata=places[0].organiser.metadata)
    found = {event.event_id: event for event in answer.events}
    assert len(found) == 2
    for place in places:
        alone = await place.listed(page_size=size, states=states)
        assert alone.registrations
        assert list(found[place.event_id].registrations) == list(alone.registrations)
        assert found[place.event_id].next_page_token == alone.next_page_token


async def test_rosters_and_moderators_of_many_events_are_those_of_each(service: EventsService):
    places = await two_places(service)
    for place in places:
        moderator = await service.person(place.network, Role.MODERATOR)
        await place.assign(pb.Moderator(account_id=str(moderator.account)))
        first = (await place.listed(page_size=1)).registrations[0]
        await place.check_in(place.organiser, first.id)
    desk, ids = places[0].organiser.metadata, [place.event_id for place in places]
    rosters = await service.registrations.BatchGetRosters(pb.BatchGetRostersRequest(event_ids=ids), metadata=desk)
    moderators = await service.registrations.BatchListModerators(
        pb.BatchListModeratorsRequest(event_ids=ids), metadata=desk
    )
    for place in places:
        alone = await place.roster()
        assert len(alone.participants) == len(alone.moderators) == 1
        [roster] = [each for each in rosters.rosters if each.event_id == place.event_id]
        assert (list(roster.participants), list(roster.moderators)) == (
            list(alone.participants),
            list(alone.moderators),
        )
        [of_event] = [each for each in moderators.events if each.event_id == place.event_id]
        assert list(of_event.moderators) == list(alone.moderators)


async def test_more_events_than_an_answer_can_hold_are_refused(service: EventsService):
    place = await a_place(service, places=1)
    ids = [str(uuid4())] * 51
    desk = place.organiser.metadata
    for call in (
        service.registrations.BatchListRegistrations(pb.BatchListRegistrationsRequest(event_ids=ids), metadata=desk),
        service.registrations.BatchGetRosters(pb.BatchGetRostersRequest(event_ids=ids), metadata=desk),
    ):
        refusal = await refusal_of(call)
        assert (refusal.reason, refusal.field) == ("INVALID_ARGUMENT", "event_ids")


async def test_a_draft_is_left_out_for_those_who_may_not_see_it(service: EventsService):
    place = await a_place(service, places=1)
    draft = an_event(state=EventState.DRAFT)
    async with service.uow.begin(place.network) as tx:
        await tx.events.add([draft])
    moderator = service.stranger(place.network, Role.MODERATOR)
    ids = [place.event_id, str(draft.id)]
    seen = await service.registrations.BatchListRegistrations(
        pb.BatchListRegistrationsRequest(event_ids=ids), metadata=moderator.metadata
    )
    assert [event.event_id for event in seen.events] == [place.event_id]
