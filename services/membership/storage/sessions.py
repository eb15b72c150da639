"""Sessions, and the refresh tokens that carry them on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.ids import new_id
from services.membership.storage.tables import refresh_tokens, sessions


@dataclass(frozen=True)
class Session:
    """A session as the holder of one of its refresh tokens finds it."""

    id: UUID
    account_id: UUID
    ended_at: datetime | None
    token_spent_at: datetime | None
    token_expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        return self.ended_at is not None or self.token_expires_at <= now


class Sessions:
    """The sessions of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def start(self, account_id: UUID, *, now: datetime, expires_at: datetime) -> UUID:
        session = new_id()
        await self._connection.execute(
            insert(sessions).values(
                network_id=self._network, id=session, account_id=account_id, started_at=now, expires_at=expires_at
            )
        )
        return session

    async def find(self, digest: bytes) -> Session | None:
        """The session of a refresh token; nobody else uses it until the transaction ends."""
        query = (
            select(
                sessions.c.id,
                sessions.c.account_id,
                sessions.c.ended_at,
                refresh_tokens.c.spent_at,
                refresh_tokens.c.expires_at,
            )
            .join_from(
                refresh_tokens,
                sessions,
                (sessions.c.network_id == refresh_tokens.c.network_id) & (sessions.c.id == refresh_tokens.c.session_id),
            )
            .where(refresh_tokens.c.network_id == self._network, refresh_tokens.c.digest == digest)
            .with_for_update()
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else Session(*row)

    async def add_token(self, session: UUID, digest: bytes, *, expires_at: datetime) -> None:
        """Give the session one more refresh token; the session lives as long as its youngest token."""
        values = {"network_id": self._network, "session_id": session, "digest": digest, "expires_at": expires_at}
        await self._connection.execute(insert(refresh_tokens).values(values))
        mine = (sessions.c.network_id == self._network, sessions.c.id == session)
        await self._connection.execute(update(sessions).where(*mine).values(expires_at=expires_at))

    async def spend_token(self, digest: bytes, *, now: datetime) -> None:
        mine = (refresh_tokens.c.network_id == self._network, refresh_tokens.c.digest == digest)
        await self._connection.execute(update(refresh_tokens).where(*mine).values(spent_at=now))

    async def end(self, session: UUID, *, now: datetime) -> None:
        mine = (sessions.c.network_id == self._network, sessions.c.id == session, sessions.c.ended_at.is_(None))
        await self._connection.execute(update(sessions).where(*mine).values(ended_at=now))
