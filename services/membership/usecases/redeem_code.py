"""Trading a one-time code for tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import NotFound
from services.membership.adapters.signing import SigningKeys
from services.membership.domain import texts
from services.membership.domain.member import Member, NewMember
from services.membership.domain.network import Network
from services.membership.domain.sign_in import (
    Account,
    CodeInvalid,
    OpenCode,
    Tokens,
    candidates,
    client_key,
    guess,
    is_stranger,
)
from services.membership.domain.texts import EmailAddress
from services.membership.storage.accounts import accounts_of, open_accounts
from services.membership.storage.system_paths import ACCOUNTS
from services.membership.storage.uow import MembershipTransaction, Uow
from services.membership.usecases.sessions import start_session


@dataclass(frozen=True)
class Reader:
    """Who redeems a code: the mailbox that it was mailed to, and what they say about themselves."""

    email: EmailAddress
    language: str
    account_id: UUID | None = None
    name: str | None = None


async def redeem_code(
    uow: Uow, caller: Caller, keys: SigningKeys, reader: Reader, *, code: str, client_address: str
) -> Tokens | list[Account]:
    """Tokens for who holds the code; or, while several share the mailbox, the question who it is.

    A code is spent together with the answer of tokens. A wrong one counts against all open codes of the mailbox.
    """
    client = client_key(client_address)
    async with uow.begin(caller.network) as tx:
        codes = await tx.codes.open_for(reader.email)
        now = await tx.now()
        found = guess(codes, code, keys.codes, wrong_of_client=await tx.codes.wrong_tries_of(client, now=now))
        if isinstance(found, OpenCode):
            member = await _member(uow, tx, reader, now)
            if not isinstance(member, Member):
                return member
            await tx.codes.spend(codes, redeemed=found, now=now)
            return await start_session(tx, keys, member, now=now)
        await tx.codes.count_wrong_try(codes, client=client)
    raise found  # after the commit, so that the try counts


async def _member(uow: Uow, tx: MembershipTransaction, reader: Reader, now: datetime) -> Member | list[Account]:
    """The member who signs in, a new guest if need be; or those whom it could be."""
    network = await tx.networks.get()
    async with uow.system(ACCOUNTS) as connection:
        accounts = (await accounts_of(connection, [reader.email]))[reader.email]
    members = await tx.members.by_account([account.id for account in accounts])
    if is_stranger(network, accounts):
        return await _new_guest(uow, tx, network, reader, texts.name(reader.name or "", "name"), now)
    who = candidates(network, accounts, members)
    if reader.account_id is not None:
        who = [account for account in who if account.id == reader.account_id]
        if not who:
            raise NotFound("account", field="account_id")
    if not who:
        raise CodeInvalid
    if len(who) > 1:
        return who
    account = who[0]
    return members.get(account.id) or await _guest(tx, network, reader, account, now)


async def _new_guest(
    uow: Uow, tx: MembershipTransaction, network: Network, reader: Reader, name: str, now: datetime
) -> Member:
    await tx.members.lock_joining(shared=True)
    async with uow.system(ACCOUNTS) as connection:
        account = (await open_accounts(connection, {reader.email: name}))[reader.email][0]
    return await _guest(tx, network, reader, account, now)


async def _guest(
    tx: MembershipTransaction, network: Network, reader: Reader, account: Account, now: datetime
) -> Member:
    """The account's member here, who joins as a guest unless they were added a moment ago."""
    await tx.members.lock_joining(shared=True)
    if existing := (await tx.members.by_account([account.id])).get(account.id):
        return existing
    newcomer = NewMember(
        email=reader.email,
        name=account.name,
        roles=frozenset({Role.GUEST}),
        language=network.language_for(reader.language),
    )
    member, joined = newcomer.join(account.id, now=now)
    await tx.members.add(member)
    tx.outbox.add(joined)
    return member
