"""Members in the database."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, any_, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.caller import Role
from services.common.refusals import NotFound
from services.membership.domain.member import Member, ProfileField, Standing
from services.membership.domain.texts import EmailAddress, sort_key
from services.membership.storage.tables import members


class Members:
    """The members of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = members.c.network_id == network

    async def get(self, account_id: UUID, *, lock: bool = False) -> Member:
        """The member; raises NotFound. With `lock` nobody else changes them until the transaction ends."""
        query = select(members).where(self._mine, members.c.account_id == account_id)
        row = (await self._connection.execute(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise NotFound("member")
        return _member(row)

    async def by_account(self, account_ids: Collection[UUID]) -> dict[UUID, Member]:
        """Those of the accounts that are members here, in one query."""
        if not account_ids:
            return {}
        query = select(members).where(self._mine, members.c.account_id.in_(account_ids))
        return {row.account_id: _member(row) for row in await self._connection.execute(query)}

    async def page(self, *, after: tuple[str, UUID] | None, size: int, role: Role | None) -> Sequence[Member]:
        """Up to `size` people by name who follow `after` (a sort key and an account); who left is not listed."""
        place = tuple_(members.c.sort_name, members.c.account_id)
        query = select(members).where(self._mine, members.c.standing != Standing.LEFT.value)
        if after is not None:
            query = query.where(place > tuple_(*after))
        if role is not None:
            query = query.where(_holds(role))
        query = query.order_by(members.c.sort_name, members.c.account_id).limit(size)
        return [_member(row) for row in await self._connection.execute(query)]

    async def lock_owners(self) -> set[UUID]:
        """All who own the network; none of them changes until the transaction ends."""
        query = select(members.c.account_id).where(self._mine, _holds(Role.OWNER)).order_by(members.c.account_id)
        return set((await self._connection.execute(query.with_for_update())).scalars())

    async def lock_joining(self, *, shared: bool = False) -> None:
        """Let nobody else add members here until the transaction ends; `shared` lets those in who ask for the same."""
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        await self._connection.execute(select(lock(func.hashtextextended(f"joining {self._network}", 0))))

    async def add(self, *joining: Member) -> None:
        if joining:
            rows = [{"network_id": self._network, **_values(member)} for member in joining]
            await self._connection.execute(insert(members), rows)

    async def save(self, member: Member) -> None:
        mine = (self._mine, members.c.account_id == member.account_id)
        await self._connection.execute(update(members).where(*mine).values(**_values(member)))


def _holds(role: Role) -> ColumnElement[bool]:
    return literal(role.value) == any_(members.c.roles)


def _values(member: Member) -> dict[str, Any]:
    return {
        "account_id": member.account_id,
        "email": member.email,
        "name": member.name,
        "sort_name": sort_key(member.name),
        "standing": member.standing.value,
        "roles": sorted(role.value for role in member.roles),
        "staff": member.staff,
        "company": member.company,
        "profession": member.profession,
        "asks": list(member.asks),
        "offers": list(member.offers),
        "language": member.language,
        "joined_at": member.joined_at,
        "version": member.version,
        "shared_fields": sorted(field.value for field in member.shared_fields),
    }


def _member(row: Row[Any]) -> Member:
    return Member(
        account_id=row.account_id,
        email=EmailAddress(row.email),
        name=row.name,
        standing=Standing(row.standing),
        roles=frozenset(map(Role, row.roles)),
        staff=row.staff,
        company=row.company,
        profession=row.profession,
        asks=tuple(row.asks),
        offers=tuple(row.offers),
        language=row.language,
        joined_at=row.joined_at,
        version=row.version,
        shared_fields=frozenset(map(ProfileField, row.shared_fields)),
    )
