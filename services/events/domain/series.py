"""A weekly series: one rule, many events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.events.domain.event import Event, EventState, Mode
from services.events.domain.local_time import instant

WEEK = timedelta(weeks=1)
# Occurrences are made this far ahead, and the first one in any case.
AHEAD = timedelta(weeks=8)


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """When a series takes place, in local time."""

    first_date: date
    last_date: date | None
    start_time: time


@dataclass(kw_only=True)
class Series:
    """Makes an event every week at one local time, also across daylight saving."""

    id: UUID
    title: str
    description: str
    mode: Mode
    first_date: date
    last_date: date | None
    start_time: time
    duration: timedelta
    time_zone: str
    capacity: int
    offer_window: timedelta
    # The first date whose occurrence was not made yet; None when the last one was.
    next_date: date | None

    def starts_on(self, day: date) -> datetime:
        """The start of one occurrence; where the clock skips that time, it shifts forward with the clock."""
        return instant(datetime.combine(day, self.start_time), ZoneInfo(self.time_zone))

    def due_dates(self, now: datetime) -> Iterator[date]:
        """The dates whose occurrences are to be made now; moves `next_date` past them, and past those that are over."""
        while self.next_date is not None and (
            self.next_date == self.first_date or self.starts_on(self.next_date) <= now + AHEAD
        ):
            if self.starts_on(self.next_date) + self.duration > now:
                yield self.next_date
            following = self.next_date + WEEK
            self.next_date = following if self.last_date is None or following <= self.last_date else None

    def occurrence(self, event_id: UUID, day: date) -> Event:
        """One event of the series, as a draft."""
        starts_at = self.starts_on(day)
        return Event(
            id=event_id,
            series=self.id,
            occurs_on=day,
            title=self.title,
            description=self.description,
            mode=self.mode,
            starts_at=starts_at,
            ends_at=starts_at + self.duration,
            time_zone=self.time_zone,
            state=EventState.DRAFT,
            capacity=self.capacity,
            offer_window=self.offer_window,
        )
