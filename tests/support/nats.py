"""A NATS server with JetStream for the tests of one worker."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.local.home import temporary_home
from deploy.local.nats import Nats
from tests.support import contained


def _in_a_container(home: Path) -> Nats:
    from tests.support.contained import ContainedNats  # only here, for it brings the engine's client

    return ContainedNats(home)


@asynccontextmanager
async def running_nats() -> AsyncGenerator[Nats]:
    """A new server, gone afterwards."""
    with temporary_home() as home:
        server = _in_a_container(home) if contained() else Nats(home, durable=False)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


@pytest.fixture(scope="session")
async def nats_server() -> AsyncGenerator[Nats]:
    """The server of this worker. Who kills it starts it again: its port stays."""
    async with running_nats() as running:
        yield running


@pytest.fixture(scope="session")
def nats_url(nats_server: Nats) -> str:
    """The address of the worker's server."""
    return nats_server.url
