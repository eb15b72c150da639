"""Facts that a consumer could not handle, and those of the same aggregate that wait behind them.

A letter is open until it is replayed. Of each aggregate only the first open one can be handled: when somebody asked
for it (attempts = 0), or when it merely waited (parked) and nothing is left before it. The consumer replays them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import MetaData, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.ids import new_id
from services.common.messaging.envelope import Envelope
from services.common.storage.database import Database
from services.common.storage.system_paths import common_paths
from services.common.storage.tables import platform_tables
from services.common.storage.uow import Transaction, UnitOfWork

_table = platform_tables(MetaData()).dead_letters
_letters = _table.c
_LANE = func.coalesce(_letters.aggregate_id, _letters.id)
_OPEN = _letters.replayed_at.is_(None)


@dataclass(frozen=True)
class DeadLetter:
    """A fact that was not handled, why, and since when."""

    id: UUID
    network: UUID
    consumer: str
    fact_id: UUID
    aggregate: UUID | None
    reason: str
    parked: bool
    attempts: int
    first_seen_at: datetime
    replayed_at: datetime | None
    envelope: Envelope


class DeadLetters:
    """What an operator may do about a service's dead letters, in all networks."""

    def __init__(self, database: Database, area: str) -> None:
        self._uow = UnitOfWork(database, Transaction, encode=_no_facts)
        self._path = common_paths(area)[2]

    async def all_open(self) -> list[DeadLetter]:
        """The letters that were not replayed yet, oldest first."""
        async with self._uow.system(self._path) as connection:
            return await _read(connection, select(_table).where(_OPEN).order_by(_letters.first_seen_at, _letters.id))

    async def get(self, letter: UUID) -> DeadLetter | None:
        """One letter with its payload, open or not."""
        async with self._uow.system(self._path) as connection:
            found = await _read(connection, select(_table).where(_letters.id == letter))
        return found[0] if found else None

    async def replay(self, letter: UUID) -> int:
        """Asks the consumer to try this letter's aggregate again, from its first open letter; returns how many follow.

        The consumer starts within a second or two. What waited behind the letter follows in order.
        """
        lane = select(_letters.network_id, _letters.consumer, _LANE).where(_letters.id == letter).subquery()
        same = [
            ours == theirs for ours, theirs in zip((_letters.network_id, _letters.consumer, _LANE), lane.c, strict=True)
        ]
        async with self._uow.system(self._path) as connection:
            asked = await connection.execute(update(_table).where(_OPEN, *same).values(attempts=0))
        return asked.rowcount

    async def runnable(self, consumer: str) -> list[DeadLetter]:
        """The letters that this consumer may handle now: at most one of each aggregate."""
        first = (
            select(_table)
            .ext(distinct_on(_letters.network_id, _LANE))
            .where(_letters.consumer == consumer, _OPEN)
            .order_by(_letters.network_id, _LANE, _letters.first_seen_at, _letters.id)
            .subquery()
        )
        async with self._uow.system(self._path) as connection:
            return await _read(connection, select(first).where(or_(first.c.parked, first.c.attempts == 0)).limit(100))


async def bury(
    connection: AsyncConnection, consumer: str, fact_id: UUID, envelope: Envelope, *, reason: str, attempts: int
) -> None:
    """Makes a fact a dead letter; parked behind an earlier one of its aggregate when it was not attempted itself."""
    await connection.execute(
        insert(_table)
        .values(
            network_id=envelope.network,
            id=new_id(),
            consumer=consumer,
            fact_id=fact_id,
            subject=envelope.subject,
            aggregate_id=envelope.aggregate,
            aggregate_version=envelope.version,
            type=envelope.type,
            headers=envelope.headers,
            payload=envelope.payload,
            reason=reason,
            parked=attempts == 0,
            attempts=attempts,
        )
        .on_conflict_do_nothing()
    )


async def park(connection: AsyncConnection, consumer: str, fact_id: UUID, envelope: Envelope) -> bool:
    """Lets a fact wait behind an open letter of its aggregate; False when there is none any more."""
    if envelope.aggregate is None:
        return False
    earlier = open_letters(consumer, envelope.network, envelope.aggregate).limit(1)
    if (await connection.execute(earlier)).first() is None:
        return False
    reason = "waits for an earlier fact of its aggregate"
    await bury(connection, consumer, fact_id, envelope, reason=reason, attempts=0)
    return True


def open_letters(consumer: str, network: UUID, aggregate: UUID) -> Select[Any]:
    """The open letters of an aggregate: while there is one, its later facts wait."""
    return select(_letters.id).where(
        _letters.network_id == network, _letters.consumer == consumer, _letters.aggregate_id == aggregate, _OPEN
    )


async def close(connection: AsyncConnection, letter: DeadLetter) -> None:
    """Closes a letter whose fact was handled."""
    await _set(connection, letter, replayed_at=func.clock_timestamp(), parked=False)


async def reopen(connection: AsyncConnection, letter: DeadLetter, reason: str) -> None:
    """Notes that a replay failed; the aggregate's later letters go on waiting."""
    await _set(connection, letter, reason=reason, attempts=_letters.attempts + 1, parked=False)


async def _set(connection: AsyncConnection, letter: DeadLetter, **values: Any) -> None:
    mine = (_letters.network_id == letter.network, _letters.id == letter.id)
    await connection.execute(update(_table).where(*mine).values(**values))


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[DeadLetter]:
    rows: Sequence[Any] = (await connection.execute(query)).all()
    return [
        DeadLetter(
            id=row.id,
            network=row.network_id,
            consumer=row.consumer,
            fact_id=row.fact_id,
            aggregate=row.aggregate_id,
            reason=row.reason,
            parked=row.parked,
            attempts=row.attempts,
            first_seen_at=row.first_seen_at,
            replayed_at=row.replayed_at,
            envelope=Envelope(row.subject, row.headers, row.payload),
        )
        for row in rows
    ]


def _no_facts(fact: object) -> NoReturn:
    raise TypeError("an operator's work tells no facts")
