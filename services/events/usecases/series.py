"""Weekly series, and the events that they make."""

from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.refusals import Invalid
from services.events.domain.event import Event
from services.events.domain.outline import Outline, check_reach
from services.events.domain.refusals import EventIsPast
from services.events.domain.series import Series, Weekly
from services.events.storage.due import networks_with_unfinished_series
from services.events.storage.system_paths import DUE
from services.events.storage.transaction import EventsTransaction, Uow

SERIES_AT_ONCE = 20


async def create_series(
    uow: Uow, caller: Caller, outline: Outline, weekly: Weekly, time_zone: str
) -> tuple[Series, list[Event]]:
    """Make a weekly series and the occurrences of the coming weeks, as drafts."""
    async with uow.begin(caller.network) as tx:
        now = await tx.now()
        check_reach(weekly.first_date, now, "first_date")
        if weekly.last_date is not None and weekly.last_date < weekly.first_date:
            raise Invalid("last_date", "A series cannot end before it begins.", rule="order")
        series = Series(
            id=new_id(),
            title=outline.title,
            description=outline.description,
            mode=outline.mode,
            first_date=weekly.first_date,
            last_date=weekly.last_date,
            start_time=weekly.start_time,
            duration=outline.duration,
            time_zone=time_zone,
            capacity=outline.capacity,
            offer_window=outline.offer_window,
            next_date=weekly.first_date,
        )
        if series.starts_on(series.first_date) + series.duration <= now:
            raise EventIsPast("The first occurrence is over already.", field="first_date")
        await tx.series.add(series)
        occurrences = await _make_due_occurrences(tx, series, now)
    return series, occurrences


async def extend_series(uow: Uow, network: UUID) -> None:
    """Make the occurrences that a network's series lack. Replicas share the work: each series is locked by one."""
    async with uow.begin(network) as tx:
        now = await tx.now()
        for series in await tx.series.claim_unfinished(SERIES_AT_ONCE):
            await _make_due_occurrences(tx, series, now)


async def extend_due_series(uow: Uow) -> None:
    """Do so in every network that has series to go on with."""
    async with uow.system(DUE) as connection:
        networks = await networks_with_unfinished_series(connection)
    for network in networks:
        await extend_series(uow, network)


async def _make_due_occurrences(tx: EventsTransaction, series: Series, now: datetime) -> list[Event]:
    occurrences = [series.occurrence(new_id(), day) for day in series.due_dates(now)]
    tx.outbox.add(*(event.created() for event in occurrences))
    await tx.events.add(occurrences)
    await tx.series.save(series)
    return occurrences
