"""One-time codes asked for, and the mails that bring them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.ids import new_id
from services.membership.domain.sign_in import CODE_LIFETIME, LIMIT_WINDOW, OpenCode, new_salt
from services.membership.domain.texts import EmailAddress
from services.membership.storage.tables import code_requests

_requests = code_requests.c


@dataclass(frozen=True)
class MailDue:
    """A code that somebody asked for and that should be mailed now."""

    id: UUID
    email: EmailAddress
    language: str
    salt: bytes
    attempts: int


class Codes:
    """The codes of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = _requests.network_id == network

    async def lock_mailbox(self, email: EmailAddress) -> None:
        """Let nobody else ask for a code for this mailbox until the transaction ends."""
        key = func.hashtextextended(f"code {self._network} {email}", 0)
        await self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def requested(self, email: EmailAddress, *, now: datetime) -> Sequence[datetime]:
        """When codes were asked for this mailbox within the window; those that were redeemed do not count."""
        query = select(_requests.requested_at).where(self._mine, _requests.email == email, *_counts(now))
        return (await self._connection.execute(query)).scalars().all()

    async def requests_of(self, client: str, *, now: datetime) -> int:
        """How many codes this client asked for within the window; those that were redeemed do not count."""
        query = select(func.count()).where(self._mine, _requests.client == client, *_counts(now))
        return (await self._connection.execute(query)).scalar_one()

    async def wrong_tries_of(self, client: str, *, now: datetime) -> int:
        """How many wrong codes were tried of late, on codes that this client was the last to try."""
        query = select(func.coalesce(func.sum(_requests.tries), 0)).where(
            self._mine, _requests.tried_by == client, _requests.requested_at > now - LIMIT_WINDOW
        )
        return (await self._connection.execute(query)).scalar_one()

    async def add(self, email: EmailAddress, *, language: str, client: str, now: datetime) -> datetime:
        """Note that a code was asked for, to be mailed at once if the mailbox may sign in. Returns when it expires."""
        values = {
            "network_id": self._network,
            "id": new_id(),
            "email": email,
            "language": language,
            "client": client,
            "requested_at": now,
            "expires_at": now + CODE_LIFETIME,
            "salt": new_salt(),
            "mail_due_at": now,
        }
        await self._connection.execute(insert(code_requests).values(values))
        return now + CODE_LIFETIME

    async def open_for(self, email: EmailAddress) -> Sequence[OpenCode]:
        """The mailbox's codes that are neither spent nor expired; nobody else tries them until the transaction ends."""
        query = (
            select(_requests.id, _requests.salt, _requests.digest, _requests.tries, _requests.expires_at)
            .where(self._mine, _requests.email == email, _requests.spent_at.is_(None))
            .where(_requests.expires_at > func.clock_timestamp())
            .order_by(_requests.id)
            .with_for_update()
        )
        return [OpenCode(*row) for row in await self._connection.execute(query)]

    async def count_wrong_try(self, codes: Sequence[OpenCode], *, client: str) -> None:
        change = update(code_requests).where(self._mine, _requests.id.in_([code.id for code in codes]))
        await self._connection.execute(change.values(tries=_requests.tries + 1, tried_by=client))

    async def spend(self, codes: Sequence[OpenCode], *, redeemed: OpenCode, now: datetime) -> None:
        """One of these codes was redeemed; from now on none of them is good."""
        change = update(code_requests).where(self._mine, _requests.id.in_([code.id for code in codes]))
        await self._connection.execute(change.values(spent_at=now, redeemed=_requests.id == redeemed.id))

    async def claim_due(self, limit: int, *, lease: timedelta, now: datetime) -> Sequence[MailDue]:
        """Take up to `limit` mails to send. Whoever takes them and dies leaves them to others after the lease."""
        due = (
            select(_requests.id)
            .where(self._mine, _requests.mail == "pending", _requests.mail_due_at <= now)
            .order_by(_requests.mail_due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(code_requests)
            .where(self._mine, _requests.id.in_(due))
            .values(mail_due_at=now + lease, mail_attempts=_requests.mail_attempts + 1)
            .returning(
                _requests.id,
                _requests.email,
                _requests.language,
                _requests.salt,
                _requests.mail_attempts,
                _requests.spent_at,
                _requests.expires_at,
            )
        )
        rows = (await self._connection.execute(claim)).all()
        late = [row.id for row in rows if row.spent_at is not None or row.expires_at <= now]
        await self.settle(late, "failed")
        return [
            MailDue(row.id, EmailAddress(row.email), row.language, row.salt, row.mail_attempts)
            for row in rows
            if row.id not in late
        ]

    async def set_digests(self, digests: Mapping[UUID, bytes]) -> None:
        """From now on these are the codes; earlier ones that may have been mailed are void."""
        if digests:
            change = update(code_requests).where(self._mine, _requests.id == bindparam("code"))
            rows = [{"code": code, "hashed": digest} for code, digest in digests.items()]
            await self._connection.execute(change.values(digest=bindparam("hashed")), rows)

    async def settle(self, codes: Collection[UUID], outcome: str) -> None:
        """These mails are done with: sent, unwanted or failed."""
        if codes:
            change = update(code_requests).where(self._mine, _requests.id.in_(codes))
            await self._connection.execute(change.values(mail=outcome))

    async def postpone(self, code: UUID, until: datetime) -> None:
        """Try to send this mail again, later."""
        change = update(code_requests).where(self._mine, _requests.id == code)
        await self._connection.execute(change.values(mail_due_at=until))


def _counts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Who redeems a code has shown that the mailbox is theirs, and is no nuisance to it."""
    return _requests.requested_at > now - LIMIT_WINDOW, ~_requests.redeemed


async def networks_with_mail_due(connection: AsyncConnection) -> Sequence[UUID]:
    """Networks that have a code to mail now. Needs the mail_due path."""
    due = (_requests.mail == "pending", _requests.mail_due_at <= func.clock_timestamp())
    return (await connection.execute(select(_requests.network_id).where(*due).distinct())).scalars().all()
