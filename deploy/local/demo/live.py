"""Everybody's own group, seen live: one subscription for each person in the room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from deploy.local.demo.cast import SignedIn
from deploy.local.demo.client import DemoError, Json, Screen
from deploy.local.demo.figures import SeenGroup

MY_GROUP = """subscription ($eventId: ID!) { myGroup(eventId: $eventId) {
  group { number roundNumber moderator { accountId } seats { accountId } } } }"""

PATIENCE = 60.0
"""Seconds that a busy machine may take to show a round to everybody; what is judged is what they see, not how soon."""


class Room:
    """What each person's screen shows."""

    def __init__(self, screens: dict[str, Screen]) -> None:
        self._screens = screens
        self._latest: dict[str, Json | None] = {}

    async def round(self, number: int, *, people: Sequence[str], within: float = PATIENCE) -> dict[str, SeenGroup]:
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
        screen = self._screens[account]
        while not self._shows(account, number) or not screen.seen:
            self._latest[account] = (await screen.look())["myGroup"]["group"]
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
        screens: dict[str, Screen] = {}
        for person in people:
            screens[person.account] = await stack.enter_async_context(person.client.watch(MY_GROUP, eventId=event_id))
        yield Room(screens)


MY_REGISTRATION = "subscription ($eventId: ID!) { myRegistration(eventId: $eventId) { registration { state } } }"


async def offered(person: SignedIn, event_id: str, *, within: float) -> None:
    """Come back when the person's own screen shows that a place is held for them."""
    async with person.client.watch(MY_REGISTRATION, eventId=event_id) as screen, asyncio.timeout(within):
        while True:
            registration = (await screen.look())["myRegistration"]["registration"]
            if registration and registration["state"] == "OFFERED":
                return
