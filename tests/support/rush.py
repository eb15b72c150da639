"""The burst of an evening, for as long as a test wants it: people join a network and register for one event."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from tests.support.crowd import Crowd, a_crowd
from tests.support.gatherings import Gathering, an_open_event
from tests.support.house import House

AT_ONCE = 8
PLACES = 20
PATIENCE = 60.0


class Rush:
    """What was acknowledged to the people in the burst. Whatever was not, they asked again until it was."""

    def __init__(self, gathering: Gathering, crowd: Crowd) -> None:
        self.gathering = gathering
        self.crowd = crowd
        self.members: list[UUID] = []
        self.registrations: dict[UUID, UUID] = {}
        """Whose each registration is."""
        self._grown = asyncio.Condition()

    async def until(self, over: asyncio.Event) -> None:
        """Person after person joins and registers, some at a time; whoever began finishes."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._go_on(over))

    async def grown_by(self, registrations: int) -> None:
        """Returns when so many more are acknowledged."""
        wanted = len(self.registrations) + registrations
        async with asyncio.timeout(PATIENCE), self._grown:
            await self._grown.wait_for(lambda: len(self.registrations) >= wanted)

    async def someone(self) -> None:
        """One person joins and registers."""
        network, organiser = self.gathering.network, self.gathering.organiser
        person = {"email": f"{uuid4().hex}@test.example", "name": "Pat Person"}
        added = await self.crowd.change(organiser.client.token, "addMembers", "members { accountId }", members=[person])
        account = _uuid(added["members"][0]["accountId"])
        self.members.append(account)
        token = self.gathering.house.token(network, account)
        event_id = self.gathering.event_id
        payload = await self.crowd.change(token, "register", "registration { id accountId }", eventId=event_id)
        registration = payload["registration"]
        assert _uuid(registration["accountId"]) == account
        self.registrations[_uuid(registration["id"])] = account
        async with self._grown:
            self._grown.notify_all()

    async def _go_on(self, over: asyncio.Event) -> None:
        while not over.is_set():
            await self.someone()


@asynccontextmanager
async def a_rush(house: House) -> AsyncGenerator[Rush]:
    """A burst on a new event of a new network, under way for the length of the block; everyone is answered after it."""
    gathering = await an_open_event(house, places=PLACES)
    over = asyncio.Event()
    async with a_crowd(gathering.network.hosts[0], house.port) as crowd:
        rush = Rush(gathering, crowd)
        async with asyncio.TaskGroup() as group:
            group.create_task(rush.until(over))
            try:
                await rush.grown_by(AT_ONCE)
                yield rush
            finally:
                over.set()


def _uuid(global_id: str) -> UUID:
    return UUID(base64.b64decode(global_id).decode().partition(":")[2])
