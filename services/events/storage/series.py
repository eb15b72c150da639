"""Queries on series."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.events.domain.event import EventState, Mode
from services.events.domain.series import Series
from services.events.storage.due import UNFINISHED
from services.events.storage.tables import events, series


class SeriesQueries:
    """The series of one network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def get(self, series_id: UUID, *, with_drafts: bool) -> Series:
        """The series; without drafts, only if one of its events is none."""
        found = await self.many([series_id], with_drafts=with_drafts)
        if not found:
            raise NotFound("series", field="series_id")
        return found[0]

    async def many(self, ids: Sequence[UUID], *, with_drafts: bool) -> list[Series]:
        """Those of them that exist, in any order; without drafts, only those of which an event is none."""
        query = select(series).where(series.c.network_id == self._network, series.c.id.in_(ids))
        if not with_drafts:
            published = select(events.c.id).where(
                events.c.network_id == self._network,
                events.c.series_id == series.c.id,
                events.c.state != EventState.DRAFT,
            )
            query = query.where(published.exists())
        return [_series(row) for row in (await self._connection.execute(query)).mappings()]

    async def claim_unfinished(self, limit: int) -> list[Series]:
        """Series that may have occurrences to be made, locked; those that another replica works on are left to it."""
        query = (
            select(series)
            .where(series.c.network_id == self._network, UNFINISHED)
            .order_by(series.c.next_date)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_series(row) for row in (await self._connection.execute(query)).mappings()]

    async def add(self, new: Series) -> None:
        """Store a series that was just made."""
        await self._connection.execute(insert(series).values(network_id=self._network, **asdict(new)))

    async def save(self, changed: Series) -> None:
        """Store how far the series was made; it must be locked."""
        await self._connection.execute(
            update(series)
            .where(series.c.network_id == self._network, series.c.id == changed.id)
            .values(next_date=changed.next_date)
        )


def _series(row: RowMapping) -> Series:
    return Series(
        id=row["id"],
        title=row["title"],
        description=row["description"],
        mode=Mode(row["mode"]),
        first_date=row["first_date"],
        last_date=row["last_date"],
        start_time=row["start_time"],
        duration=row["duration"],
        time_zone=row["time_zone"],
        capacity=row["capacity"],
        offer_window=row["offer_window"],
        next_date=row["next_date"],
    )
