"""What PostgreSQL's catalogue says about how networks are kept apart; a test walks every service's database with it.

Each function but `policies` and `grants` answers with sentences about what is wrong: nothing, when all is well.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import MetaData, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.storage.ddl import OWN_NETWORK
from services.common.storage.system_paths import SystemPath
from services.common.storage.tables import NETWORK

UNPROTECTED = {"alembic_version": "holds the schema's version and no network's rows; nobody but the owner reads it"}
"""The only tables without row-level security. A table that spans networks has it, with policies for paths only."""


@dataclass(frozen=True, order=True)
class Policy:
    """Which rows a role sees (`using`) and may write (`check`) by a command; role "public" is everybody."""

    table: str
    name: str
    roles: tuple[str, ...]
    command: str
    using: str | None
    check: str | None


@dataclass(frozen=True, order=True)
class Granted:
    """A privilege of a role on a table, or on one column of it."""

    role: str
    table: str
    privilege: str
    column: str | None = None


async def faults(connection: AsyncConnection, metadata: MetaData, paths: Sequence[SystemPath]) -> list[str]:
    """Everything that could let one network see another's rows, given what the code says is meant."""
    spanning = global_tables(metadata)
    return [
        *await tables_without_protection(connection),
        *await keys_without_network(connection, spanning),
        *await unsafe_views(connection),
        *await loose_policies(connection, paths),
        *await path_differences(connection, paths),
        *await open_global_tables(connection, spanning, paths),
    ]


def global_tables(metadata: MetaData) -> frozenset[str]:
    """The tables that the code declares to span networks."""
    return frozenset(table.name for table in metadata.tables.values() if table.info.get("global"))


async def policies(connection: AsyncConnection) -> list[Policy]:
    """Every policy on the service's tables."""
    rows = await connection.execute(_POLICIES)
    return sorted(
        Policy(row.tablename, row.policyname, tuple(sorted(row.roles)), row.cmd, row.qual, row.with_check)
        for row in rows
    )


async def grants(connection: AsyncConnection) -> list[Granted]:
    """Every privilege on the service's tables and columns, but for those of their owner."""
    return sorted(
        {Granted(row.role, row.name, row.privilege, row.column) for row in await connection.execute(_GRANTS)},
        key=str,
    )


async def tables_without_protection(connection: AsyncConnection) -> list[str]:
    """Tables without ENABLE or FORCE ROW LEVEL SECURITY, or without a policy."""
    return await _sentences(connection, _UNPROTECTED_TABLES, known=list(UNPROTECTED))


async def keys_without_network(connection: AsyncConnection, spanning: Collection[str] = ()) -> list[str]:
    """Primary keys, unique constraints and indexes, and foreign keys that do not start with the network."""
    return await _sentences(connection, _KEYS, network=NETWORK, known=[*UNPROTECTED, *spanning])


async def unsafe_views(connection: AsyncConnection) -> list[str]:
    """Views that read with their owner's eyes, materialised views, and functions that run as their owner."""
    return await _sentences(connection, _VIEWS)


async def loose_policies(connection: AsyncConnection, paths: Sequence[SystemPath]) -> list[str]:
    """Policies that show more than the transaction's own network to any role but a system path's."""
    across = {path.role for path in paths}
    return [
        f"policy {policy.name} on {policy.table} shows other networks' rows to {', '.join(policy.roles)}"
        for policy in await policies(connection)
        if not across.issuperset(policy.roles)
        for expression in (policy.using, policy.check)
        if expression is not None and _plain(expression) != _plain(OWN_NETWORK)
    ]


async def path_differences(connection: AsyncConnection, paths: Sequence[SystemPath]) -> list[str]:
    """Where the privileges and policies of the paths' roles are not exactly what the paths name."""
    roles = {path.role for path in paths}
    granted = {grant for grant in await grants(connection) if grant.role in roles}
    meant = {
        Granted(path.role, grant.table, privilege, column)
        for path in paths
        for grant in path.grants
        for privilege in grant.privileges
        for column in (grant.columns or (None,))
    }
    policed = {(role, policy.table) for policy in await policies(connection) for role in roles & {*policy.roles}}
    named = {(path.role, table) for path in paths for table in path.tables}
    return [
        *(f"path role {grant.role} has an unnamed {grant}" for grant in sorted(granted - meant, key=str)),
        *(f"path role {grant.role} lacks {grant}" for grant in sorted(meant - granted, key=str)),
        *(f"path role {role} has an unnamed policy on {table}" for role, table in sorted(policed - named)),
        *(f"path role {role} has no policy on {table}" for role, table in sorted(named - policed)),
    ]


