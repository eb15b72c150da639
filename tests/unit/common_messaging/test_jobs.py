import asyncio
from datetime import timedelta

import pytest

from services.common.jobs import Periodic


async def test_a_job_runs_again_after_it_failed():
    runs, third = 0, asyncio.Event()

    async def fail() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            third.set()
        raise ValueError

    running = asyncio.create_task(Periodic("failing", timedelta(milliseconds=1), fail).run())
    async with asyncio.timeout(5):
        await third.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_job_that_is_cancelled_stops():
    started = asyncio.Event()

    async def hang() -> None:
        started.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(Periodic("hanging", timedelta(seconds=1), hang).run())
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
