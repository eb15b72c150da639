"""Whether the migrations make the tables that the code expects, and keep networks apart."""

import asyncio
from importlib import import_module

from sqlalchemy import MetaData

from deploy.local.databases import AREAS, prepare_database, storage_package, system_paths
from deploy.local.home import temporary_home
from deploy.local.postgres import Postgres
from services.common.storage.catalogue import faults
from services.common.storage.database import plain_engine
from services.common.storage.migrate import differences
from services.common.storage.provision import OWNER


async def main() -> str | None:
    """Migrates an empty server and answers what is wrong, if anything is."""
    with temporary_home() as home:
        postgres = Postgres(home, durable=False)
        try:
            await postgres.start()
            wrong = [f"{area}: {fault}" for area in AREAS for fault in await _wrong_with(postgres, area)]
        finally:
            await postgres.stop()
    return "\n".join(wrong) or None


async def _wrong_with(postgres: Postgres, area: str) -> list[str]:
    owner_url = postgres.url(OWNER, area)
    await prepare_database(postgres.admin_url, owner_url, area)
    metadata: MetaData = import_module(f"{storage_package(area)}.tables").metadata
    engine = plain_engine(owner_url)
    try:
        async with engine.connect() as connection:
            found = await faults(connection, metadata, system_paths(area))
    finally:
        await engine.dispose()
    return [*await differences(owner_url, storage_package(area)), *found]


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
