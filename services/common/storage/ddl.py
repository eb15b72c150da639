"""What migrations need to keep networks apart: row-level security, forced, and no more privileges than used."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Executable, MetaData, PrimaryKeyConstraint, Uuid
from sqlalchemy.schema import CreateIndex, CreateTable, SchemaItem

from services.common.storage.system_paths import SystemPath
from services.common.storage.tables import NETWORK, platform_tables

OWN_NETWORK = f"{NETWORK} = nullif(current_setting('ontmoet.network', true), '')::uuid"
"""A row of the transaction's network. A transaction that named none has '' here once the connection was used before."""

READ_AND_WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")
APPEND_ONLY = ("SELECT", "INSERT")


class Operations(Protocol):
    """The part of `alembic.op` that is used here."""

    def execute(self, sqltext: Executable | str) -> None: ...
    def create_table(self, table_name: str, *columns: SchemaItem) -> Any: ...
    def get_context(self) -> MigrationContext: ...


def create_network_table(
    op: Operations,
    name: str,
    *items: SchemaItem,
    key: Sequence[str] = ("id",),
    privileges: Sequence[str] = READ_AND_WRITE,
) -> None:
    """Creates what `network_table` describes, and protects it."""
    network = Column(NETWORK, Uuid(), nullable=False)
    op.create_table(name, network, *items, PrimaryKeyConstraint(NETWORK, *key))
    protect(op, name, privileges)


def create_global_table(op: Operations, name: str, *items: SchemaItem, key: Sequence[str] = ("id",)) -> None:
    """Creates what `global_table` describes, closed to all until `open_path` opens it for a system path."""
    op.create_table(name, *items, PrimaryKeyConstraint(*key))
    protect_global(op, name)


def create_platform(op: Operations, area: str) -> None:
    """Creates outbox, inbox, idempotency keys and dead letters; the service may only add to its outbox."""
    platform = platform_tables(MetaData())
    for table in platform.tables:
        op.execute(CreateTable(table))
        for index in table.indexes:
            op.execute(CreateIndex(index))
    service = service_role(area)
    _force_row_security(op, "outbox")
    op.execute(f"CREATE POLICY {service} ON outbox FOR INSERT TO {service} WITH CHECK ({OWN_NETWORK})")
    op.execute(f"GRANT INSERT ON outbox TO {service}")
    protect(op, "inbox", APPEND_ONLY)
    protect(op, "idempotency_keys", APPEND_ONLY)
    op.execute(f"GRANT UPDATE (response) ON idempotency_keys TO {service}")
    protect(op, "dead_letters", ("SELECT", "INSERT", "UPDATE"))


def protect(op: Operations, table: str, privileges: Sequence[str] = READ_AND_WRITE) -> None:
    """Shows a table's rows to the service in a transaction of their own network only, whoever owns the table."""
    service, table = service_role(_area(op)), identifier(table)
    _force_row_security(op, table)
    op.execute(f"CREATE POLICY {service} ON {table} TO {service} USING ({OWN_NETWORK}) WITH CHECK ({OWN_NETWORK})")
    op.execute(f"GRANT {', '.join(privileges)} ON {table} TO {service}")


def protect_global(op: Operations, table: str) -> None:
    """Closes a table that spans networks to all but the system paths that `open_path` lets in."""
    _force_row_security(op, identifier(table))


def open_path(op: Operations, path: SystemPath) -> None:
    """Lets a system path do what it names and nothing else; a later migration may call it again for a changed path."""
    role = identifier(path.role)
    for table in map(identifier, path.tables):
        op.execute(f"REVOKE ALL ON {table} FROM {role}")
        op.execute(f"DROP POLICY IF EXISTS {role} ON {table}")
        op.execute(f"CREATE POLICY {role} ON {table} TO {role} USING (true) WITH CHECK (true)")
    for grant in path.grants:
        columns = f" ({', '.join(map(identifier, grant.columns))})" if grant.columns else ""
        privileges = ", ".join(privilege + columns for privilege in grant.privileges)
        op.execute(f"GRANT {privileges} ON {grant.table} TO {role}")


def service_role(area: str) -> str:
    """The role under which a service signs in to its database."""
    return identifier(f"{area}_service")


def identifier(name: str) -> str:
    """The name, if it can stand in SQL as it is; raises ValueError otherwise."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ValueError(f"{name!r} is no plain SQL name")
    return name


def _force_row_security(op: Operations, table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _area(op: Operations) -> str:
    """The area that `migrate.run` was given."""
    return op.get_context().opts["area"]
