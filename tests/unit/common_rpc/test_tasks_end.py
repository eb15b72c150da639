"""What is told to end does end, though something that it waits for takes the cancellation for itself."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

import pytest

from services.common import tasks
from services.common.tasks import end, heeding_cancellation


async def swallows_cancellation() -> None:
    """As asyncio.wait_for does before Python 3.12 when what it waits for comes at the same moment."""
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        return


async def cancelled_at_once(work: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_loop_that_heeds_its_cancellation_ends_where_it_was_swallowed():
    rounds = 0

    async def loop() -> None:
        nonlocal rounds
        for _ in range(2):
            rounds += 1
            with heeding_cancellation():
                await swallows_cancellation()

    await cancelled_at_once(loop())
    assert rounds == 1


async def test_it_ends_too_when_an_error_comes_in_place_of_the_cancellation():
    rounds = 0

    async def loop() -> None:
        nonlocal rounds
        for _ in range(2):
            rounds += 1
            with suppress(TimeoutError), heeding_cancellation():
                await swallows_cancellation()
                raise TimeoutError

    await cancelled_at_once(loop())
    assert rounds == 1


async def test_a_loop_goes_on_after_a_group_that_failed():
    """Such a group cancels the task that waits for it, and that is over with the group."""

    async def fails() -> None:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fails())
        with heeding_cancellation():
            await asyncio.sleep(0)


async def test_a_task_that_goes_on_is_told_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks, "TELL_AGAIN", 0.01)

    async def stubborn() -> None:
        for _ in range(3):
            await swallows_cancellation()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        await end(task)
    assert task.done()


async def test_what_a_task_came_to_is_its_own_business():
    async def fails() -> None:
        raise ValueError

    await end(asyncio.create_task(fails()))
