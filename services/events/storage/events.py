"""Queries on events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, RowMapping, Select, bindparam, func, insert, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.events.domain.event import Event, EventState, Mode
from services.events.storage.tables import events, registrations
from services.events.storage.tables import series as series_table

THE_EVENT = (events.c.network_id == bindparam("network"), events.c.id == bindparam("event"))
_ITS_EVENT = (
    events.c.network_id == bindparam("network"),
    events.c.id
    == select(registrations.c.event_id)
    .where(registrations.c.network_id == bindparam("network"), registrations.c.id == bindparam("registration"))
    .scalar_subquery(),
)
_CHANGING = ("state", "capacity", "confirmed", "offered", "waiting", "last_ticket", "cancel_reason", "version")
set_counters: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in _CHANGING}
_SAVE = update(events).where(*THE_EVENT).values(set_counters)


class Events:
    """The events of one network."""

    # The time is taken outside the locking query, so it is read once the lock is held.
    _locked = select(events).where(*THE_EVENT).with_for_update().subquery("locked")
    lock_query = select(_locked, func.clock_timestamp().label("now"))
    _locked_by_registration = select(events).where(*_ITS_EVENT).with_for_update().subquery("locked")
    lock_by_registration_query = select(_locked_by_registration, func.clock_timestamp().label("now"))

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def lock(self, event_id: UUID) -> tuple[Event, datetime]:
        """The event, locked until the transaction ends, and the database's time since it is."""
        row = await self._one(self.lock_query, event=event_id)
        if row is None:
            raise NotFound("event", field="event_id")
        return _event(row), row["now"]

    async def lock_of_registration(self, registration_id: UUID) -> tuple[Event, datetime]:
        """The event of a registration, locked likewise."""
        row = await self._one(self.lock_by_registration_query, registration=registration_id)
        if row is None:
            raise NotFound("registration", field="registration_id")
        return _event(row), row["now"]

    async def get(self, event_id: UUID) -> Event:
        """The event as it is, without a lock."""
        row = await self._one(select(events).where(*THE_EVENT), event=event_id)
        if row is None:
            raise NotFound("event", field="event_id")
        return _event(row)

    async def many(self, ids: Sequence[UUID]) -> list[Event]:
        """Those of them that exist, in any order."""
        query = select(events).where(events.c.network_id == self._network, events.c.id.in_(ids))
        return [_event(row) for row in (await self._connection.execute(query)).mappings()]

    async def page(
        self,
        *,
        size: int,
        after: tuple[datetime, UUID] | None,
        series: UUID | None,
        ends_after: datetime | None,
        with_drafts: bool,
    ) -> list[Event]:
        """The next events by start, after the one named by its start and id."""
        query = self._by_start(size, ends_after, with_drafts=with_drafts)
        if after is not None:
            query = query.where(tuple_(events.c.starts_at, events.c.id) > after)
        if series is not None:
            query = query.where(events.c.series_id == series)
        return [_event(row) for row in (await self._connection.execute(query)).mappings()]

    async def first_occurrences(
        self, ids: Sequence[UUID], *, size: int, ends_after: datetime | None, with_drafts: bool
    ) -> dict[UUID, list[Event]]:
        """The first events of each of these series that has any, in the order of `page`."""
        of_series = events.c.series_id == series_table.c.id
        first = self._by_start(size, ends_after, with_drafts=with_drafts).where(of_series).lateral("first")
        query = (
            select(first)
            .select_from(series_table.join(first, true()))
            .where(series_table.c.network_id == self._network, series_table.c.id.in_(ids))
            .order_by(first.c.starts_at, first.c.id)
        )
        found: dict[UUID, list[Event]] = {}
        for row in (await self._connection.execute(query)).mappings():
            found.setdefault(row["series_id"], []).append(_event(row))
        return found

    async def add(self, new: Sequence[Event]) -> None:
        """Store events that were just made."""
        if new:
            await self._connection.execute(insert(events), [_values(event, self._network) for event in new])

    async def save(self, event: Event) -> None:
        """Store what can change about an event; it must be locked."""
        await self._connection.execute(_SAVE, {"network": self._network, "event": event.id, **changed_counters(event)})

    def _by_start(self, size: int, ends_after: datetime | None, *, with_drafts: bool) -> Select[Any]:
        query = select(events).where(events.c.network_id == self._network)
        if ends_after is not None:
            query = query.where(events.c.ends_at > ends_after)
        if not with_drafts:
            query = query.where(events.c.state != EventState.DRAFT)
        return query.order_by(events.c.starts_at, events.c.id).limit(size)

    async def _one(self, query: Select[Any], **parameters: UUID) -> RowMapping | None:
        result = await self._connection.execute(query, {"network": self._network, **parameters})
        return result.mappings().one_or_none()


def changed_counters(event: Event) -> dict[str, object]:
    """The values for `set_counters`."""
    return {f"new_{name}": getattr(event, name) for name in _CHANGING}


def _event(row: RowMapping) -> Event:
    return Event(
        id=row["id"],
        series=row["series_id"],
        occurs_on=row["occurs_on"],
        title=row["title"],
        description=row["description"],
        mode=Mode(row["mode"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        time_zone=row["time_zone"],
        state=EventState(row["state"]),
        capacity=row["capacity"],
        offer_window=row["offer_window"],
        confirmed=row["confirmed"],
        offered=row["offered"],
        waiting=row["waiting"],
        last_ticket=row["last_ticket"],
        cancel_reason=row["cancel_reason"],
        version=row["version"],
    )


def _values(event: Event, network: UUID) -> dict[str, object]:
    return {
        "network_id": network,
        "id": event.id,
        "series_id": event.series,
        "occurs_on": event.occurs_on,
        "title": event.title,
        "description": event.description,
        "mode": event.mode,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "time_zone": event.time_zone,
        "offer_window": event.offer_window,
        **{name: getattr(event, name) for name in _CHANGING},
    }
