"""Two networks that the walks go through; one pair for all of them, which stay on one worker for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from services.common.messaging.bus import Bus, connect

if TYPE_CHECKING:
    from tests.support.house import House
    from tests.support.two_networks import Two


@pytest.fixture(scope="session")
async def bus(house: House) -> AsyncIterator[Bus]:
    bus = await connect(house.system.nats.url, "walk")
    yield bus
    await bus.close()


@pytest.fixture(scope="session")
async def two(house: House, bus: Bus) -> AsyncIterator[Two]:
    from tests.support.callers import opened
    from tests.support.two_networks import Two, a_side, rows_of, secrets_of, settled

    async with opened(house) as door:
        here, there = await asyncio.gather(a_side(house), a_side(house))
        await settled(house, bus)
        before = await rows_of(house, there.network.id)
        yield Two(house, door, here, there, before, secrets_of(there, before))


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        yield http
