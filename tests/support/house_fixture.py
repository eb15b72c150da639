"""The fixture `house`; apart from the house itself, which imports everything, so that other tests start fast."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import pytest

from tests.support.nats import running_nats
from tests.support.postgres import running_postgres

if TYPE_CHECKING:
    from tests.support.house import House


@pytest.fixture(scope="session")
async def house() -> AsyncGenerator[House]:
    """One house per worker, with servers of its own: its jobs and consumers would do the work of other tests' services.

    Tests keep apart by a fresh network each.
    """
    from tests.support.house import running_house

    async with running_postgres() as postgres, running_nats() as nats, running_house(postgres, nats) as running:
        yield running
