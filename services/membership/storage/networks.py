"""Networks in the database."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.membership.domain.network import Look, Network
from services.membership.storage.tables import directory, networks


class Networks:
    """The transaction's own network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def get(self, *, lock: bool = False) -> Network:
        """The network; raises NotFound. With `lock` nobody else changes it until the transaction ends."""
        found = await self.find(lock=lock)
        if found is None:
            raise NotFound("network")
        return found

    async def find(self, *, lock: bool = False) -> Network | None:
        query = select(networks).where(networks.c.network_id == self._network)
        row = (await self._connection.execute(query.with_for_update() if lock else query)).one_or_none()
        return None if row is None else _network(row)

    async def add(self, network: Network) -> None:
        await self._connection.execute(insert(networks).values(network_id=network.id, **_values(network)))

    async def save(self, network: Network) -> None:
        mine = networks.c.network_id == self._network
        await self._connection.execute(update(networks).where(mine).values(**_values(network)))


async def find_in_directory(connection: AsyncConnection, name: str) -> UUID | None:
    """The network that a slug or host name leads to. Needs the directory or the founding path."""
    query = select(directory.c.network).where(directory.c.name == name)
    return (await connection.execute(query)).scalar_one_or_none()


async def claim_in_directory(connection: AsyncConnection, name: str, network: UUID) -> None:
    """Make a slug or host name lead to the network. Needs the founding path."""
    await connection.execute(insert(directory).values(name=name, network=network))


def _values(network: Network) -> dict[str, Any]:
    return {
        "slug": network.slug,
        "name": network.name,
        "hosts": list(network.hosts),
        "time_zone": network.time_zone,
        "languages": list(network.languages),
        "logo_url": network.look.logo_url,
        "primary_colour": network.look.primary_colour,
        "accent_colour": network.look.accent_colour,
        "words": dict(network.words),
        "guests_welcome": network.guests_welcome,
        "version": network.version,
    }


def _network(row: Row[Any]) -> Network:
    return Network(
        id=row.network_id,
        slug=row.slug,
        name=row.name,
        hosts=tuple(row.hosts),
        time_zone=row.time_zone,
        languages=tuple(row.languages),
        look=Look(row.logo_url, row.primary_colour, row.accent_colour),
        words=row.words,
        guests_welcome=row.guests_welcome,
        version=row.version,
    )
