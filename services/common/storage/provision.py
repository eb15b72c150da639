"""Prepares a PostgreSQL server for a service: its database and roles. Administrators run it, any number of times."""

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.storage.database import plain_engine
from services.common.storage.ddl import identifier, service_role
from services.common.storage.system_paths import SystemPath

OWNER = "ontmoet_owner"
"""Owns every service's database and tables, and runs the migrations."""


async def provision(
    admin_url: str,
    area: str,
    paths: Sequence[SystemPath],
    *,
    password: str | None = None,
    owner_password: str | None = None,
    database: str | None = None,
) -> None:
    """Makes the area's database (named after it, unless told otherwise) and the roles of its owner, service and paths.

    The password is the service's; the service or owner for whom none is given keeps the one it has.
    """
    service, database = service_role(area), identifier(database or area)
    engine = plain_engine(admin_url)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("SELECT pg_advisory_lock(hashtext('ontmoet.provision'))"))
            await _role(connection, OWNER, "LOGIN")
            await _role(connection, service, "LOGIN")
            await _set_password(connection, OWNER, owner_password)
            await _set_password(connection, service, password)
            # Row-level security binds the owner too: a data migration sees what the service would see in a network.
            await _run(connection, f"GRANT {service} TO {OWNER} WITH INHERIT TRUE, SET FALSE")
            for path in paths:
                await _role(connection, identifier(path.role), "NOLOGIN")
                await _run(connection, f"GRANT {path.role} TO {service} WITH INHERIT FALSE, SET TRUE")
            await _database(connection, database, service)
    finally:
        await engine.dispose()


async def _role(connection: AsyncConnection, name: str, login: str) -> None:
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    if await connection.scalar(known, {"name": name}) is None:
        await _run(connection, f"CREATE ROLE {name} {login} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")


async def _set_password(connection: AsyncConnection, role: str, password: str | None) -> None:
    if password is not None:
        verifier = password_verifier(password, secrets.token_bytes(16))
        await _run(connection, f"ALTER ROLE {role} PASSWORD '{verifier}'")


async def _database(connection: AsyncConnection, name: str, service: str) -> None:
    known = text("SELECT 1 FROM pg_database WHERE datname = :name")
    if await connection.scalar(known, {"name": name}) is None:
        await _run(connection, f"CREATE DATABASE {name} OWNER {OWNER}")
    await _run(connection, f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    await _run(connection, f"GRANT CONNECT ON DATABASE {name} TO {service}")


async def _run(connection: AsyncConnection, statement: str) -> None:
    await connection.exec_driver_sql(statement)


def password_verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (RFC 5803); sending it keeps the password itself out of the server's log."""
    iterations = 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${iterations}:{salt64}${stored64}:{server64}"
