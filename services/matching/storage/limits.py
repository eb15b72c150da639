"""What a network may ask of the solver."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.matching.domain.limits import Limits, OwnLimits
from services.matching.storage.tables import limits


async def limits_of(connection: AsyncConnection, network: UUID, usual: Limits) -> Limits:
    """The network's own limits, and the usual ones where it has none of its own."""
    row = (await connection.execute(select(limits).where(limits.c.network_id == network))).one_or_none()
    return usual if row is None else usual.changed_by(OwnLimits(row.people, row.rounds, row.seconds, row.searches))


async def keep_limits(connection: AsyncConnection, network: UUID, own: OwnLimits) -> None:
    """Gives the network these limits, in place of those that it had."""
    values = asdict(own)
    statement = insert(limits).values(network_id=network, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=[limits.c.network_id], set_=values))
