"""Tasks that end when they are told to.

asyncio.wait_for, before Python 3.12, and nats-py, in places, may take a cancellation for themselves and return as if
nothing had happened: then a loop goes on for ever, and whoever waits for its end with it.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

TELL_AGAIN = 5.0
"""Seconds after which a task that has not ended is cancelled once more: longer than it takes to clean up."""


@contextmanager
def heeding_cancellation() -> Generator[None]:
    """Raises CancelledError at its end when the task was cancelled meanwhile and the block swallowed that."""
    before = _cancellations()
    try:
        yield
    finally:
        if _cancellations() > before:  # a TaskGroup that failed may leave one behind, before Python 3.13
            raise asyncio.CancelledError


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


async def end(task: asyncio.Task[Any]) -> None:
    """Cancels the task and waits until it is over, whatever it came to; a task that does not end is told again."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=TELL_AGAIN)
