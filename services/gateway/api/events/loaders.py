"""Events, series and the caller's registrations in batches."""

from __future__ import annotations

from collections.abc import Sequence

from ontmoet.events.v1.event_pb2 import BatchGetEventsRequest, BatchGetSeriesRequest, Event, Series
from ontmoet.events.v1.registration_pb2 import BatchGetMyRegistrationsRequest, Registration

from services.gateway.adapters.services import Calls
from services.gateway.api.loader import Loader


class EventsLoaders:
    """What one operation has looked up in events; None for what does not exist or may not be seen."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.events: Loader[str, Event | None] = Loader(load_fn=self._events, max_batch_size=200)
        self.series: Loader[str, Series | None] = Loader(load_fn=self._series, max_batch_size=200)
        self.my_registrations: Loader[str, Registration | None] = Loader(
            load_fn=self._my_registrations, max_batch_size=200
        )

    async def _events(self, event_ids: list[str]) -> Sequence[Event | None]:
        request = BatchGetEventsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.events.BatchGetEvents, request)
        found = {event.id: event for event in response.events}
        return [found.get(event_id) for event_id in event_ids]

    async def _series(self, series_ids: list[str]) -> Sequence[Series | None]:
        request = BatchGetSeriesRequest(series_ids=series_ids)
        response = await self._calls.call(self._calls.services.events.BatchGetSeries, request)
        found = {series.id: series for series in response.series}
        return [found.get(series_id) for series_id in series_ids]

    async def _my_registrations(self, event_ids: list[str]) -> Sequence[Registration | None]:
        request = BatchGetMyRegistrationsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.registrations.BatchGetMyRegistrations, request)
        found = {registration.event_id: registration for registration in response.registrations}
        return [found.get(event_id) for event_id in event_ids]
