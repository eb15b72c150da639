"""One at a time among the replicas of a service, decided by the service's own database."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.common.refusals import Refusal
from services.common.storage.database import Database
from services.common.tasks import end

_log = structlog.stdlib.get_logger(__name__)

STILL_LEADING = 1.0
"""Seconds between two looks whether the lock is still held."""
NEXT_TRY = 0.5
"""Seconds until a follower tries again."""

# Held by an idle transaction, not by the session, so that it also works behind PgBouncer in transaction mode.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('ontmoet.leader'), hashtext(:name))")
_STILL_THERE = text("SELECT 1")


async def lead(database: Database, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Runs `work` while this process is the one that leads `name`; runs until cancelled.

    When the lock's connection dies, `work` is cancelled within a second or two and whoever gets the lock next starts it
    anew. For that moment two may be working, so `work` must stay right when it overlaps with its successor.
    """
    own = Database.connect(
        database.engine.url.render_as_string(hide_password=False), service_role=database.service_role, pool_size=1
    )
    try:
        while True:
            try:
                await _lead_once(own, name, work)
            except (Refusal, DBAPIError, OSError) as error:
                _log.warning("leadership is lost", of=name, error=repr(error))
            await asyncio.sleep(NEXT_TRY)
    finally:
        await own.close()


async def _lead_once(database: Database, name: str, work: Callable[[], Awaitable[None]]) -> None:
    async with database.transaction() as connection:
        if not (await connection.execute(_LOCK, {"name": name})).scalar_one():
            return
        _log.info("leading", of=name)
        working = asyncio.ensure_future(work())
        try:
            while not working.done():
                await connection.execute(_STILL_THERE)
                await asyncio.wait({working}, timeout=STILL_LEADING)
        finally:
            await end(working)
        working.result()
