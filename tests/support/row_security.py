"""What a service's own role can do with another network's rows, table by table: past every query of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Column, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.ids import new_id
from services.common.storage.database import plain_engine
from services.common.storage.tables import NETWORK

SAMPLES: Mapping[type, Callable[[], object]] = {
    # Each greater than the one before, where one id must come before another.
    UUID: new_id,
    str: lambda: "x",
    bytes: lambda: b"x",
    bool: lambda: False,
    int: lambda: 1,
    float: lambda: 1.0,
    # JSON
    object: dict,
    datetime: lambda: datetime.now(UTC),
    date: date.today,
    time: lambda: time(9),
    timedelta: lambda: timedelta(hours=1),
}


async def faults(service_url: str, table: Table, own: UUID, other: UUID) -> list[str]:
    """How the table shows or takes rows of another network, in a transaction of the own one; nothing when all is well.

    Each of the two needs a row in it.
    """
    engine = plain_engine(service_url)
    found: list[str] = []
    async with engine.connect() as connection:
        for network, wanted in ((own, True), (other, False)):
            seen = await sees(connection, table, own, network)
            if seen is not None and seen is not wanted:
                whose = "its own network's rows" if wanted else "another network's rows"
                found.append(f"{table.name} {'shows' if seen else 'hides'} {whose}")
        if await _takes(connection, table, own, other):
            found.append(f"{table.name} takes rows of another network")
    await engine.dispose()
    return found


async def sees(connection: AsyncConnection, table: Table, as_network: UUID, whose: UUID) -> bool | None:
    """Whether rows of `whose` are seen in a transaction of `as_network`; None when the role may not read the table."""
    async with connection.begin() as transaction:
        await _enter(connection, as_network)
        query = select(func.count()).select_from(table).where(table.c[NETWORK] == whose)
        try:
            return (await connection.execute(query)).scalar_one() > 0
        except ProgrammingError as error:
            if not _is_denied(error):
                raise
            return None
        finally:
            await transaction.rollback()


async def _takes(connection: AsyncConnection, table: Table, own: UUID, other: UUID) -> bool:
    async with connection.begin() as transaction:
        await _enter(connection, own)
        try:
            await connection.execute(insert(table).values(a_row(table, other)))
        except DBAPIError as error:
            return not _is_denied(error)
        finally:
            await transaction.rollback()
    return True


async def put_a_row_of_each(admin_url: str, tables: list[Table], *networks: UUID) -> None:
    """A row of each network in every table, whatever it would refer to."""
    engine = plain_engine(admin_url)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables:
            for network in networks:
                await connection.execute(insert(table).values(a_row(table, network)))
    await engine.dispose()


def a_row(table: Table, network: UUID) -> dict[str, object]:
    """A row with something in every column that needs it."""
    needed = [column for column in table.columns if not column.nullable and column.identity is None]
    return {column.name: network if column.name == NETWORK else _sample(column) for column in needed}


def _sample(column: Column[object]) -> object:
    kind = cast(Any, column.type)
    if isinstance(column.type, ARRAY):
        return [SAMPLES[kind.item_type.python_type]()]
    return SAMPLES[kind.python_type]()


async def _enter(connection: AsyncConnection, network: UUID) -> None:
    await connection.execute(text("SELECT set_config('ontmoet.network', :it, true)"), {"it": str(network)})


def _is_denied(error: DBAPIError) -> bool:
    """Whether it is the database that forbids it: by a missing privilege or by row-level security."""
    return getattr(error.orig, "sqlstate", None) == "42501"
