"""Introductions in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.matching.domain.introduction import Introduction, IntroductionState
from services.matching.storage.tables import introductions


class Introductions:
    """The introductions of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = introductions.c.network_id == network

    async def get(self, introduction: UUID, *, party: UUID, lock: bool = False) -> Introduction:
        """The introduction; raises NotFound, also for whoever is not one of the two."""
        query = select(introductions).where(self._mine, introductions.c.id == introduction, _is_party(party))
        row = (await self._connection.execute(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise NotFound("introduction", field="introduction_id")
        return _introduction(row)

    async def between(self, one: UUID, other: UUID) -> list[Introduction]:
        """All introductions of two people, whoever asked, the latest first."""
        first, second = sorted((one, other))
        pair = and_(introductions.c.first_id == first, introductions.c.second_id == second)
        query = select(introductions).where(self._mine, pair).order_by(introductions.c.asked_at.desc())
        return [_introduction(row) for row in await self._connection.execute(query)]

    async def add(self, introduction: Introduction) -> bool:
        """Stores a new one; False when the two have an open one by now."""
        first, second = sorted((introduction.asker, introduction.asked))
        row = {
            "network_id": self._network,
            "id": introduction.id,
            "asker_id": introduction.asker,
            "asked_id": introduction.asked,
            "first_id": first,
            "second_id": second,
            "message": introduction.message,
            "state": introduction.state.value,
            "asked_at": introduction.asked_at,
            "version": introduction.version,
        }
        statement = insert(introductions).values(row).on_conflict_do_nothing()
        return bool((await self._connection.execute(statement)).rowcount)

    async def save(self, introduction: Introduction) -> None:
        """Stores the answer."""
        await self._connection.execute(
            update(introductions)
            .where(self._mine, introductions.c.id == introduction.id)
            .values(
                state=introduction.state.value,
                answered_at=introduction.answered_at,
                version=introduction.version,
            )
        )

    async def page(self, party: UUID, *, after: tuple[datetime, UUID] | None, size: int) -> Sequence[Introduction]:
        """Up to `size` of somebody's introductions, the latest first, that follow `after` (time, id)."""
        place = tuple_(introductions.c.asked_at, introductions.c.id)
        query = select(introductions).where(self._mine, _is_party(party))
        if after is not None:
            query = query.where(place < tuple_(*after))
        query = query.order_by(introductions.c.asked_at.desc(), introductions.c.id.desc()).limit(size)
        return [_introduction(row) for row in await self._connection.execute(query)]


def _is_party(account: UUID) -> Any:
    return or_(introductions.c.asker_id == account, introductions.c.asked_id == account)


def _introduction(row: Row[Any]) -> Introduction:
    return Introduction(
        id=row.id,
        asker=row.asker_id,
        asked=row.asked_id,
        message=row.message,
        state=IntroductionState(row.state),
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        version=row.version,
    )
