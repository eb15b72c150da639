"""The five networks of a fresh system."""

from services.common.storage.database import Database
from services.common.storage.ddl import service_role
from services.membership.storage.uow import MembershipTransaction, Uow
from services.membership.usecases.seed import seed_networks
from services.membership.wire import encode_fact


async def seed(database_url: str) -> None:
    """Puts the five networks into membership's database; what is there stays."""
    database = Database.connect(database_url, service_role=service_role("membership"), pool_size=2)
    try:
        await seed_into(database)
    finally:
        await database.close()


async def seed_into(database: Database) -> None:
    """The same, into a database that is open."""
    await seed_networks(Uow(database, MembershipTransaction, encode=encode_fact))
