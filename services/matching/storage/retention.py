"""Forgetting long searches that have ended. Everything here needs the operation_retention path."""

from datetime import timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.matching.storage.tables import operations

BATCH = 5_000
KEEP_ENDED = timedelta(days=30)
"""For as long as somebody may still look how a search went; its plan is the break-out's."""


async def forget_batch(connection: AsyncConnection) -> bool:
    """Delete some thousands of searches that ended long ago; whether more may be left. One under way has no end."""
    key = tuple_(*operations.primary_key.columns)
    old = operations.c.ended_at < func.clock_timestamp() - KEEP_ENDED
    batch = select(*operations.primary_key.columns).where(old).limit(BATCH)
    return (await connection.execute(delete(operations).where(key.in_(batch)))).rowcount == BATCH
