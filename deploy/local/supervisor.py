"""Keeps the parts of a system running: starts them in order, restarts what ends, stops them last in first out."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from signal import Signals
from typing import Protocol

from deploy.local.failures import LocalFailure


class Part(Protocol):
    """One process of the system."""

    @property
    def name(self) -> str: ...

    @property
    def process(self) -> Process:
        """The process of the last start."""
        ...

    async def start(self) -> object:
        """Starts it, and returns when it can be used; raises LocalFailure when that fails."""
        ...

    async def stop(self) -> None:
        """Ends it, also when it was not started."""
        ...


@dataclass(frozen=True)
class Backoff:
    """How long to wait before a restart: doubling while a part keeps ending soon after its start."""

    first: timedelta = timedelta(seconds=0.5)
    longest: timedelta = timedelta(seconds=30)
    calm: timedelta = timedelta(seconds=60)
    """A part that lived this long is taken to be sound again."""


class Supervisor:
    """Whatever was started is watched until stop()."""

    def __init__(self, report: Callable[[str], None], backoff: Backoff | None = None) -> None:
        self._report = report
        self._backoff = backoff or Backoff()
        self._parts: list[Part] = []
        self._watches: list[asyncio.Task[None]] = []

    async def start(self, *parts: Part) -> None:
        """Starts the parts at the same time, and returns when all can be used; the first failure is raised."""
        self._parts.extend(parts)
        starts = [asyncio.create_task(part.start()) for part in parts]
        try:
            for done in asyncio.as_completed(starts):
                await done
        finally:
            for start in starts:
                start.cancel()
            await asyncio.gather(*starts, return_exceptions=True)
        self._watches.extend(asyncio.create_task(self._watch(part)) for part in parts)

    async def stop(self) -> None:
        """Stops everything, last in first out."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        while self._parts:
            await self._parts.pop().stop()

    async def _watch(self, part: Part) -> None:
        clock = asyncio.get_running_loop().time
        delay = self._backoff.first
        while True:
            started = clock()
            await part.process.wait()
            if clock() - started > self._backoff.calm.total_seconds():
                delay = self._backoff.first
            self._report(f"{part.name} {_ending(part.process)}; it is started again in {delay.total_seconds():g} s")
            await asyncio.sleep(delay.total_seconds())
            delay = min(delay * 2, self._backoff.longest)
            try:
                await part.start()
            except LocalFailure as failure:
                self._report(str(failure))
            else:
                self._report(f"{part.name} is back")


def _ending(process: Process) -> str:
    code = process.returncode or 0
    return f"was ended by {Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
