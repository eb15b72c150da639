"""Who somebody would be when signed in, for tools of developers."""

from dataclasses import dataclass
from uuid import UUID

from services.common.caller import Role
from services.common.refusals import NotFound
from services.membership.domain.sign_in import candidates
from services.membership.domain.texts import EmailAddress
from services.membership.storage.accounts import accounts_of
from services.membership.storage.system_paths import ACCOUNTS
from services.membership.storage.uow import Uow
from services.membership.usecases.networks import resolve_network


@dataclass(frozen=True)
class SignIn:
    """An account in a network, with its roles there."""

    network_id: UUID
    account_id: UUID
    roles: frozenset[Role]


async def find_sign_in(uow: Uow, network_name: str, email: EmailAddress) -> SignIn:
    """The member behind a mailbox (the first, when several share it) in the network of this slug or host.

    Raises NotFound when nobody there may sign in.
    """
    network = await resolve_network(uow, network_name)
    async with uow.begin(network.id) as tx:
        async with uow.system(ACCOUNTS) as connection:
            accounts = (await accounts_of(connection, [email]))[email]
        members = await tx.members.by_account([account.id for account in accounts])
    who = next((members[each.id] for each in candidates(network, accounts, members) if each.id in members), None)
    if who is None:
        raise NotFound("member")
    return SignIn(network.id, who.account_id, who.roles)
