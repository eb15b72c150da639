"""Series go on by themselves, however many replicas work on them."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, update

from services.events.domain.event import Mode
from services.events.domain.outline import Outline
from services.events.domain.series import WEEK, Series, Weekly
from services.events.storage.tables import events, series
from services.events.storage.transaction import Uow
from services.events.usecases.series import create_series, extend_due_series
from tests.support.events_network import an_organiser


async def a_series_that_stopped(uow: Uow, network: UUID, *, weeks_ago: int) -> Series:
    """A series of which the last occurrences were not made, as if no job had run for some weeks."""
    outline = Outline(
        title="Virtuele vrijdag",
        description="",
        mode=Mode.ONLINE,
        duration=timedelta(hours=1),
        capacity=102,
        offer_window=timedelta(hours=24),
    )
    first = datetime.now(UTC).date() + timedelta(days=1)
    weekly = Weekly(first_date=first, last_date=None, start_time=time(9))
    made, occurring = await create_series(uow, an_organiser(network), outline, weekly, "Europe/Brussels")
    missed = occurring[-weeks_ago:]
    gone = [event.id for event in missed]
    async with uow.begin(network) as tx:
        await tx.connection.execute(delete(events).where(events.c.network_id == network, events.c.id.in_(gone)))
        await tx.connection.execute(
            update(series)
            .where(series.c.network_id == network, series.c.id == made.id)
            .values(next_date=missed[0].occurs_on)
        )
    return made


async def occurrences(uow: Uow, network: UUID, series_id: UUID) -> list[date | None]:
    async with uow.begin(network) as tx:
        page = await tx.events.page(size=100, after=None, series=series_id, ends_after=None, with_drafts=True)
    return [event.occurs_on for event in page]


async def test_replicas_that_extend_series_at_once_make_each_occurrence_once(uow: Uow, network: UUID):
    stopped = [await a_series_that_stopped(uow, network, weeks_ago=3) for _ in range(4)]
    await asyncio.gather(*(extend_due_series(uow) for _ in range(5)))
    for made in stopped:
        dates = await occurrences(uow, network, made.id)
        assert dates == [made.first_date + week * WEEK for week in range(8)]
