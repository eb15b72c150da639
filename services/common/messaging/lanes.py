"""Messages in hand: one aggregate's in order, different aggregates side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress

from nats.aio.msg import Msg
from nats.errors import Error as BusError

IN_HAND = 256
"""Messages taken from the stream and not settled yet, at most."""
STILL_AT_IT = 10.0
"""Seconds between two words to the server that the messages in hand are being worked on."""


class Lanes:
    """Settles messages as tasks of a group: each starts when the one before it in its lane is settled."""

    def __init__(self, group: asyncio.TaskGroup, settle: Callable[[Msg], Awaitable[None]]) -> None:
        self._group = group
        self._settle = settle
        self._in_hand: dict[asyncio.Task[None], Msg] = {}
        self._last: dict[Hashable, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._in_hand)

    def add(self, lane: Hashable, message: Msg) -> None:
        """Takes a message in hand, last in its lane."""
        task = self._group.create_task(self._in_turn(message, self._last.get(lane)))
        self._in_hand[task] = message
        self._last[lane] = task
        task.add_done_callback(lambda done: self._forget(lane, done))

    async def room(self) -> int:
        """How many more can be taken, as soon as there is room for one."""
        while len(self._in_hand) >= IN_HAND:
            await asyncio.wait(self._in_hand, return_when=asyncio.FIRST_COMPLETED)
        return IN_HAND - len(self._in_hand)

    async def keep(self) -> None:
        """Tells the server again and again that what is in hand is being worked on."""
        while True:
            await asyncio.sleep(STILL_AT_IT)
            for message in list(self._in_hand.values()):
                with suppress(BusError):
                    await message.in_progress()

    async def _in_turn(self, message: Msg, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        await self._settle(message)

    def _forget(self, lane: Hashable, task: asyncio.Task[None]) -> None:
        del self._in_hand[task]
        if self._last.get(lane) is task:
            del self._last[lane]
