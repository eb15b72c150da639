"""What a network may ask of the solver."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.matching.domain.limits import Limits
from services.matching.storage.tables import limits


async def limits_of(connection: AsyncConnection, network: UUID, usual: Limits) -> Limits:
    """The network's own limits, and the usual ones where it has none of its own."""
    row = (await connection.execute(select(limits).where(limits.c.network_id == network))).one_or_none()
    if row is None:
        return usual
    return Limits(
        people=usual.people if row.people is None else row.people,
        rounds=usual.rounds if row.rounds is None else row.rounds,
        seconds=usual.seconds if row.seconds is None else row.seconds,
    )
