"""The catalogue's questions find each way in which networks could mix; without such a way they find nothing."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.storage import catalogue
from tests.integration.common_storage.sample.storage.system_paths import SYSTEM_PATHS
from tests.integration.common_storage.sample.storage.tables import metadata

OWN = "network_id = nullif(current_setting('ontmoet.network', true), '')::uuid"


async def faults_after(connection: AsyncConnection, *statements: str) -> list[str]:
    for statement in statements:
        await connection.exec_driver_sql(statement)
    return await catalogue.faults(connection, metadata, SYSTEM_PATHS)


async def test_a_database_made_with_the_ddl_helpers_has_no_faults(owner: AsyncConnection):
    """T2: a catalogue query returns no row."""
    assert await faults_after(owner) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("CREATE TABLE loose (network_id uuid PRIMARY KEY)", "table loose lacks"),
        ("ALTER TABLE halls NO FORCE ROW LEVEL SECURITY", "table halls lacks"),
        ("ALTER TABLE halls DISABLE ROW LEVEL SECURITY", "table halls lacks"),
        ("DROP POLICY sample_service ON halls", "table halls lacks"),
        ("CREATE POLICY all_rows ON halls USING (true)", "policy all_rows on halls shows"),
        (
            f"CREATE POLICY writes ON halls TO sample_service USING ({OWN}) WITH CHECK (true)",
            "policy writes on halls shows",
        ),
        (f"CREATE POLICY reads ON halls TO sample_service USING ({OWN} OR free = 0)", "policy reads on halls shows"),
    ],
)
async def test_a_table_that_shows_other_networks_rows_is_found(owner: AsyncConnection, statement: str, fault: str):
    """T2: not enabled, not forced, without a policy, or with one that says too much."""
    assert fault in "\n".join(await faults_after(owner, statement))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE halls ADD UNIQUE (id)", "unique index halls_id_key"),
        ("ALTER TABLE halls ADD UNIQUE (code, network_id)", "unique index halls_code_network_id_key"),
        ("CREATE UNIQUE INDEX lower_id ON halls (lower(id::text))", "unique index lower_id"),
        ("ALTER TABLE tickets DROP CONSTRAINT tickets_pkey", "table tickets has no primary key"),
        (
            "ALTER TABLE halls ADD CONSTRAINT alone UNIQUE (id); "
            "ALTER TABLE tickets ADD CONSTRAINT plain FOREIGN KEY (hall_id) REFERENCES halls (id)",
            "foreign key plain of tickets",
        ),
    ],
)
async def test_a_key_that_does_not_start_with_the_network_is_found(owner: AsyncConnection, statement: str, fault: str):
    """T6: foreign keys and unique constraints include the network."""
    assert fault in "\n".join(await faults_after(owner, *statement.split("; ")))


@pytest.mark.parametrize(
    ("statement", "fault", "leak"),
    [
        ("CREATE VIEW seen AS SELECT * FROM halls", "view seen", "SELECT count(*) FROM seen"),
        (
            "CREATE VIEW seen WITH (security_invoker = false) AS SELECT * FROM halls",
            "view seen",
            "SELECT count(*) FROM seen",
        ),
        (
            "CREATE MATERIALIZED VIEW kept AS SELECT * FROM halls",
            "materialised view kept",
            "SELECT count(*) FROM kept",
        ),
        (
            "CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM halls'",
            "function counted()",
            "SELECT counted()",
        ),
    ],
)
@pytest.mark.usefixtures("ours", "theirs")
async def test_a_view_or_function_with_its_owners_eyes_is_found_and_would_leak(
    admin: AsyncConnection, statement: str, fault: str, leak: str
):
    """T5: views are security_invoker; no materialised view or definer function over network rows."""
    assert fault in "\n".join(await faults_after(admin, statement))
    await admin.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO sample_service")
    await admin.exec_driver_sql("SET LOCAL ROLE sample_service")
    assert (await admin.execute(text(leak))).scalar_one() >= 2
    assert (await admin.execute(text("SELECT count(*) FROM hall_codes"))).scalar_one() == 0


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("GRANT SELECT ON halls TO sample_relay", "path role sample_relay has an unnamed"),
        ("GRANT UPDATE (payload) ON outbox TO sample_relay", "path role sample_relay has an unnamed"),
        ("REVOKE DELETE ON outbox FROM sample_relay", "path role sample_relay lacks"),
        ("CREATE POLICY more ON halls TO sample_relay USING (true)", "path role sample_relay has an unnamed policy"),
        ("DROP POLICY sample_relay ON outbox", "path role sample_relay has no policy on outbox"),
        ("GRANT SELECT (host) ON doors TO sample_service", "sample_service reaches doors"),
        ("GRANT SELECT ON doors TO PUBLIC", "public reaches doors"),
        ("CREATE POLICY open ON doors TO sample_service USING (host = '')", "sample_service reaches doors"),
    ],
)
async def test_a_path_that_may_do_otherwise_than_it_names_is_found(owner: AsyncConnection, statement: str, fault: str):
    """T2: privileges and policies of a path are exactly those in the list of system paths."""
    assert fault in "\n".join(await faults_after(owner, statement))
