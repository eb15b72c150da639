"""Forgetting codes and sessions that are over. Everything here needs the sign_in_retention path."""

from datetime import timedelta

from sqlalchemy import Table, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.membership.storage.tables import code_requests, refresh_tokens, sessions

BATCH = 5_000
KEPT = {code_requests: timedelta(days=1), refresh_tokens: timedelta(days=7), sessions: timedelta(days=7)}
"""How long each is kept after it expired. Tokens come before their sessions, which live as long as the last of them."""


async def forget_batch(connection: AsyncConnection, table: Table) -> bool:
    """Delete some thousands of the table's rows that expired long ago; whether there may be more."""
    key = tuple_(*table.primary_key.columns)
    old = table.c.expires_at < func.clock_timestamp() - KEPT[table]
    batch = select(*table.primary_key.columns).where(old).limit(BATCH)
    return (await connection.execute(delete(table).where(key.in_(batch)))).rowcount == BATCH