async def open_global_tables(
    connection: AsyncConnection, spanning: Collection[str], paths: Sequence[SystemPath]
) -> list[str]:
    """Tables that span networks and can be reached otherwise than through a system path."""
    across = {path.role for path in paths}
    reached = {(grant.role, grant.table) for grant in await grants(connection)}
    policed = {(role, policy.table) for policy in await policies(connection) for role in policy.roles}
    return [
        f"{role} reaches {table}, which spans networks"
        for role, table in sorted(reached | policed)
        if table in spanning and role not in across
    ]


async def _sentences(connection: AsyncConnection, query: TextClause, **values: object) -> list[str]:
    return [str(sentence) for sentence in (await connection.execute(query, values)).scalars()]


def _plain(expression: str) -> str:
    """An expression without the casts and parentheses that PostgreSQL adds when it prints one."""
    return expression.replace("::text", "").replace("(", "").replace(")", "").replace(" ", "").lower()


_POLICIES = text(
    """
    SELECT tablename, policyname, roles::text[] AS roles, cmd, qual, with_check FROM pg_policies
    WHERE schemaname = 'public'
    """
)

_GRANTS = text(
    """
    WITH tables AS (
        SELECT oid, relname, relowner, relacl FROM pg_class
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relnamespace = 'public'::regnamespace
    ), acls AS (
        SELECT relname, relowner, NULL AS attname, acl.* FROM tables, aclexplode(relacl) AS acl
        UNION ALL
        SELECT relname, relowner, attname::text, acl.* FROM tables
        JOIN pg_attribute ON attrelid = tables.oid, aclexplode(attacl) AS acl
    )
    SELECT CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END AS role,
        relname AS name, privilege_type AS privilege, attname AS column
    FROM acls WHERE grantee <> relowner
    """
)

_UNPROTECTED_TABLES = text(
    """
    SELECT format('table %s lacks row-level security: enabled %s, forced %s, policies %s',
        relname, relrowsecurity, relforcerowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid))
    FROM pg_class
    WHERE relkind IN ('r', 'p', 'f') AND relnamespace = 'public'::regnamespace AND relname <> ALL (:known)
    AND NOT (relrowsecurity AND relforcerowsecurity
        AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
    ORDER BY relname
    """
)

_KEYS = text(
    """
    SELECT format('unique index %s of %s does not start with the network', indexrelid::regclass, relname) AS sentence
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE indisunique AND relname <> ALL (:known) AND relnamespace = 'public'::regnamespace
    AND indkey[0] IS DISTINCT FROM (
        SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = :network)
    UNION ALL
    SELECT format('foreign key %s of %s does not include the network', conname, relname)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'f' AND relname <> ALL (:known)
    AND NOT EXISTS (
        SELECT FROM unnest(conkey, confkey) AS pair (here, there)
        JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = here
        JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = there
        WHERE own.attname = :network AND other.attname = :network)
    UNION ALL
    SELECT format('table %s has no primary key', relname)
    FROM pg_class
    WHERE relkind IN ('r', 'p') AND relname <> ALL (:known) AND relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)
    ORDER BY sentence
    """
)

_VIEWS = text(
    """
    SELECT format('view %s reads with its owner''s eyes', relname) AS sentence FROM pg_class
    WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
    AND NOT coalesce((SELECT option_value::boolean FROM pg_options_to_table(reloptions)
        WHERE option_name = 'security_invoker'), false)
    UNION ALL
    SELECT format('materialised view %s keeps the rows of all networks', relname) FROM pg_class
    WHERE relkind = 'm' AND relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('function %s runs as its owner', oid::regprocedure) FROM pg_proc
    WHERE prosecdef AND pronamespace = 'public'::regnamespace
    ORDER BY sentence
    """
)
