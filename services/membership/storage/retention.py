"""Forgetting codes and sessions that are over."""

from datetime import timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.membership.storage.tables import code_requests, refresh_tokens, sessions

CODES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=7)


async def forget_codes(connection: AsyncConnection) -> int:
    """Delete codes that expired a day ago. Needs the sign_in_retention path."""
    old = code_requests.c.expires_at < func.clock_timestamp() - CODES_KEPT
    return (await connection.execute(delete(code_requests).where(old))).rowcount


async def forget_sessions(connection: AsyncConnection) -> int:
    """Delete sessions that expired a week ago, with their tokens. Needs the sign_in_retention path."""
    old = sessions.c.expires_at < func.clock_timestamp() - SESSIONS_KEPT
    of_old = tuple_(refresh_tokens.c.network_id, refresh_tokens.c.session_id).in_(
        select(sessions.c.network_id, sessions.c.id).where(old)
    )
    await connection.execute(delete(refresh_tokens).where(of_old))
    return (await connection.execute(delete(sessions).where(old))).rowcount
