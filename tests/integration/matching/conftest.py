"""Matching on real PostgreSQL, beside real events and membership; each test in a network of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.support.matching_service import MatchingService, running_matching
from tests.support.postgres import TestPostgres


@pytest.fixture(scope="session")
async def matching(postgres: TestPostgres) -> AsyncIterator[MatchingService]:
    """The service and its neighbours, as they run."""
    async with running_matching(postgres) as service:
        yield service
