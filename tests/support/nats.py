"""A NATS server with JetStream for the tests of one worker."""

import shutil
from collections.abc import AsyncIterator

import pytest

from deploy.local.nats import Nats
from tests.support.postgres import short_folder


@pytest.fixture(scope="session")
async def nats_server() -> AsyncIterator[Nats]:
    """One server per worker, gone after the tests. Who kills it starts it again: its port stays."""
    home = short_folder()
    server = Nats(home, durable=False)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def nats_url(nats_server: Nats) -> str:
    """The address of the worker's server."""
    return nats_server.url
