import pytest

from services.common.refusals import Busy
from services.common.storage.database import Database, WrongDatabaseRole
from services.common.storage.provision import OWNER
from tests.integration.common_storage.conftest import Sample
from tests.support.postgres import TestPostgres


async def verify(url: str, role: str) -> None:
    database = Database.connect(url, service_role=role, pool_size=1)
    try:
        await database.verify_role()
    finally:
        await database.close()


async def test_a_service_that_signs_in_under_its_own_role_may_start(sample: Sample):
    """T1: the role that provision makes owns nothing and bypasses nothing."""
    await verify(sample.service_url, "sample_service")


async def test_a_service_started_with_the_embedded_servers_own_uri_refuses_to_start(sample: Sample):
    """T1: and it says under which role it must sign in."""
    with pytest.raises(WrongDatabaseRole, match=r"must sign in to PostgreSQL as sample_service.* as postgres"):
        await verify(sample.admin_url, "sample_service")


async def test_a_role_is_refused_by_what_it_may_do_and_not_only_by_its_name(sample: Sample, postgres: TestPostgres):
    """T1: owner, superuser, BYPASSRLS, makers of roles, and whoever may become one of these."""
    with pytest.raises(WrongDatabaseRole, match="is a superuser"):
        await verify(sample.admin_url, "postgres")
    with pytest.raises(WrongDatabaseRole, match="owns"):
        await verify(sample.owner_url, OWNER)
    bypassing = await postgres.role("LOGIN BYPASSRLS")
    makers = await postgres.role("LOGIN CREATEROLE")
    members = await postgres.role(f"LOGIN NOINHERIT IN ROLE {OWNER}")
    for role, danger in (
        (bypassing, "may bypass row-level security"),
        (makers, "may make roles"),
        (members, f"may become {OWNER}"),
    ):
        await postgres.run(f"GRANT CONNECT ON DATABASE sample TO {role}")
        with pytest.raises(WrongDatabaseRole, match=danger):
            await verify(postgres.url(role, "sample"), role)


async def test_the_services_role_cannot_make_or_own_anything(sample: Sample):
    """T1: not even a temporary table."""
    database = Database.connect(sample.service_url, service_role="sample_service", pool_size=1)
    for statement in ("CREATE TABLE mine ()", "CREATE TEMP TABLE mine ()", "CREATE SCHEMA mine"):
        with pytest.raises(Exception, match="permission denied"):
            async with database.transaction() as connection:
                await connection.exec_driver_sql(statement)
    await database.close()


async def test_a_database_that_cannot_be_reached_is_a_reason_to_try_again():
    """F3: the refusal is one that clients retry; and a health check says no."""
    database = Database.connect("postgresql://nobody@/nothing?host=/tmp/there-is-no-socket-here", service_role="nobody")
    with pytest.raises(Busy):
        async with database.transaction():
            pass
    assert not await database.ready()
