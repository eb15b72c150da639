"""The services' databases: made, and brought to the present version."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from services.common.storage.migrate import upgrade
from services.common.storage.provision import provision
from services.common.storage.system_paths import SystemPath

AREAS = ("membership", "events", "matching")
"""The services that have a database, each named after its service."""


def storage_package(area: str) -> str:
    """Where a service keeps its tables and migrations."""
    return f"services.{area}.storage"


def system_paths(area: str) -> Sequence[SystemPath]:
    """What may cross networks in a service."""
    return import_module(f"{storage_package(area)}.system_paths").SYSTEM_PATHS


async def prepare_database(
    admin_url: str,
    owner_url: str,
    area: str,
    *,
    database: str | None = None,
    passwords: Mapping[str, str] | None = None,
) -> None:
    """Makes an area's roles and database, or brings them to the present version. May run any number of times.

    `passwords` are those of the service, by its area, and of the "owner"; whose is missing keeps the one it has.
    """
    chosen = passwords or {}
    await provision(
        admin_url,
        area,
        system_paths(area),
        password=chosen.get(area),
        owner_password=chosen.get("owner"),
        database=database,
    )
    await upgrade(owner_url, storage_package(area))
