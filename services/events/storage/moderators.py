"""Queries on moderators."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.events.domain.moderator import Moderator
from services.events.storage.tables import moderators

_new = insert(moderators)
_SAVE = _new.on_conflict_do_update(
    index_elements=["network_id", "event_id", "account_id"],
    set_={name: _new.excluded[name] for name in ("available_from", "available_until", "withdrawn_at")},
)


class Moderators:
    """The moderators of one network's events."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def of(self, event_id: UUID) -> list[Moderator]:
        """An event's moderators by account, those who withdrew included."""
        return (await self.of_many([event_id]))[event_id]

    async def of_many(self, event_ids: Sequence[UUID]) -> dict[UUID, list[Moderator]]:
        """The same of many events, by event."""
        query = (
            select(moderators)
            .where(moderators.c.network_id == self._network, moderators.c.event_id.in_(event_ids))
            .order_by(moderators.c.account_id)
        )
        found: dict[UUID, list[Moderator]] = {event_id: [] for event_id in event_ids}
        for row in (await self._connection.execute(query)).mappings():
            found[row["event_id"]].append(_moderator(row))
        return found

    async def save(self, event_id: UUID, changed: Sequence[Moderator]) -> None:
        """Store moderators, new or changed; their event must be locked."""
        if not changed:
            return
        rows = [
            {
                "network_id": self._network,
                "event_id": event_id,
                "account_id": each.account,
                "available_from": each.available_from,
                "available_until": each.available_until,
                "withdrawn_at": each.withdrawn_at,
            }
            for each in changed
        ]
        await self._connection.execute(_SAVE, rows)


def _moderator(row: RowMapping) -> Moderator:
    return Moderator(
        account=row["account_id"],
        available_from=row["available_from"],
        available_until=row["available_until"],
        withdrawn_at=row["withdrawn_at"],
    )
