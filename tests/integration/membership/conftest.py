from collections.abc import AsyncIterator

import pytest

from tests.support.mail import mail_sink
from tests.support.membership_service import RunningMembership, running_membership
from tests.support.postgres import TestPostgres


@pytest.fixture(scope="session")
async def membership(postgres: TestPostgres) -> AsyncIterator[RunningMembership]:
    async with mail_sink() as sink, running_membership(postgres, sink) as running:
        yield running
