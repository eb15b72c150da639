"""Where an operator's commands find the databases: in their environment, or else in the running local system."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from deploy.local.databases import AREAS, prepare_database
from deploy.local.failures import LocalFailure
from deploy.local.home import Home
from deploy.local.postgres import ADMIN, socket_url
from services.common.storage.database import Database
from services.common.storage.ddl import service_role
from services.common.storage.provision import OWNER

ADMIN_URL = "ONTMOET_ADMIN_DATABASE_URL"
PASSWORDS_FILE = "ONTMOET_DATABASE_PASSWORDS_FILE"
DATABASE_URL = "ONTMOET_DATABASE_URL"


class Area(StrEnum):
    """A service with a database."""

    MEMBERSHIP = "membership"
    EVENTS = "events"
    MATCHING = "matching"


AreaArgument = Annotated[Area, typer.Argument(help="The service whose database is meant.")]


def migrate() -> None:
    """Make or migrate the databases of all services, and their roles; safe to run again.

    ONTMOET_ADMIN_DATABASE_URL names the server and an administrator of it. ONTMOET_DATABASE_PASSWORDS_FILE may hold the
    passwords to set, as JSON: {"owner": ..., "membership": ..., "events": ..., "matching": ...}. Without the former,
    the running local system is meant.
    """
    passwords = _passwords()
    admin_url = _given(ADMIN_URL) or local_url(ADMIN, "postgres")
    for area in AREAS:
        owner_url = make_url(admin_url).set(username=OWNER, password=passwords.get("owner"), database=area)
        work = prepare_database(admin_url, owner_url.render_as_string(hide_password=False), area, passwords=passwords)
        asyncio.run(work)
        print(f"{area}: its database is of this version")


def database_of(area: str) -> AbstractAsyncContextManager[Database]:
    """A service's database, in its own role: ONTMOET_DATABASE_URL, or that of the running local system."""
    return opened(_given(DATABASE_URL) or local_url(service_role(area), area), area)


@asynccontextmanager
async def opened(url: str, area: str) -> AsyncGenerator[Database]:
    """The service's database at this address, closed at the end."""
    database = Database.connect(url, service_role=service_role(area), pool_size=2)
    try:
        await database.verify_role()
        yield database
    finally:
        await database.close()


def local_url(role: str, database: str) -> str:
    """An address in the running local system; LocalFailure when none runs."""
    home = Home.from_environment()
    if home.port is None:
        raise LocalFailure(f"no local system runs in {home.path}, and {DATABASE_URL} or {ADMIN_URL} is not set")
    return socket_url(home.path, role, database)


def _given(variable: str) -> str | None:
    """The address in the environment; LocalFailure when it is none, without quoting it, for it may hold a password."""
    url = os.environ.get(variable)
    if not url:
        return None
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise LocalFailure(f"{variable} is no address such as postgresql://user:password@host/database") from None
    return url


def _passwords() -> Mapping[str, str]:
    path = os.environ.get(PASSWORDS_FILE)
    if not path:
        return {}
    try:
        passwords: Mapping[object, object] = dict(json.loads(Path(path).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise LocalFailure(f"{PASSWORDS_FILE}: {path} cannot be read: {type(error).__name__}") from None
    return {str(name): str(password) for name, password in passwords.items()}
