"""One process that solves, and the line to it. The solver itself is imported in the process alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from services.matching.engine.problem import ProblemError

if TYPE_CHECKING:
    from services.matching.engine import Budget, Group, Problem, Schedule
    from services.matching.engine.collisions.clash import Conflict
    from services.matching.engine.problem import Progress

TELL_EVERY = 1.0
"""Seconds of searching between two words about it."""
HEARS_FROM = 2.0
"""Searches that may take longer look now and then whether they are wanted; with thousands of people that costs time."""


class WorkerDied(Exception):
    """The process ended before it answered."""


class EngineFailed(Exception):
    """The engine has a defect that this problem shows, and would again; its stack, which names nobody."""


@dataclass(frozen=True)
class Said:
    """How far a search is: its best schedule so far, after so many seconds."""

    rounds: tuple[tuple[Group, ...], ...]
    repeats: int
    bound: int
    seconds: float


Told = Callable[[Said], bool]


@dataclass(frozen=True)
class _Search:
    """Asks for the best schedule: with words about it meanwhile when it `tells`, and `within` seconds when said."""

    problem: Problem
    budget: Budget
    seed: int
    tells: bool
    within: float | None

    def answered(self, say: Told, unwanted: Callable[[], bool]) -> Schedule:
        return _solved(self.problem, self.budget, self.seed, say if self.tells else None, self.within, unwanted)


@dataclass(frozen=True)
class _Collide:
    """Asks what collides, as far as so many seconds show."""

    problem: Problem
    seconds: float

    def answered(self, say: Told, unwanted: Callable[[], bool]) -> tuple[Conflict, ...]:
        from services.matching.engine.collisions.conflicts import conflicts

        return conflicts(self.problem, seconds=self.seconds)


class SolverProcess:
    """A spawned process that solves one problem after the other. Its methods block; call them in threads.

    Its compiled code is kept in `kernel_cache`, or beside its source.
    """

    def __init__(self, kernel_cache: Path | None = None) -> None:
        self._kernel_cache = kernel_cache
        self._turn = threading.Lock()
        self._process: Any = None
        self._line: Connection | None = None
        self._over = False
        self._unwanted = multiprocessing.get_context("spawn").RawValue("b", 0)
        """Shared with the process, without a lock: one that is killed could keep that for ever."""

    def start(self) -> None:
        """Starts the process, if it does not run, and waits until its code is compiled."""
        with self._turn:
            self._started()

    def solve(
        self, problem: Problem, budget: Budget, seed: int, told: Told | None = None, within: float | None = None
    ) -> Schedule:
        """The best schedule within the budget; `told` hears of it meanwhile, and ends the search by saying False.

        After `within` seconds, when said, it is broken off, and the best so far is the answer.
        Raises WorkerDied, EngineFailed, and what the engine refuses. The next call starts a process that died anew.
        """
        return cast("Schedule", self._ask(_Search(problem, budget, seed, told is not None, within), told))

    def collisions(self, problem: Problem, seconds: float) -> tuple[Conflict, ...]:
        """Which rules collide, as far as so many seconds show. Raises as solve does."""
        return cast("tuple[Conflict, ...]", self._ask(_Collide(problem, seconds)))

    def _ask(self, request: _Search | _Collide, told: Told | None = None) -> Any:
        with self._turn:
            line = self._started()
            try:
                line.send(request)
                while True:
                    word, content = cast(tuple[str, Any], line.recv())
                    match word:
                        case "said":
                            line.send(told is not None and told(content))
                        case "answered":
                            return content
                        case "refused":
                            raise ProblemError(*content)
                        case _:
                            raise EngineFailed(content)
            except (EOFError, OSError):
                self._end()
                raise WorkerDied from None
            except (ProblemError, EngineFailed):
                raise
            except BaseException:
                self._end()
                raise

    def break_off(self) -> None:
        """Has a search under way end soon, with the best so far, and others that begin before go_on is called."""
        self._unwanted.value = 1

    def go_on(self) -> None:
        """Searches take their time again."""
        self._unwanted.value = 0

    def abandon(self) -> None:
        """Breaks off what the process does now: whoever waits for it gets WorkerDied. The next call starts it anew."""
        if self._process is not None and self._process.pid is not None:
            self._process.kill()

    def kill(self) -> None:
        """Ends the process for good, whatever it does; whoever waits for it gets WorkerDied."""
        self._over = True
        self._end()

    def _started(self) -> Connection:
        if self._over:
            raise WorkerDied
        if self._line is None or not self._process.is_alive():
            self._end()
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(
                target=_serve, args=(theirs, self._kernel_cache, self._unwanted), name="solver", daemon=True
            )
            self._process.start()
            theirs.close()
            if self._over:  # killed before there was anything to kill
                self._end()
            try:
                self._line.recv()
            except (EOFError, OSError):
                raise WorkerDied from None
        return self._line

    def _end(self) -> None:
        if self._process is not None and self._process.pid is not None:
            self._process.kill()
            self._process.join()


def _serve(line: Connection, kernel_cache: Path | None, unwanted: Any) -> None:
    """The process's own work: a request in, words about it and its answer out."""
    _live_with_parent()
    if kernel_cache is not None:
        os.environ["NUMBA_CACHE_DIR"] = str(kernel_cache)
    from services.matching.engine.warm import warm

    warm()
    line.send("warm")

    def say(said: Said) -> bool:
        line.send(("said", said))
        return cast(bool, line.recv())

    while True:
        try:
            request = cast("_Search | _Collide", line.recv())
        except EOFError:  # the service is gone
            return
        try:
            line.send(("answered", request.answered(say, lambda: bool(unwanted.value))))
        except ProblemError as error:
            line.send(("refused", (error.field, str(error).partition(": ")[2])))
        except (EOFError, OSError):
            raise
        except Exception:  # noqa: BLE001 - one problem's failure must not cost the process, nor the next problem
            line.send(("failed", traceback.format_exc()))


def _solved(
    problem: Problem, budget: Budget, seed: int, say: Told | None, within: float | None, unwanted: Callable[[], bool]
) -> Schedule:
    from services.matching.engine.solve import solve

    hears = budget.seconds is None or budget.seconds > HEARS_FROM
    if say is None and within is None and not hears:
        return solve(problem, budget, seed)
    said = 0.0

    def watch(progress: Progress) -> bool:
        nonlocal said
        if unwanted() or (within is not None and progress.seconds >= within):
            return False
        if say is None or progress.seconds < said + TELL_EVERY:
            return True
        said = progress.seconds
        return say(Said(progress.rounds(), progress.repeats, progress.bound, progress.seconds))

    return solve(problem, budget, seed, watch=watch)


def _live_with_parent() -> None:
    """The service decides when this process stops; when the service is killed, it ends as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
