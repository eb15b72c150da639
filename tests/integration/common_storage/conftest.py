"""A small service's database, provisioned and migrated like any other."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.storage.database import Database, plain_engine
from services.common.storage.migrate import upgrade
from services.common.storage.provision import OWNER, provision
from services.common.storage.uow import UnitOfWork
from tests.integration.common_storage.sample.service import SampleTransaction, SampleUow, a_hall, encode
from tests.integration.common_storage.sample.storage.system_paths import SYSTEM_PATHS
from tests.integration.common_storage.sample.storage.tables import halls
from tests.support.postgres import TestPostgres

PACKAGE = "tests.integration.common_storage.sample.storage"


@dataclass(frozen=True)
class Sample:
    admin_url: str
    owner_url: str
    service_url: str


@pytest.fixture(scope="session")
async def sample(postgres: TestPostgres) -> Sample:
    await provision(postgres.admin_url, "sample", SYSTEM_PATHS)
    made = Sample(
        postgres.url("postgres", "sample"), postgres.url(OWNER, "sample"), postgres.url("sample_service", "sample")
    )
    await upgrade(made.owner_url, PACKAGE)
    return made


@pytest.fixture
async def uow(sample: Sample) -> AsyncGenerator[SampleUow]:
    """The unit of work of a running service, with ten connections."""
    database = Database.connect(sample.service_url, service_role="sample_service")
    yield UnitOfWork(database, SampleTransaction, encode=encode)
    await database.close()


@pytest.fixture
async def single(sample: Sample) -> AsyncGenerator[SampleUow]:
    """A unit of work with one connection: what one transaction leaves behind, the next one finds."""
    database = Database.connect(sample.service_url, service_role="sample_service", pool_size=1)
    yield UnitOfWork(database, SampleTransaction, encode=encode)
    await database.close()


@pytest.fixture
async def admin(sample: Sample) -> AsyncGenerator[AsyncConnection]:
    """The superuser, in a transaction that is never committed."""
    engine = plain_engine(sample.admin_url)
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()
    await engine.dispose()


@pytest.fixture
async def owner(sample: Sample) -> AsyncGenerator[AsyncConnection]:
    """The tables' owner, in a transaction that is never committed."""
    engine = plain_engine(sample.owner_url)
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()
    await engine.dispose()


@pytest.fixture
async def ours(uow: SampleUow) -> UUID:
    """A network with one hall, "Aula"."""
    return await _network_with_a_hall(uow)


@pytest.fixture
async def theirs(uow: SampleUow) -> UUID:
    """Another network with a hall of the same name."""
    return await _network_with_a_hall(uow)


async def _network_with_a_hall(uow: SampleUow) -> UUID:
    network = uuid4()
    async with uow.begin(network) as tx:
        await tx.connection.execute(insert(halls).values(a_hall(network)))
    return network
