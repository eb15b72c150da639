"""The copies of members that seating needs: kept up with membership's facts, and rebuilt from their source."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from services.matching.adapters.members import Members
from services.matching.storage.profiles import known_networks
from services.matching.storage.system_paths import KNOWN_NETWORKS
from services.matching.storage.transaction import MatchingTransaction, Uow

Begin = Callable[[UUID], AbstractAsyncContextManager[MatchingTransaction]]


async def project_member(begin: Begin, members: Members, network: UUID, account: UUID) -> None:
    """Copy a member as they are now, or forget who is there no more. Older than what is kept changes nothing."""
    copies = await members.profiles(network, [account])
    async with begin(network) as tx:
        if copies:
            await tx.profiles.keep(*copies)
        else:
            await tx.profiles.forget([account])


async def rebuild_members(uow: Uow, members: Members, network: UUID) -> int:
    """Copy all members of a network anew and forget who is there no more; says how many there are.

    Who joins meanwhile keeps the copy that their own fact brings.
    """
    async with uow.begin(network) as tx:
        before = await tx.profiles.accounts()
    seen: set[UUID] = set()
    async for page in members.all_profiles(network):
        async with uow.begin(network) as tx:
            await tx.profiles.keep(*page)
        seen.update(copy.account for copy in page)
    async with uow.begin(network) as tx:
        await tx.profiles.forget(before - seen)
    return len(seen)


async def rebuild_all_members(uow: Uow, members: Members) -> AsyncIterator[tuple[UUID, int]]:
    """Rebuild every network that anything is kept of; tells each with its number of members."""
    async with uow.system(KNOWN_NETWORKS) as connection:
        networks = await known_networks(connection)
    for network in networks:
        yield network, await rebuild_members(uow, members, network)
