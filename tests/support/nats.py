"""A NATS server with JetStream for the tests of one worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.home import temporary_home
from deploy.local.nats import Nats
from tests.support import contained


def _in_a_container(home: Path) -> Nats:
    from tests.support.contained import ContainedNats  # only here, for it brings the engine's client

    return ContainedNats(home)


@pytest.fixture(scope="session")
async def nats_server() -> AsyncIterator[Nats]:
    """One server per worker, gone after the tests. Who kills it starts it again: its port stays."""
    with temporary_home() as home:
        server = _in_a_container(home) if contained() else Nats(home, durable=False)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


@pytest.fixture(scope="session")
def nats_url(nats_server: Nats) -> str:
    """The address of the worker's server."""
    return nats_server.url
