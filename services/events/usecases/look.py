"""What people see of events and registrations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.common.refusals import NotFound
from services.common.storage.pagination import decode_cursor, encode_cursor
from services.events.domain.event import ORGANISERS, Event
from services.events.domain.registration import Registration, State
from services.events.domain.series import Series
from services.events.storage.registrations import cursor_of
from services.events.storage.transaction import Uow
from services.events.usecases.attend import DESK
from services.events.usecases.organise import visible_event, visible_events


async def get_event(uow: Uow, caller: Caller, event_id: UUID) -> Event:
    """One event that the caller may see."""
    async with uow.begin(caller.network) as tx:
        return await visible_event(tx, caller, event_id)


async def get_events(uow: Uow, caller: Caller, event_ids: Sequence[UUID]) -> list[Event]:
    """Those that exist and the caller may see."""
    async with uow.begin(caller.network) as tx:
        return await visible_events(tx, caller, event_ids)


async def list_events(
    uow: Uow, caller: Caller, *, size: int, token: str, series: UUID | None, ends_after: datetime | None
) -> tuple[list[Event], str]:
    """A page of the events that the caller may see, by start, and the token of the next page."""
    after = decode_cursor("events", token, datetime, UUID) if token else None
    async with uow.begin(caller.network) as tx:
        events = await tx.events.page(
            size=size + 1,
            after=after,
            series=series,
            ends_after=ends_after,
            with_drafts=caller.has(*ORGANISERS),
        )
    return _page_of_events(events, size)


async def list_occurrences(
    uow: Uow, caller: Caller, series_ids: Sequence[UUID], *, size: int, ends_after: datetime | None
) -> dict[UUID, tuple[list[Event], str]]:
    """The first page, and the token of the next one, of each series that has events that the caller may see."""
    async with uow.begin(caller.network) as tx:
        pages = await tx.events.first_occurrences(
            series_ids, size=size + 1, ends_after=ends_after, with_drafts=caller.has(*ORGANISERS)
        )
    return {series_id: _page_of_events(events, size) for series_id, events in pages.items()}


async def get_series(uow: Uow, caller: Caller, series_id: UUID) -> Series:
    """One series that the caller may see."""
    async with uow.begin(caller.network) as tx:
        return await tx.series.get(series_id, with_drafts=caller.has(*ORGANISERS))


async def get_many_series(uow: Uow, caller: Caller, series_ids: Sequence[UUID]) -> list[Series]:
    """Those that exist."""
    async with uow.begin(caller.network) as tx:
        return await tx.series.many(series_ids, with_drafts=caller.has(*ORGANISERS))


async def get_registration(uow: Uow, caller: Caller, registration_id: UUID) -> Registration:
    """The caller's own registration, or anybody's for those at the desk."""
    async with uow.begin(caller.network) as tx:
        registration = await tx.registrations.get(registration_id)
    if registration.account != caller.account and not caller.has(*DESK):
        raise NotFound("registration", field="registration_id")
    return registration


async def get_my_registrations(uow: Uow, caller: Caller, event_ids: Sequence[UUID]) -> list[Registration]:
    """The caller's own, at many events."""
    async with uow.begin(caller.network) as tx:
        return await tx.registrations.of_account(caller.account, event_ids)


async def list_registrations(
    uow: Uow, caller: Caller, event_id: UUID, *, size: int, token: str, states: Collection[State]
) -> tuple[list[Registration], str]:
    """A page of an event's registrations, and the token of the next page."""
    after = decode_cursor("registrations", token, int, int) if token else None
    async with uow.begin(caller.network) as tx:
        await visible_event(tx, caller, event_id)
        registrations = await tx.registrations.page(event_id, size=size + 1, after=after, states=states)
    return _page(registrations, size)


async def list_many_registrations(
    uow: Uow, caller: Caller, event_ids: Sequence[UUID], *, size: int, states: Collection[State]
) -> dict[UUID, tuple[list[Registration], str]]:
    """The first page, and the token of the next one, of each event that exists and the caller may see."""
    async with uow.begin(caller.network) as tx:
        seen = [event.id for event in await visible_events(tx, caller, event_ids)]
        pages = await tx.registrations.first_pages(seen, size=size + 1, states=states)
    return {event_id: _page(registrations, size) for event_id, registrations in pages.items()}


def _page_of_events(events: list[Event], size: int) -> tuple[list[Event], str]:
    """At most `size` of them, and the token of the next page when there are more."""
    page = events[:size]
    return page, encode_cursor("events", page[-1].starts_at, page[-1].id) if len(events) > size else ""


def _page(registrations: list[Registration], size: int) -> tuple[list[Registration], str]:
    """At most `size` of them, and the token of the next page when there are more."""
    page = registrations[:size]
    return page, encode_cursor("registrations", *cursor_of(page[-1])) if len(registrations) > size else ""
