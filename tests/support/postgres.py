"""A PostgreSQL cluster for the tests of one worker, with the services' databases made on demand."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.databases import prepare_database
from deploy.local.home import temporary_home
from deploy.local.postgres import Postgres
from services.common.storage.database import plain_engine
from services.common.storage.ddl import service_role
from services.common.storage.provision import OWNER
from tests.support import contained


@dataclass(frozen=True)
class ServiceDatabase:
    """A service's database, provisioned and migrated."""

    owner_url: str
    service_url: str


class TestPostgres:
    """The cluster as tests use it. They keep apart by a fresh network each, not by emptying tables."""

    __test__ = False

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self._databases: dict[str, ServiceDatabase] = {}

    @property
    def admin_url(self) -> str:
        """The superuser's address."""
        return self.server.admin_url

    def url(self, role: str, database: str) -> str:
        """The address of a database for a role."""
        return self.server.url(role, database)

    async def service_database(self, area: str, *, database: str | None = None) -> ServiceDatabase:
        """The database of "membership", "events" or "matching", made once; `database` asks for another one."""
        name = database or area
        if name not in self._databases:
            made = ServiceDatabase(owner_url=self.url(OWNER, name), service_url=self.url(service_role(area), name))
            await prepare_database(self.admin_url, made.owner_url, area, database=name)
            self._databases[name] = made
        return self._databases[name]

    async def empty_database(self, owner: str | None = None) -> str:
        """The name of a new, empty database, of the superuser or of a role."""
        name = f"scratch_{secrets.token_hex(6)}"
        await self.run(f"CREATE DATABASE {name}" + (f" OWNER {owner}" if owner else ""))
        return name

    async def role(self, options: str = "LOGIN") -> str:
        """The name of a new role, with the options of CREATE ROLE."""
        name = f"role_{secrets.token_hex(6)}"
        await self.run(f"CREATE ROLE {name} {options}")
        return name

    async def run(self, statement: str, database: str = "postgres") -> None:
        """Runs one statement as superuser."""
        engine = plain_engine(self.server.url("postgres", database))
        try:
            async with engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.exec_driver_sql(statement)
        finally:
            await engine.dispose()


def _in_a_container(home: Path) -> Postgres:
    from tests.support.contained import ContainedPostgres  # only here, for it brings the engine's client

    return ContainedPostgres(home)


@asynccontextmanager
async def running_postgres() -> AsyncGenerator[TestPostgres]:
    """A new cluster, gone afterwards."""
    with temporary_home() as home:
        server = _in_a_container(home) if contained() else Postgres(home, durable=False)
        try:
            await server.start()
            yield TestPostgres(server)
        finally:
            await server.stop()


@pytest.fixture(scope="session")
async def postgres() -> AsyncGenerator[TestPostgres]:
    """The cluster of this worker."""
    async with running_postgres() as running:
        yield running
