"""The ledger of who met whom."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_, union, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.matching.domain.breakout import Round, pairs
from services.matching.domain.encounter import Encounter
from services.matching.domain.known import Met
from services.matching.storage.tables import encounters


class Encounters:
    """The encounters of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = encounters.c.network_id == network

    async def add(self, event: UUID, held: Round, staff: Collection[UUID]) -> None:
        """Writes down who sat together in a round that was held, but for staff; once, however often it is called."""
        rows = [
            {
                "network_id": self._network,
                "first_id": first,
                "second_id": second,
                "event_id": event,
                "round": held.number,
                "met_at": held.closed_at,
            }
            for first, second in pairs(held, staff)
        ]
        if rows:
            await self._connection.execute(insert(encounters).on_conflict_do_nothing(), rows)

    async def have_met(self, one: UUID, other: UUID) -> bool:
        """Whether two people ever met."""
        first, second = sorted((one, other))
        query = select(encounters.c.first_id).where(
            self._mine, encounters.c.first_id == first, encounters.c.second_id == second
        )
        return (await self._connection.execute(query.limit(1))).first() is not None

    async def among(self, accounts: Collection[UUID], *, besides: UUID) -> list[Met]:
        """Who of these people met at other events than one."""
        people = list(accounts)
        query = (
            select(encounters.c.first_id, encounters.c.second_id, func.count(), func.max(encounters.c.met_at))
            .where(self._mine, encounters.c.first_id.in_(people), encounters.c.second_id.in_(people))
            .where(encounters.c.event_id != besides)
            .group_by(encounters.c.first_id, encounters.c.second_id)
        )
        return [Met(*row) for row in await self._connection.execute(query)]

    async def visits(self, accounts: Collection[UUID], *, besides: UUID) -> dict[UUID, int]:
        """At how many other events each of these people met somebody; who did at none is left out."""
        people = list(accounts)
        sides = [
            select(side.label("account"), encounters.c.event_id)
            .where(self._mine, side.in_(people), encounters.c.event_id != besides)
            .distinct()
            for side in (encounters.c.first_id, encounters.c.second_id)
        ]
        both = union(*sides).subquery()
        query = select(both.c.account, func.count().label("times")).group_by(both.c.account)
        return {row.account: row.times for row in await self._connection.execute(query)}

    async def met(
        self, accounts: Collection[UUID], others: Collection[UUID], *, besides: UUID, before: datetime
    ) -> frozenset[tuple[UUID, UUID]]:
        """(account, other): who of the accounts met whom of the others before that time, at other events than one."""
        one, other = encounters.c.first_id, encounters.c.second_id
        people, beside = list(accounts), list(others)
        earlier = (self._mine, encounters.c.event_id != besides, encounters.c.met_at < before)
        both = union(
            select(one.label("account"), other.label("other")).where(one.in_(people), other.in_(beside), *earlier),
            select(other.label("account"), one.label("other")).where(other.in_(people), one.in_(beside), *earlier),
        )
        return frozenset((row.account, row.other) for row in await self._connection.execute(both))

    async def page(
        self, account: UUID, *, event: UUID | None, after: tuple[datetime, UUID, UUID] | None, size: int
    ) -> Sequence[Encounter]:
        """Up to `size` of somebody's encounters, the latest first, that follow `after` (time, other, event)."""
        one, other = encounters.c.first_id, encounters.c.second_id
        both = union_all(
            self._side(account, one, other, event, after), self._side(account, other, one, event, after)
        ).subquery()
        query = select(both).order_by(both.c.met_at.desc(), both.c.other, both.c.event_id).limit(size)
        if after is not None:
            at, last, where = after
            later = (both.c.met_at == at) & (tuple_(both.c.other, both.c.event_id) > tuple_(last, where))
            query = query.where((both.c.met_at < at) | later)
        return [
            Encounter(row.other, row.event_id, row.round, row.met_at) for row in await self._connection.execute(query)
        ]

    def _side(
        self,
        account: UUID,
        own: ColumnElement[UUID],
        other: ColumnElement[UUID],
        event: UUID | None,
        after: tuple[datetime, UUID, UUID] | None,
    ) -> Select[Any, Any, Any, Any]:
        """Somebody's encounters in which their id is the lower, or the higher one."""
        query = select(other.label("other"), encounters.c.event_id, encounters.c.round, encounters.c.met_at)
        query = query.where(self._mine, own == account)
        if event is not None:
            query = query.where(encounters.c.event_id == event)
        return query if after is None else query.where(encounters.c.met_at <= after[0])
