"""The solver in a process of its own: it computes for a second or two, and the event loop must not wait for that."""

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self

from services.common.logging import logger
from services.common.refusals import Busy
from services.matching.engine import Budget, Problem, Round, Schedule, solve

BUDGET = Budget(iterations=12_000, seconds=2.0)
"""About a second for a hundred people when repeats can't be avoided; the seconds bound what thousands take."""
WORKERS = 2

log = logger(__name__)


class Solver:
    """A pool of spawned processes (grpc.aio hangs in forked ones). Use it as a context manager."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._pool = self._new_pool()
        self._warming: list[asyncio.Future[None]] = []

    async def __aenter__(self) -> Self:
        """Starts the processes and waits for one to be warm, so that nobody waits for its imports; others follow."""
        loop = asyncio.get_running_loop()
        self._warming = [loop.run_in_executor(self._pool, _warm_up) for _ in range(self._workers)]
        done, _ = await asyncio.wait(self._warming, return_when=asyncio.FIRST_COMPLETED)
        for warm in done:
            warm.result()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        await asyncio.gather(*self._warming, return_exceptions=True)

    async def solve(self, problem: Problem, seed: int) -> Schedule:
        """The best schedule within the budget. A process that dies is replaced, and its problem is tried once more."""
        for _ in range(2):
            pool = self._pool
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, solve, problem, BUDGET, seed)
            except BrokenProcessPool:
                log.warning("a solver process died")
                if self._pool is pool:
                    self._pool = self._new_pool()
        raise Busy("The solver stopped twice; try again.")

    def _new_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_live_with_parent)


def _warm_up() -> None:
    solve(Problem(people=8, group_size=2, rounds=(Round(tuple(range(8))),) * 2))


def _live_with_parent() -> None:
    """The service decides when this process stops; when the service is killed, it ends as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
