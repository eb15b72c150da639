"""Forgets what served its purpose: published facts, handled facts, answered keys."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Delete, MetaData, Table, delete, func, select, tuple_

from services.common.storage.system_paths import SystemPath, common_paths
from services.common.storage.tables import platform_tables
from services.common.storage.uow import UnitOfWork

KEEP_PUBLISHED = timedelta(days=7)
"""For as long as facts of the outbox can be published again, should the stream have lost them."""
KEEP_HANDLED = timedelta(days=30)
"""Longer than a stream keeps a fact (14 days), so that none has its effect twice."""
KEEP_ANSWERS = timedelta(days=2)
"""For as long as a client may retry with the same key."""
BATCH = 5_000

_platform = platform_tables(MetaData())


async def forget_old(uow: UnitOfWork[Any], area: str) -> int:
    """Deletes what is older than it need be, in all networks; returns how many rows.

    In short transactions; several replicas may run it at the same time.
    """
    relay, retention, _ = common_paths(area)
    outbox, inbox, keys = _platform.outbox, _platform.inbox, _platform.idempotency_keys
    return (
        await _forget(uow, relay, _older(outbox, outbox.c.published_at, KEEP_PUBLISHED))
        + await _forget(uow, retention, _older(inbox, inbox.c.handled_at, KEEP_HANDLED))
        + await _forget(uow, retention, _older(keys, keys.c.created_at, KEEP_ANSWERS))
    )


async def _forget(uow: UnitOfWork[Any], path: SystemPath, old: Delete) -> int:
    total = 0
    while True:
        async with uow.system(path) as connection:
            deleted = (await connection.execute(old)).rowcount
        total += deleted
        if deleted < BATCH:
            return total


def _older(table: Table, since: Column[Any], age: timedelta) -> Delete:
    """At most BATCH rows of which `since` lies further back than `age`; never those of which it is null."""
    key: tuple[ColumnElement[Any], ...] = tuple(table.primary_key.columns)
    old = select(*key).where(since < func.clock_timestamp() - age).limit(BATCH)
    return delete(table).where(tuple_(*key).in_(old))
