"""Events and series over real gRPC, with a real membership beside them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from ontmoet.events.v1 import event_pb2 as pb
from ontmoet.events.v1 import registration_pb2

from services.common.caller import Role
from services.common.storage.pagination import encode_cursor
from tests.support.events_service import EventsService, Person, Refused, refused

BRUSSELS = ZoneInfo("Europe/Brussels")


def hours(number: float) -> Duration:
    return Duration(seconds=int(number * 3600))


def local(at: datetime) -> str:
    return at.astimezone(BRUSSELS).strftime("%Y-%m-%dT%H:%M")


def a_request(**values: Any) -> pb.CreateEventRequest:
    """A one-hour online event tomorrow."""
    defaults: dict[str, Any] = {
        "title": "Virtuele vrijdag",
        "mode": pb.MODE_ONLINE,
        "starts_at_local": local(datetime.now(UTC) + timedelta(days=1)),
        "duration": hours(1),
        "capacity": 102,
    }
    return pb.CreateEventRequest(**(defaults | values))


def a_series_request(**values: Any) -> pb.CreateSeriesRequest:
    defaults: dict[str, Any] = {
        "title": "Virtuele vrijdag",
        "mode": pb.MODE_ONLINE,
        "first_date": (datetime.now(UTC) + timedelta(days=2)).date().isoformat(),
        "start_time": "09:00",
        "duration": hours(1),
        "capacity": 102,
    }
    return pb.CreateSeriesRequest(**(defaults | values))


async def refusal_of(call: Any) -> Refused:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return refused(error.value)


@pytest.fixture
async def organiser(service: EventsService) -> Person:
    return service.stranger(await service.network(), Role.ORGANISER)


async def test_an_event_is_made_as_a_draft_in_the_networks_time_zone(service: EventsService, organiser: Person):
    made = (await service.events.CreateEvent(a_request(), metadata=organiser.metadata)).event
    assert made.state == pb.EVENT_STATE_DRAFT
    assert made.time_zone == "Europe/Brussels"
    assert local(made.starts_at.ToDatetime(tzinfo=UTC)) == a_request().starts_at_local
    assert made.offer_window == hours(24)
    assert made.version == 1
    read = (await service.events.GetEvent(pb.GetEventRequest(event_id=made.id), metadata=organiser.metadata)).event
    assert read == made


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \t "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "nul\x00"}, "title"),
        ({"description": "x" * 10_001}, "description"),
        ({"description": "nul\x00"}, "description"),
        ({"mode": pb.MODE_UNSPECIFIED}, "mode"),
        ({"mode": 99}, "mode"),
        ({"starts_at_local": ""}, "starts_at_local"),
        ({"starts_at_local": "tomorrow"}, "starts_at_local"),
        ({"starts_at_local": "2026-11-27T09:00Z"}, "starts_at_local"),
        ({"starts_at_local": "2026-11-27T09:00+01:00"}, "starts_at_local"),
        ({"starts_at_local": "2026-13-01T09:00"}, "starts_at_local"),
        ({"starts_at_local": "0001-01-01T00:00"}, "starts_at_local"),
        ({"starts_at_local": "9999-12-31T23:59"}, "starts_at_local"),
        ({"duration": Duration(seconds=299)}, "duration"),
        ({"duration": hours(25)}, "duration"),
        ({"duration": Duration(seconds=-3600)}, "duration"),
        ({"duration": Duration(seconds=315_576_000_000)}, "duration"),
        ({"duration": Duration(seconds=2**62)}, "duration"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 100_001}, "capacity"),
        ({"offer_window": Duration(seconds=9)}, "offer_window"),
        ({"offer_window": hours(15 * 24)}, "offer_window"),
    ],
)
async def test_what_is_out_of_bounds_is_refused_by_its_fields_name(
    service: EventsService, organiser: Person, values: dict[str, Any], field: str
):
    refusal = await refusal_of(service.events.CreateEvent(a_request(**values), metadata=organiser.metadata))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert refusal.field == field


@pytest.mark.parametrize("title", ["x" * 200, "🎉 Friday 👩‍👩‍👧", "مرحبا بالجميع", "Ωmega Ünïcode"])
async def test_titles_in_any_script_are_kept_as_written(service: EventsService, organiser: Person, title: str):
    made = await service.events.CreateEvent(a_request(title=title), metadata=organiser.metadata)
    assert made.event.title == title


async def test_a_start_in_a_gap_of_daylight_saving_is_refused_with_the_nearest_times(
    service: EventsService, organiser: Person
):
    year = datetime.now(UTC).year + 1
    gap = next(
        datetime(year, 3, day, 2, 30) for day in range(31, 24, -1) if datetime(year, 3, day).weekday() == 6
    )  # the last Sunday of March
    request = a_request(starts_at_local=gap.strftime("%Y-%m-%dT%H:%M"))
    refusal = await refusal_of(service.events.CreateEvent(request, metadata=organiser.metadata))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "TIME_DOES_NOT_EXIST")
    assert refusal.field == "starts_at_local"
    assert refusal.details == {
        "earlier": gap.strftime("%Y-%m-%dT01:59"),
        "later": gap.strftime("%Y-%m-%dT03:00"),
    }


async def test_an_event_that_runs_already_is_accepted_and_one_that_is_over_refused(
    service: EventsService, organiser: Person
):
    now = datetime.now(UTC)
    running = a_request(starts_at_local=local(now - timedelta(minutes=30)))
    assert (await service.events.CreateEvent(running, metadata=organiser.metadata)).event.id
    over = a_request(starts_at_local=local(now - timedelta(minutes=90)))
    refusal = await refusal_of(service.events.CreateEvent(over, metadata=organiser.metadata))
    assert (refusal.reason, refusal.field) == ("EVENT_PAST", "starts_at_local")


async def test_a_call_repeated_with_its_key_makes_one_event_and_asks_membership_outside_the_transaction(
    service: EventsService, organiser: Person
):
    metadata = (*organiser.metadata, ("idempotency-key", "k-1"))
    first = (await service.events.CreateEvent(a_request(), metadata=metadata)).event
    again = (await service.events.CreateEvent(a_request(), metadata=metadata)).event
    assert first == again


async def test_a_weekly_series_makes_its_occurrences_at_nine_eight_weeks_ahead(
    service: EventsService, organiser: Person
):
    answer = await service.events.CreateSeries(a_series_request(), metadata=organiser.metadata)
    starts = [each.starts_at.ToDatetime(tzinfo=UTC).astimezone(BRUSSELS) for each in answer.occurrences]
    assert len(starts) == 8
    assert {start.strftime("%H:%M") for start in starts} == {"09:00"}
    assert {each.series_id for each in answer.occurrences} == {answer.series.id}
    assert {each.state for each in answer.occurrences} == {pb.EVENT_STATE_DRAFT}
    listed = await service.events.ListEvents(
        pb.ListEventsRequest(series_id=answer.series.id), metadata=organiser.metadata
    )
    assert list(listed.events) == list(answer.occurrences)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_date": "27-11-2026"}, "first_date"),
        ({"first_date": "0001-01-01"}, "first_date"),
        ({"last_date": "never"}, "last_date"),
        ({"last_date": "2020-01-01"}, "last_date"),
        ({"start_time": "9"}, "start_time"),
        ({"start_time": "24:00"}, "start_time"),
        ({"title": ""}, "title"),
        ({"capacity": -1}, "capacity"),
    ],
)
async def test_a_series_out_of_bounds_is_refused_by_its_fields_name(
    service: EventsService, organiser: Person, values: dict[str, Any], field: str
):
    refusal = await refusal_of(service.events.CreateSeries(a_series_request(**values), metadata=organiser.metadata))
    assert (refusal.reason, refusal.field) == ("INVALID_ARGUMENT", field)


async def test_a_series_that_began_in_the_past_is_refused(service: EventsService, organiser: Person):
    request = a_series_request(first_date=(datetime.now(UTC) - timedelta(days=3)).date().isoformat())
    refusal = await refusal_of(service.events.CreateSeries(request, metadata=organiser.metadata))
    assert (refusal.reason, refusal.field) == ("EVENT_PAST", "first_date")


async def test_a_draft_is_missing_to_all_but_organisers(service: EventsService, organiser: Person):
    answer = await service.events.CreateSeries(a_series_request(), metadata=organiser.metadata)
    draft, series = answer.occurrences[0].id, answer.series.id
    for role in (Role.MEMBER, Role.GUEST, Role.MODERATOR, Role.ASSISTANT):
        other = service.stranger(organiser.network, role)
        refusals = [
            await refusal_of(service.events.GetEvent(pb.GetEventRequest(event_id=draft), metadata=other.metadata)),
            await refusal_of(
                service.registrations.Register(
                    registration_pb2.RegisterRequest(event_id=draft), metadata=other.metadata
                )
            ),
            await refusal_of(service.events.GetSeries(pb.GetSeriesRequest(series_id=series), metadata=other.metadata)),
        ]
        assert {each.reason for each in refusals} == {"NOT_FOUND"}
        batch = await service.events.BatchGetEvents(
            pb.BatchGetEventsRequest(event_ids=[draft]), metadata=other.metadata
        )
        assert not batch.events
        assert not (await service.events.ListEvents(pb.ListEventsRequest(), metadata=other.metadata)).events
    matching = service.identity.service_metadata("matching", organiser.network, to="events")
    assert (await service.events.GetEvent(pb.GetEventRequest(event_id=draft), metadata=matching)).event.id == draft


async def test_a_series_shows_once_one_of_its_events_is_open(service: EventsService, organiser: Person):
    answer = await service.events.CreateSeries(a_series_request(), metadata=organiser.metadata)
    await service.events.OpenRegistration(
        pb.OpenRegistrationRequest(event_id=answer.occurrences[0].id), metadata=organiser.metadata
    )
    member = service.stranger(organiser.network)
    request = pb.BatchGetSeriesRequest(series_ids=[answer.series.id])
    assert list((await service.events.BatchGetSeries(request, metadata=member.metadata)).series) == [answer.series]


async def test_events_are_listed_by_start_page_by_page(service: EventsService, organiser: Person):
    begin = datetime.now(UTC) + timedelta(days=1)
    made = [
        (
            await service.events.CreateEvent(
                a_request(starts_at_local=local(begin + timedelta(hours=hour))), metadata=organiser.metadata
            )
        ).event.id
        for hour in (3, 1, 2, 2, 0)
    ]
    seen: list[str] = []
    token = ""
    while True:
        request = pb.ListEventsRequest(page_size=2, page_token=token)
        page = await service.events.ListEvents(request, metadata=organiser.metadata)
        assert len(page.events) <= 2
        seen += [each.id for each in page.events]
        token = page.next_page_token
        if not token:
            break
    assert seen == [made[4], made[1], *sorted(made[2:4]), made[0]]
    after = Timestamp()
    after.FromDatetime(begin + timedelta(hours=3, minutes=30))
    late = await service.events.ListEvents(pb.ListEventsRequest(ends_after=after), metadata=organiser.metadata)
    assert [each.id for each in late.events] == [made[0]]


@pytest.mark.parametrize(
    "request_",
    [
        pb.ListEventsRequest(page_token="nonsense"),
        pb.ListEventsRequest(page_token=encode_cursor("events", "2026-01-01T00:00:00", str(UUID(int=1)))),
        pb.ListEventsRequest(page_token=encode_cursor("events", "0001-01-01T00:00:00+14:00", str(UUID(int=1)))),
        pb.ListEventsRequest(page_size=-1),
        pb.ListEventsRequest(series_id="x"),
        pb.ListEventsRequest(ends_after=Timestamp(seconds=10**15)),
    ],
)
async def test_a_list_asked_for_wrongly_is_refused(
    service: EventsService, organiser: Person, request_: pb.ListEventsRequest
):
    refusal = await refusal_of(service.events.ListEvents(request_, metadata=organiser.metadata))
    assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.field


async def test_too_many_at_once_are_refused(service: EventsService, organiser: Person):
    request = pb.BatchGetEventsRequest(event_ids=[organiser.account.hex] * 201)
    refusal = await refusal_of(service.events.BatchGetEvents(request, metadata=organiser.metadata))
    assert (refusal.reason, refusal.field) == ("INVALID_ARGUMENT", "event_ids")
