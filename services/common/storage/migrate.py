"""Brings a service's database to the version of its code. Run by the owner's role, never by the service."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from services.common.storage.database import plain_engine

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('ontmoet.migrate'))")


async def upgrade(owner_url: str, package: str) -> None:
    """Runs the migrations that the database has not seen; two at the same time wait for each other.

    `package` is a service's storage, such as "services.events.storage".
    """
    engine = plain_engine(owner_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(_ONE_AT_A_TIME)
            await connection.run_sync(_upgrade, package)
    finally:
        await engine.dispose()


async def differences(owner_url: str, package: str) -> list[str]:
    """What the database has otherwise than the tables in the code; nothing, when the migrations are complete."""
    metadata: MetaData = import_module(f"{package}.tables").metadata
    engine = plain_engine(owner_url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_differences, metadata)
    finally:
        await engine.dispose()


def run(area: str, metadata: MetaData) -> None:
    """Runs the migrations inside a service's env.py."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, area=area)
    with context.begin_transaction():
        context.run_migrations()


def _upgrade(connection: Connection, package: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_folder(package) / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _differences(connection: Connection, metadata: MetaData) -> list[str]:
    migration = MigrationContext.configure(connection)
    return [repr(difference) for difference in compare_metadata(migration, metadata)]


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"{package} is no package")
    return Path(spec.origin).parent
