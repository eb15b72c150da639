"""The embedded servers as tests and the local run use them."""

import asyncio
import signal
from pathlib import Path

import pytest

from deploy.local.nats import Nats
from tests.support.postgres import TestPostgres


async def test_a_killed_postmaster_starts_again_with_its_data(postgres: TestPostgres):
    database = await postgres.empty_database()
    await postgres.run("CREATE TABLE kept (id int)", database)
    postgres.server.process.send_signal(signal.SIGKILL)
    await postgres.server.process.wait()
    await postgres.server.start()
    await postgres.run("INSERT INTO kept VALUES (1)", database)


async def test_a_killed_nats_server_starts_again_on_its_port(nats_server: Nats):
    before = nats_server.url
    nats_server.process.send_signal(signal.SIGKILL)
    await nats_server.process.wait()
    assert await nats_server.start() == before
    host, port = before.removeprefix("nats://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.close()


@pytest.mark.parametrize("name", ["a b", "réseau", 'say "hi"', "back\\slash", "$HOME", "日本" * 20])
async def test_nats_keeps_its_streams_in_a_home_of_any_name(tmp_path: Path, name: str):
    server = Nats(tmp_path / name, durable=False)
    try:
        await server.start()
    finally:
        await server.stop()
    assert (tmp_path / name / "nats" / "jetstream").is_dir()
