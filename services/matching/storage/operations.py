"""Long searches, with the best plan of each."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.matching.domain.breakout import Round
from services.matching.domain.operation import UNDER_WAY, Best, Operation, OperationState
from services.matching.engine.problem import Argument
from services.matching.storage import groups, pins
from services.matching.storage.tables import operations


class Operations:
    """The long searches of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = operations.c.network_id == network

    async def get(self, operation: UUID, *, lock: bool = False) -> Operation:
        """The search; raises NotFound. With `lock` nobody else changes it until the transaction ends."""
        query = select(operations).where(self._mine, operations.c.id == operation)
        row = (await self._connection.execute(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise NotFound("operation", field="operation_id")
        return _operation(row)

    async def of_event(self, event: UUID, *, lock: bool = False) -> Operation | None:
        """The search that is under way for an event, if there is one; `lock` as in get."""
        states = [state.value for state in UNDER_WAY]
        query = select(operations).where(self._mine, operations.c.event_id == event, operations.c.state.in_(states))
        row = (await self._connection.execute(query.with_for_update() if lock else query)).one_or_none()
        return None if row is None else _operation(row)

    async def under_way(self) -> int:
        """How many searches of the network have not ended."""
        states = [state.value for state in UNDER_WAY]
        query = select(func.count()).select_from(operations).where(self._mine, operations.c.state.in_(states))
        return (await self._connection.execute(query)).scalar_one()

    async def add(self, operation: Operation) -> bool:
        """Stores a new search; False when one for the event came under way in the meantime."""
        row = {"network_id": self._network, "id": operation.id, **_values(operation)}
        statement = insert(operations).values(row).on_conflict_do_nothing()
        return bool((await self._connection.execute(statement)).rowcount)

    async def save(self, operation: Operation) -> None:
        """Stores a search as it is."""
        await self._connection.execute(
            operations.update().where(self._mine, operations.c.id == operation.id).values(_values(operation))
        )

    async def keep_best(self, operation: Operation, best: Best | None, searched: float) -> Operation | None:
        """Notes how far a solver has come; the search as it is now, or None when the solver has lost it."""
        progress: dict[str, Any] = {"searched": searched} if best is None else _best_values(best, searched)
        query = (
            operations.update()
            .where(self._mine, operations.c.id == operation.id, operations.c.attempt == operation.attempt)
            .where(operations.c.state == OperationState.RUNNING.value)
            .values(progress)
            .returning(operations)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _operation(row)


def _values(operation: Operation) -> dict[str, Any]:
    return {
        "event_id": operation.event,
        "rounds": operation.rounds,
        "group_size": operation.group_size,
        "seconds": operation.seconds,
        "state": operation.state.value,
        "asked_at": operation.asked_at,
        "pins": pins.written(operation.pins),
        "ended_at": operation.ended_at,
        "cancelled": operation.cancelled,
        "attempt": operation.attempt,
        "failure": operation.failure,
        "breakout_id": operation.breakout,
        "version": operation.version,
        **_best_values(operation.best, operation.searched),
    }


def _best_values(best: Best | None, searched: float) -> dict[str, Any]:
    return {
        "searched": searched,
        "repeats": best and best.repeats,
        "repeats_bound": best and best.bound,
        "repeats_argument": (best and best.argument) or "",
        "best": [] if best is None else [groups.written(each.groups) for each in best.rounds],
    }


def _operation(row: Row[Any]) -> Operation:
    return Operation(
        id=row.id,
        event=row.event_id,
        rounds=row.rounds,
        group_size=row.group_size,
        seconds=row.seconds,
        asked_at=row.asked_at,
        pins=pins.read(row.pins),
        state=OperationState(row.state),
        best=_best(row),
        searched=row.searched,
        cancelled=row.cancelled,
        attempt=row.attempt,
        failure=row.failure,
        breakout=row.breakout_id,
        ended_at=row.ended_at,
        version=row.version,
    )


def _best(row: Row[Any]) -> Best | None:
    if row.repeats is None:
        return None
    rounds = tuple(Round(number, groups.read(its)) for number, its in enumerate(row.best, start=1))
    argument = Argument(row.repeats_argument) if row.repeats_argument else None
    return Best(rounds, row.repeats, row.repeats_bound, argument)
