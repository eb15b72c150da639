"""Sessions: started by a code, carried on by refresh tokens, ended by signing out."""

from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.common.refusals import Unauthenticated
from services.membership.adapters.signing import SigningKeys
from services.membership.domain.member import Member
from services.membership.domain.sign_in import (
    ACCESS_LIFETIME,
    REFRESH_LIFETIME,
    Tokens,
    new_refresh_token,
    token_digest,
)
from services.membership.storage.sessions import Session
from services.membership.storage.uow import MembershipTransaction, Uow


async def start_session(tx: MembershipTransaction, keys: SigningKeys, member: Member, *, now: datetime) -> Tokens:
    """Tokens of a new session."""
    session = await tx.sessions.start(member.account_id, now=now, expires_at=now + REFRESH_LIFETIME)
    return await _issue(tx, keys, member, session, now)


async def refresh_tokens(uow: Uow, caller: Caller, keys: SigningKeys, refresh_token: str) -> Tokens:
    """New tokens with the roles of this moment. A refresh token that comes a second time ends its session."""
    digest = token_digest(refresh_token)
    async with uow.begin(caller.network) as tx:
        session, now = await tx.sessions.find(digest), await tx.now()
        if session is not None and not session.is_over(now):
            if member := await _still_welcome(tx, session):
                await tx.sessions.spend_token(digest, now=now)
                return await _issue(tx, keys, member, session.id, now)
            await tx.sessions.end(session.id, now=now)
    raise Unauthenticated("The session is over. Sign in again.")  # after the commit, so that the session stays ended


async def sign_out(uow: Uow, caller: Caller, refresh_token: str) -> None:
    """End the token's session, if there is one."""
    async with uow.begin(caller.network) as tx:
        if session := await tx.sessions.find(token_digest(refresh_token)):
            await tx.sessions.end(session.id, now=await tx.now())


async def _still_welcome(tx: MembershipTransaction, session: Session) -> Member | None:
    if session.token_spent_at is not None:
        return None
    member = await tx.members.get(session.account_id)
    return member if member.may_sign_in else None


async def _issue(tx: MembershipTransaction, keys: SigningKeys, member: Member, session: UUID, now: datetime) -> Tokens:
    refresh_token, refresh_expires_at = new_refresh_token(), now + REFRESH_LIFETIME
    await tx.sessions.add_token(session, token_digest(refresh_token), expires_at=refresh_expires_at)
    return Tokens(
        account_id=member.account_id,
        access_token=keys.sign(member, tx.network, lifetime=ACCESS_LIFETIME, now=now),
        access_expires_at=now + ACCESS_LIFETIME,
        refresh_token=refresh_token,
        refresh_expires_at=refresh_expires_at,
    )
