"""Databases and roles as administrators prepare them, and migrations as owners run them."""

import asyncio
import base64

from sqlalchemy import text

from services.common.storage.database import plain_engine
from services.common.storage.migrate import differences, upgrade
from services.common.storage.provision import OWNER, password_verifier, provision
from tests.integration.common_storage.conftest import PACKAGE
from tests.integration.common_storage.sample.storage.system_paths import SYSTEM_PATHS
from tests.support.postgres import TestPostgres


async def scalar(url: str, query: str) -> object:
    engine = plain_engine(url)
    async with engine.connect() as connection:
        found = await connection.scalar(text(query))
    await engine.dispose()
    return found


async def test_provisioning_and_migrating_again_changes_nothing(postgres: TestPostgres):
    for _ in range(2):
        await provision(postgres.admin_url, "sample", SYSTEM_PATHS, database="sample_again")
        await upgrade(postgres.url(OWNER, "sample_again"), PACKAGE)
    assert await differences(postgres.url(OWNER, "sample_again"), PACKAGE) == []


async def test_two_may_provision_and_migrate_at_the_same_time(postgres: TestPostgres):
    both = (provision(postgres.admin_url, "sample", SYSTEM_PATHS, database="sample_twice") for _ in range(2))
    await asyncio.gather(*both)
    await asyncio.gather(*(upgrade(postgres.url(OWNER, "sample_twice"), PACKAGE) for _ in range(2)))
    assert await differences(postgres.url(OWNER, "sample_twice"), PACKAGE) == []


async def test_a_column_that_no_migration_made_is_a_difference(postgres: TestPostgres):
    await provision(postgres.admin_url, "sample", SYSTEM_PATHS, database="sample_altered")
    await upgrade(postgres.url(OWNER, "sample_altered"), PACKAGE)
    await postgres.run("ALTER TABLE halls ADD COLUMN colour text", "sample_altered")
    assert "colour" in str(await differences(postgres.url(OWNER, "sample_altered"), PACKAGE))


async def test_the_password_is_stored_as_postgresql_would_store_it_and_never_sent(postgres: TestPostgres):
    """A6: PostgreSQL's own verifier of the same password and salt is the same."""
    theirs = await postgres.role("LOGIN PASSWORD 'geheim'")
    verifier = str(await scalar(postgres.admin_url, f"SELECT rolpassword FROM pg_authid WHERE rolname = '{theirs}'"))
    salt = base64.b64decode(verifier.split("$")[1].split(":")[1])
    assert password_verifier("geheim", salt) == verifier

    await provision(postgres.admin_url, "sample", SYSTEM_PATHS, password="geheim", database="sample_again")
    stored = "SELECT rolpassword FROM pg_authid WHERE rolname = 'sample_service'"
    assert str(await scalar(postgres.admin_url, stored)).startswith("SCRAM-SHA-256$4096:")


async def test_other_services_and_strangers_cannot_connect_to_a_services_database(postgres: TestPostgres):
    """T1: a service's role reaches its own database only."""
    await provision(postgres.admin_url, "sample", SYSTEM_PATHS, database="sample_again")
    stranger = await postgres.role()
    may = f"SELECT has_database_privilege('{stranger}', 'sample_again', 'CONNECT')"
    assert await scalar(postgres.admin_url, may) is False
