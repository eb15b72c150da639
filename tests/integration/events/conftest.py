"""Events on a real PostgreSQL, each test in a network of its own."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from services.common.storage.database import Database
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.wire import encode_fact
from tests.support.events_service import EventsService, running_events
from tests.support.postgres import ServiceDatabase, TestPostgres


@pytest.fixture(scope="session")
async def events_database(postgres: TestPostgres) -> ServiceDatabase:
    return await postgres.service_database("events")


@pytest.fixture(scope="session")
async def database(events_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database.connect(events_database.service_url, service_role="events_service", pool_size=20)
    await database.verify_role()
    yield database
    await database.close()


@pytest.fixture
def uow(database: Database) -> Uow:
    return Uow(database, EventsTransaction, encode=encode_fact)


@pytest.fixture
def network() -> UUID:
    return uuid4()


@pytest.fixture(scope="session")
async def service(postgres: TestPostgres) -> AsyncIterator[EventsService]:
    """Events and membership, as they run."""
    async with running_events(postgres) as service:
        yield service
