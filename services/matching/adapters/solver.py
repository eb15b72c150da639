"""The solver in processes of its own: it computes for seconds or minutes, and the event loop must not wait for that."""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from services.common.caller import current_caller
from services.common.logging import logger
from services.common.refusals import Busy
from services.common.rpc import deadline
from services.matching.adapters.solver_process import EngineFailed, Said, SolverProcess, WorkerDied
from services.matching.adapters.turns import Line, Turns
from services.matching.domain.limits import USUAL, USUAL_SECONDS
from services.matching.engine import Budget, Problem, Schedule
from services.matching.engine.collisions.clash import Conflict

IN_TIME, ANSWERED = 0.8, 0.3
"""A search ends after this part of what is left until the caller's deadline, and so many seconds before it at least:
the rest is for the answer."""
UNWANTED = USUAL_SECONDS + 1
"""A search that goes on for so many seconds though nobody waits for it any more costs its process."""
EXPLAINED = 1.0
"""For so many seconds at most it is looked for what collides: a plan is worth more than all of its reasons."""
WORKERS = 2

Tell = Callable[[Said], Coroutine[Any, Any, bool]]
"""Is told how far the search is, about once a second; the search ends when it says False."""

Answer = TypeVar("Answer")

log = logger(__name__)


class Solver:
    """Spawned processes (grpc.aio hangs in forked ones). Use it as a context manager.

    `workers` of them serve those who wait for an answer, each network in its turn; one more takes long searches, one at
    a time, so that nobody waits for those.
    """

    def __init__(self, kernel_cache: Path | None = None, workers: int = WORKERS) -> None:
        self._short = [SolverProcess(kernel_cache) for _ in range(workers)]
        self._long = SolverProcess(kernel_cache)
        self._turns = Turns(workers)
        self._long_turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        """Starts the processes and waits until one is warm, so that nobody waits for a compiler; others follow."""
        first, *others = self._short
        await asyncio.to_thread(first.start)
        self._turns.give_back(first)
        for each in others:
            self._begin(self._warm_up(each))
        self._begin(asyncio.to_thread(self._long.start))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._kill()  # those, too, that were just being started

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL, *, brought: bool = False) -> Schedule:
        """The best schedule within the budget and the caller's deadline; break-outs don't wait for what is `brought`.

        A process that dies is replaced, and its problem is tried once more. Raises Busy when too many of the caller's
        network wait.
        """
        for again in (False, True):
            try:
                return await self._asked(
                    lambda process: process.solve(problem, budget, seed, within=_in_time(budget)), brought, again
                )
            except WorkerDied:
                log.warning("a solver process died")
        raise Busy("The solver stopped twice; try again.")

    async def collisions(self, problem: Problem, schedule: Schedule, *, brought: bool = False) -> tuple[Conflict, ...]:
        """Why the schedule breaks a rule or has groups without a moderator; nothing when it does not.

        For up to a second, or half of what is left for it until the caller's deadline: then some reasons are missing,
        and all where no process answers in time.
        """
        leaderless = problem.moderators and any(g.moderator is None for groups in schedule.rounds for g in groups)
        if not (schedule.broken or leaderless):
            return ()
        left = _before_the_answer()
        ends_at = math.inf if left is None else time.monotonic() + left

        def explained(process: SolverProcess) -> tuple[Conflict, ...]:
            return process.collisions(problem, max(0.0, min(EXPLAINED, (ends_at - time.monotonic()) / 2)))

        try:
            async with asyncio.timeout(left):
                return await self._asked(explained, brought, goes_on=True)
        except (WorkerDied, EngineFailed, TimeoutError) as error:
            log.warning("what collides in a plan is not told", error=repr(error))
            return ()

    async def search(self, problem: Problem, seed: int, budget: Budget, tell: Tell) -> Schedule:
        """The same for a long search. Raises Busy when its process dies."""
        loop = asyncio.get_running_loop()

        def told(said: Said) -> bool:
            return asyncio.run_coroutine_threadsafe(tell(said), loop).result()

        async with self._long_turn:
            try:
                return await asyncio.to_thread(self._long.solve, problem, budget, seed, told)
            except WorkerDied:
                log.warning("the long search's process died")
                raise Busy("The solver stopped; try again.") from None

    async def _asked(self, ask: Callable[[SolverProcess], Answer], brought: bool, goes_on: bool) -> Answer:
        """What a process answers when it is the turn of the caller's network.

        Who gives up waiting ends it, so that nobody waits for what nobody wants. The process stays, for another one
        takes seconds to be warm, unless it doesn't hear of it for too long.
        """
        process = await self._turns.take(Line(current_caller().network_id, brought), goes_on=goes_on)
        asking = self._begin(self._answer(process, ask))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            if not asking.done():
                process.break_off()
                self._begin(self._abandon_late(process, asking))
            raise

    async def _abandon_late(self, process: SolverProcess, asking: asyncio.Task[Any]) -> None:
        _, late = await asyncio.wait({asking}, timeout=UNWANTED)
        if late:
            process.abandon()

    async def _answer(self, process: SolverProcess, ask: Callable[[SolverProcess], Answer]) -> Answer:
        try:
            answer = await asyncio.to_thread(ask, process)
        except WorkerDied:
            self._begin(self._warm_up(process))
            raise
        except Exception:
            self._give_back(process)
            raise
        self._give_back(process)
        return answer

    def _give_back(self, process: SolverProcess) -> None:
        process.go_on()
        self._turns.give_back(process)

    def _kill(self) -> None:
        for process in (*self._short, self._long):
            process.kill()

    async def _warm_up(self, process: SolverProcess) -> None:
        try:
            await asyncio.to_thread(process.start)
        except WorkerDied:  # the next call tries again
            log.warning("a solver process did not start")
        self._give_back(process)

    def _begin(self, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        """The work goes on whoever waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits has it


def _in_time(budget: Budget) -> float | None:
    """The seconds after which the search is broken off; None where the budget ends before.

    A smaller budget would do as well, but with other seconds the same seed and iterations may give another schedule.
    """
    within = _before_the_answer()
    return within if within is not None and within < (budget.seconds or math.inf) else None


def _before_the_answer() -> float | None:
    """The seconds that the solver may take of what is left until the caller's deadline, if there is one."""
    left = deadline.remaining()
    return None if left is None else max(0.0, min(left * IN_TIME, left - ANSWERED))
