"""Each service's own database, as its migrations make it."""

from importlib import import_module

import pytest

from services.common.storage import catalogue
from services.common.storage.database import Database, plain_engine
from services.common.storage.migrate import differences
from tests.support.postgres import TestPostgres

AREAS = ["membership", "events", "matching"]


@pytest.mark.parametrize("area", AREAS)
async def test_no_service_database_has_a_way_by_which_networks_could_mix(postgres: TestPostgres, area: str):
    """T2, T5, T6: every table, policy, grant, key, view and function of it is looked at."""
    made = await postgres.service_database(area)
    tables = import_module(f"services.{area}.storage.tables")
    paths = import_module(f"services.{area}.storage.system_paths").SYSTEM_PATHS
    engine = plain_engine(made.owner_url)
    async with engine.connect() as connection:
        assert await catalogue.faults(connection, tables.metadata, paths) == []
    await engine.dispose()


@pytest.mark.parametrize("area", AREAS)
async def test_the_migrations_of_a_service_make_the_tables_that_its_code_knows(postgres: TestPostgres, area: str):
    """A forgotten migration is found here and not in production."""
    made = await postgres.service_database(area)
    assert await differences(made.owner_url, f"services.{area}.storage") == []


@pytest.mark.parametrize("area", AREAS)
async def test_each_services_role_may_not_see_across_networks(postgres: TestPostgres, area: str):
    """T1: as provision makes it, with all its system paths."""
    made = await postgres.service_database(area)
    database = Database.connect(made.service_url, service_role=f"{area}_service", pool_size=1)
    await database.verify_role()
    await database.close()
