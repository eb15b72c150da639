"""EventService."""

from ontmoet.events.v1 import event_pb2 as pb
from ontmoet.events.v1.event_pb2_grpc import EventServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.common.storage.pagination import page_size
from services.events.adapters.membership import Membership
from services.events.storage.transaction import Uow
from services.events.usecases import look, organise, series
from services.events.wire import (
    decode_ids,
    decode_local_time,
    decode_outline,
    decode_timestamp,
    decode_weekly,
    encode_event,
    encode_series,
)

BATCH = 200
BATCH_WITH_EVENTS = 50


class EventApi(EventServiceServicer):
    """Events and series."""

    def __init__(self, uow: Uow, membership: Membership) -> None:
        self._uow = uow
        self._membership = membership

    async def CreateEvent(self, request: pb.CreateEventRequest, context: object) -> pb.CreateEventResponse:
        caller = current_caller()
        outline = decode_outline(request)
        starts_at = decode_local_time(request.starts_at_local, "starts_at_local")
        zone = await self._membership.time_zone(caller.network)
        event = await organise.create_event(self._uow, caller, outline, starts_at, zone)
        return pb.CreateEventResponse(event=encode_event(event))

    async def CreateSeries(self, request: pb.CreateSeriesRequest, context: object) -> pb.CreateSeriesResponse:
        caller = current_caller()
        outline, weekly = decode_outline(request), decode_weekly(request)
        zone = await self._membership.time_zone(caller.network)
        made, occurrences = await series.create_series(self._uow, caller, outline, weekly, zone)
        return pb.CreateSeriesResponse(
            series=encode_series(made), occurrences=[encode_event(event) for event in occurrences]
        )

    async def GetSeries(self, request: pb.GetSeriesRequest, context: object) -> pb.GetSeriesResponse:
        found = await look.get_series(self._uow, current_caller(), parse_id(request.series_id, "series_id"))
        return pb.GetSeriesResponse(series=encode_series(found))

    async def BatchGetSeries(self, request: pb.BatchGetSeriesRequest, context: object) -> pb.BatchGetSeriesResponse:
        ids = decode_ids(request.series_ids, "series_ids", BATCH)
        found = await look.get_many_series(self._uow, current_caller(), ids)
        return pb.BatchGetSeriesResponse(series=[encode_series(each) for each in found])

    async def GetEvent(self, request: pb.GetEventRequest, context: object) -> pb.GetEventResponse:
        event = await look.get_event(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.GetEventResponse(event=encode_event(event))

    async def BatchGetEvents(self, request: pb.BatchGetEventsRequest, context: object) -> pb.BatchGetEventsResponse:
        ids = decode_ids(request.event_ids, "event_ids", BATCH)
        events = await look.get_events(self._uow, current_caller(), ids)
        return pb.BatchGetEventsResponse(events=[encode_event(event) for event in events])

    async def ListEvents(self, request: pb.ListEventsRequest, context: object) -> pb.ListEventsResponse:
        events, next_page_token = await look.list_events(
            self._uow,
            current_caller(),
            size=page_size(request.page_size, 50, 200),
            token=request.page_token,
            series=parse_id(request.series_id, "series_id") if request.series_id else None,
            ends_after=decode_timestamp(request.ends_after, "ends_after") if request.HasField("ends_after") else None,
        )
        return pb.ListEventsResponse(events=[encode_event(event) for event in events], next_page_token=next_page_token)

    async def BatchListOccurrences(
        self, request: pb.BatchListOccurrencesRequest, context: object
    ) -> pb.BatchListOccurrencesResponse:
        pages = await look.list_occurrences(
            self._uow,
            current_caller(),
            decode_ids(request.series_ids, "series_ids", BATCH_WITH_EVENTS),
            size=page_size(request.page_size, 50, 200),
            ends_after=decode_timestamp(request.ends_after, "ends_after") if request.HasField("ends_after") else None,
        )
        return pb.BatchListOccurrencesResponse(
            series=[
                pb.SeriesOccurrences(series_id=str(series_id), events=map(encode_event, page), next_page_token=token)
                for series_id, (page, token) in pages.items()
            ]
        )

    async def OpenRegistration(
        self, request: pb.OpenRegistrationRequest, context: object
    ) -> pb.OpenRegistrationResponse:
        event = await organise.open_registration(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.OpenRegistrationResponse(event=encode_event(event))

    async def CloseRegistration(
        self, request: pb.CloseRegistrationRequest, context: object
    ) -> pb.CloseRegistrationResponse:
        event = await organise.close_registration(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.CloseRegistrationResponse(event=encode_event(event))

    async def ChangeCapacity(self, request: pb.ChangeCapacityRequest, context: object) -> pb.ChangeCapacityResponse:
        event = await organise.change_capacity(
            self._uow, current_caller(), parse_id(request.event_id, "event_id"), request.capacity
        )
        return pb.ChangeCapacityResponse(event=encode_event(event))

    async def CancelEvent(self, request: pb.CancelEventRequest, context: object) -> pb.CancelEventResponse:
        event = await organise.cancel_event(
            self._uow, current_caller(), parse_id(request.event_id, "event_id"), request.reason
        )
        return pb.CancelEventResponse(event=encode_event(event))
