"""Which networks have something due. Asked on the system path DUE, which sees nothing else."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.events.domain.series import AHEAD
from services.events.storage.tables import registrations, series

# A day more than is made ahead: local dates run before the database's.
UNFINISHED = series.c.next_date <= cast(func.statement_timestamp() + (AHEAD + timedelta(days=1)), Date)


async def networks_with_expired_offers(connection: AsyncConnection) -> list[UUID]:
    """Networks in which somebody's offer is over, by the database's clock."""
    query = select(registrations.c.network_id).where(registrations.c.offer_expires_at <= func.statement_timestamp())
    return list((await connection.execute(query.distinct())).scalars())


async def networks_with_unfinished_series(connection: AsyncConnection) -> list[UUID]:
    """Networks with a series that may have occurrences to be made."""
    return list((await connection.execute(select(series.c.network_id).where(UNFINISHED).distinct())).scalars())
