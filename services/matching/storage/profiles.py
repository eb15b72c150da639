"""Copies of members, as far as seating needs them."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.matching.domain.profile import Profile, ProfileField
from services.matching.storage.tables import breakouts, profiles

_COPIED = ("company", "profession", "asks", "offers", "version", "language", "staff", "shared_fields")


class Profiles:
    """The copies of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = profiles.c.network_id == network

    async def keep(self, *copies: Profile) -> None:
        """Stores copies; one that is older than what is kept changes nothing."""
        if not copies:
            return
        statement = insert(profiles).values([self._row(copy) for copy in copies])
        values = {name: statement.excluded[name] for name in _COPIED}
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(profiles.primary_key.columns),
                set_=values,
                where=profiles.c.version <= statement.excluded.version,
            )
        )

    async def forget(self, accounts: Iterable[UUID]) -> None:
        """Deletes the copies of people who are no longer in the network."""
        await self._connection.execute(delete(profiles).where(self._mine, profiles.c.account_id.in_(list(accounts))))

    async def accounts(self) -> set[UUID]:
        """Everybody of whom there is a copy."""
        return set((await self._connection.execute(select(profiles.c.account_id).where(self._mine))).scalars())

    async def of(self, accounts: Collection[UUID]) -> dict[UUID, Profile]:
        """The copies of those of the people of whom there is one."""
        query = select(profiles).where(self._mine, profiles.c.account_id.in_(list(accounts)))
        return {row.account_id: _profile(row) for row in await self._connection.execute(query)}

    async def staff_among(self, accounts: Collection[UUID]) -> set[UUID]:
        """Who of the people is staff."""
        query = select(profiles.c.account_id).where(self._mine, profiles.c.account_id.in_(list(accounts)))
        return set((await self._connection.execute(query.where(profiles.c.staff))).scalars())

    def _row(self, copy: Profile) -> dict[str, Any]:
        return {
            "network_id": self._network,
            "account_id": copy.account,
            "company": copy.company,
            "profession": copy.profession,
            "asks": list(copy.asks),
            "offers": list(copy.offers),
            "version": copy.version,
            "language": copy.language,
            "staff": copy.staff,
            "shared_fields": sorted(field.value for field in copy.shared),
        }


def _profile(row: Row[Any]) -> Profile:
    return Profile(
        account=row.account_id,
        company=row.company,
        profession=row.profession,
        asks=tuple(row.asks),
        offers=tuple(row.offers),
        version=row.version,
        language=row.language,
        staff=row.staff,
        shared=frozenset(map(ProfileField, row.shared_fields)),
    )


async def known_networks(connection: AsyncConnection) -> list[UUID]:
    """All networks that anything is kept of; on the system path KNOWN_NETWORKS."""
    query = union(select(profiles.c.network_id), select(breakouts.c.network_id))
    return sorted((await connection.execute(query)).scalars())
