"""The fixture `house`; apart from the house itself, which imports everything, so that other tests start fast."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from deploy.local.nats import Nats
from tests.support.postgres import TestPostgres

if TYPE_CHECKING:
    from tests.support.house import House


@pytest.fixture(scope="session")
async def house(postgres: TestPostgres, nats_server: Nats) -> AsyncIterator[House]:
    """One house per worker. Tests keep apart by a fresh network each."""
    from tests.support.house import running_house

    async with running_house(postgres, nats_server) as running:
        yield running
