"""The occurrences of many series at once are those that each of them lists alone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from ontmoet.events.v1 import event_pb2 as pb

from services.common.caller import Role
from tests.support.events_place import refusal_of
from tests.support.events_service import EventsService, Person


@pytest.fixture
async def organiser(service: EventsService) -> Person:
    return service.stranger(await service.network(), Role.ORGANISER)


async def weekly(service: EventsService, organiser: Person, begins_in: timedelta) -> pb.CreateSeriesResponse:
    """Drafts for the next eight weeks, from a day on."""
    request = pb.CreateSeriesRequest(
        title="Weekly",
        mode=pb.MODE_ONLINE,
        first_date=(datetime.now(UTC) + begins_in).date().isoformat(),
        start_time="09:00",
        duration=Duration(seconds=3600),
        capacity=1,
    )
    return await service.events.CreateSeries(request, metadata=organiser.metadata)


async def occurrences(
    service: EventsService, person: Person, *series: str, size: int = 0, ends_after: Timestamp | None = None
) -> dict[str, pb.SeriesOccurrences]:
    request = pb.BatchListOccurrencesRequest(series_ids=series, page_size=size, ends_after=ends_after)
    answer = await service.events.BatchListOccurrences(request, metadata=person.metadata)
    return {each.series_id: each for each in answer.series}


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("size", [1, 3, 0])
async def test_the_first_page_of_each_series_is_the_one_that_it_lists_alone(
    service: EventsService, organiser: Person, size: int, later: bool
):
    made = [await weekly(service, organiser, timedelta(days=days)) for days in (2, 5)]
    ends_after = made[0].occurrences[4].ends_at if later else None
    ids = [each.series.id for each in made]
    found = await occurrences(service, organiser, *ids, str(uuid4()), size=size, ends_after=ends_after)
    assert set(found) == set(ids)
    for series_id in ids:
        request = pb.ListEventsRequest(series_id=series_id, page_size=size, ends_after=ends_after)
        alone = await service.events.ListEvents(request, metadata=organiser.metadata)
        assert alone.events
        assert list(found[series_id].events) == list(alone.events)
        assert found[series_id].next_page_token == alone.next_page_token


async def test_drafts_are_left_out_for_those_who_may_not_see_them(service: EventsService, organiser: Person):
    opened, drafts = [await weekly(service, organiser, timedelta(days=days)) for days in (2, 5)]
    event_id = opened.occurrences[2].id
    await service.events.OpenRegistration(pb.OpenRegistrationRequest(event_id=event_id), metadata=organiser.metadata)
    member = service.stranger(organiser.network)
    found = await occurrences(service, member, opened.series.id, drafts.series.id, size=1)
    assert set(found) == {opened.series.id}
    assert [event.id for event in found[opened.series.id].events] == [event_id]


async def test_more_series_than_an_answer_can_hold_are_refused(service: EventsService, organiser: Person):
    refusal = await refusal_of(occurrences(service, organiser, *[str(uuid4())] * 51))
    assert (refusal.reason, refusal.field) == ("INVALID_ARGUMENT", "series_ids")
