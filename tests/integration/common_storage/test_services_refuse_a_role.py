"""The services as processes, with an address of the database that they must not use."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from deploy.local.databases import AREAS
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.system import LocalSystem
from tests.support.postgres import TestPostgres


@pytest.mark.parametrize("area", AREAS)
async def test_a_service_started_with_the_embedded_servers_own_uri_exits_with_a_clear_message(
    postgres: TestPostgres, tmp_path: Path, area: str
):
    """T1: under the embedded server's superuser row-level security is silently void."""
    await postgres.service_database(area)
    system = LocalSystem(Home(tmp_path), Ports(8080))
    tmp_path.joinpath("keys").mkdir()
    system.keys.prepare()
    [program] = [program for program in system.services() if program.name == area]
    service = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        program.module,
        env={**os.environ, **program.environment, "ONTMOET_DATABASE_URL": postgres.url("postgres", area)},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        _, errors = await service.communicate()
    assert service.returncode == 1
    assert errors.decode().splitlines()[-1] == (
        f"This service must sign in to PostgreSQL as {area}_service, but its URL signs in as postgres."
    )
