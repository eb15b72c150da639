"""Everybody's own group, seen live: one subscription for each person in the room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from deploy.local.demo.cast import SignedIn
from deploy.local.demo.client import DemoError, Json
from deploy.local.demo.figures import SeenGroup

MY_GROUP = """subscription ($eventId: ID!) { myGroup(eventId: $eventId) {
  group { number roundNumber moderator { accountId } seats { accountId } } } }"""


class Room:
    """What each person's screen shows."""

    def __init__(self, queues: dict[str, asyncio.Queue[Json]]) -> None:
        self._queues = queues
        self._latest: dict[str, Json | None] = {}

    async def round(self, number: int, *, people: Sequence[str], within: float = 15.0) -> dict[str, SeenGroup]:
        """The group that each of `people` sees once round `number` is open on their screen."""
        try:
            async with asyncio.timeout(within):
                groups = await asyncio.gather(*(self._wait(account, number) for account in people))
        except TimeoutError:
            missing = [account for account in people if not self._shows(account, number)]
            raise DemoError(f"{len(missing)} people do not see their group of round {number}") from None
        return dict(zip(people, groups, strict=True))

    def _shows(self, account: str, number: int) -> bool:
        group = self._latest.get(account)
        return group is not None and group["roundNumber"] == number

    async def _wait(self, account: str, number: int) -> SeenGroup:
        queue = self._queues[account]
        while not self._shows(account, number) or not queue.empty():
            self._latest[account] = (await queue.get())["myGroup"]["group"]
        group = self._latest[account]
        if group is None:
            raise DemoError(f"a seat of round {number} was taken away")
        moderator = group["moderator"]
        return SeenGroup(
            number=group["number"],
            moderator=moderator["accountId"] if moderator else None,
            seats=frozenset(seat["accountId"] for seat in group["seats"]),
        )


@asynccontextmanager
async def watching(people: Sequence[SignedIn], event_id: str) -> AsyncGenerator[Room]:
    """Open a subscription to "my group" for each of `people`."""
    async with AsyncExitStack() as stack:
        queues: dict[str, asyncio.Queue[Json]] = {}
        for person in people:
            queues[person.account] = await stack.enter_async_context(person.client.watch(MY_GROUP, eventId=event_id))
        yield Room(queues)


MY_REGISTRATION = "subscription ($eventId: ID!) { myRegistration(eventId: $eventId) { registration { state } } }"


async def offered(person: SignedIn, event_id: str, *, within: float) -> None:
    """Come back when the person's own screen shows that a place is held for them."""
    async with person.client.watch(MY_REGISTRATION, eventId=event_id) as queue, asyncio.timeout(within):
        while True:
            registration = (await queue.get())["myRegistration"]["registration"]
            if registration and registration["state"] == "OFFERED":
                return
