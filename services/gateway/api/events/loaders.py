"""Events, series, registrations and who is at an event, in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ontmoet.events.v1.event_pb2 import (
    BatchGetEventsRequest,
    BatchGetSeriesRequest,
    BatchListOccurrencesRequest,
    Event,
    Series,
    SeriesOccurrences,
)
from ontmoet.events.v1.registration_pb2 import (
    BatchGetMyRegistrationsRequest,
    BatchGetRostersRequest,
    BatchListModeratorsRequest,
    BatchListRegistrationsRequest,
    EventModerators,
    EventRegistrations,
    EventRoster,
    Registration,
    RegistrationState,
)

from services.gateway.adapters.services import Calls
from services.gateway.api.loader import Loader
from services.gateway.wire import to_timestamp

# What the services take at once where people come with each event, or events with each series.
MOST_WITH_PEOPLE = 50
MOST_WITH_EVENTS = 50


class FirstPage(NamedTuple):
    """The first registrations of an event, in these states or in all."""

    event_id: str
    size: int
    states: tuple[RegistrationState.ValueType, ...]


class FirstOccurrences(NamedTuple):
    """The first occurrences of a series, or those that end after a time."""

    series_id: str
    size: int
    ends_after: datetime | None


class EventsLoaders:
    """What one operation has looked up in events; None for what does not exist or may not be seen."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.events: Loader[str, Event | None] = Loader(load_fn=self._events, max_batch_size=200)
        self.series: Loader[str, Series | None] = Loader(load_fn=self._series, max_batch_size=200)
        self.occurrences: Loader[FirstOccurrences, SeriesOccurrences | None] = Loader(
            load_fn=self._occurrences, max_batch_size=MOST_WITH_EVENTS
        )
        self.my_registrations: Loader[str, Registration | None] = Loader(
            load_fn=self._my_registrations, max_batch_size=200
        )
        self.registrations: Loader[FirstPage, EventRegistrations | None] = Loader(
            load_fn=self._registrations, max_batch_size=MOST_WITH_PEOPLE
        )
        self.rosters: Loader[str, EventRoster | None] = Loader(load_fn=self._rosters, max_batch_size=MOST_WITH_PEOPLE)
        self.moderators: Loader[str, EventModerators | None] = Loader(load_fn=self._moderators, max_batch_size=200)

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

    async def _occurrences(self, pages: list[FirstOccurrences]) -> Sequence[SeriesOccurrences | None]:
        """One call for all pages that are alike but for their series."""
        alike: dict[tuple[int, datetime | None], list[str]] = defaultdict(list)
        for page in pages:
            alike[page.size, page.ends_after].append(page.series_id)
        found: dict[FirstOccurrences, SeriesOccurrences] = {}
        for (size, ends_after), series_ids in alike.items():
            request = BatchListOccurrencesRequest(
                series_ids=series_ids, page_size=size, ends_after=to_timestamp(ends_after)
            )
            response = await self._calls.call(self._calls.services.events.BatchListOccurrences, request)
            found |= {FirstOccurrences(each.series_id, size, ends_after): each for each in response.series}
        return [found.get(page) for page in pages]

    async def _my_registrations(self, event_ids: list[str]) -> Sequence[Registration | None]:
        request = BatchGetMyRegistrationsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.registrations.BatchGetMyRegistrations, request)
        found = {registration.event_id: registration for registration in response.registrations}
        return [found.get(event_id) for event_id in event_ids]

    async def _registrations(self, pages: list[FirstPage]) -> Sequence[EventRegistrations | None]:
        """One call for all pages of one size and the same states; a document mostly asks for no other."""
        alike: dict[tuple[int, tuple[RegistrationState.ValueType, ...]], list[str]] = defaultdict(list)
        for page in pages:
            alike[page.size, page.states].append(page.event_id)
        found: dict[FirstPage, EventRegistrations] = {}
        for (size, states), event_ids in alike.items():
            request = BatchListRegistrationsRequest(event_ids=event_ids, page_size=size, states=states)
            response = await self._calls.call(self._calls.services.registrations.BatchListRegistrations, request)
            found |= {FirstPage(event.event_id, size, states): event for event in response.events}
        return [found.get(page) for page in pages]

    async def _rosters(self, event_ids: list[str]) -> Sequence[EventRoster | None]:
        request = BatchGetRostersRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.registrations.BatchGetRosters, request)
        found = {roster.event_id: roster for roster in response.rosters}
        return [found.get(event_id) for event_id in event_ids]

    async def _moderators(self, event_ids: list[str]) -> Sequence[EventModerators | None]:
        request = BatchListModeratorsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.registrations.BatchListModerators, request)
        found = {event.event_id: event for event in response.events}
        return [found.get(event_id) for event_id in event_ids]
