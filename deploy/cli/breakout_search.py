"""A search that is watched: a bar on a terminal, and Ctrl-C ends it with the best so far."""

import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

from deploy.cli.breakout_words import so_far
from services.matching.engine import Budget, Problem, Schedule
from services.matching.engine.files.season import warm_season
from services.matching.engine.problem import Progress
from services.matching.engine.search.searching import MOST_ANNEALED
from services.matching.engine.solve import solve
from services.matching.engine.warm import warm

AT_ONCE = 0.01
"""Seconds for what is left to be searched when somebody has ended it."""


class Interrupted:
    """Whether Ctrl-C was pressed; pressed again it ends the command at once."""

    def __init__(self) -> None:
        self.yes = False

    @contextmanager
    def listening(self) -> Generator[None]:
        """Within the block, also where a script began the command in the background, which would ignore it."""
        before = signal.signal(signal.SIGINT, self._hear)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.yes = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Search:
    """Asks the engine, for so many seconds in all."""

    def __init__(self, seconds: float, seed: int, cores: int) -> None:
        self.seconds, self.seed, self.cores = seconds, seed, cores
        self.interrupted = Interrupted()

    @staticmethod
    def get_ready(people: int, *, for_season: bool) -> None:
        """Compiles the engine where that was not done before, so that it takes none of the search's time."""
        with _status("getting the engine ready; the first time takes a while"):
            warm(annealing=people <= MOST_ANNEALED)
            if for_season:
                warm_season()

    def solve(self, problem: Problem, seconds: float | None = None, said: str = "searching") -> Schedule:
        """The best schedule found in this time, or all of it, or until Ctrl-C was pressed."""
        seconds = AT_ONCE if self.interrupted.yes else min(seconds or self.seconds, self.seconds)
        with _bar(seconds, said) as show:

            def watch(progress: Progress) -> bool:
                show(progress)
                return not self.interrupted.yes

            return solve(problem, Budget(seconds=seconds, cores=self.cores), self.seed, watch=watch)


@contextmanager
def _status(said: str) -> Generator[None]:
    """What keeps somebody waiting, where somebody looks."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # a terminal alone needs it

    with Console(stderr=True).status(said):
        yield


@contextmanager
def _bar(seconds: float, said: str) -> Generator[Callable[[Progress], None]]:
    """A progress bar where somebody looks, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console  # a terminal alone needs it
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(said), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, TextColumn("{task.fields[best]}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=seconds, best="")

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.seconds, best=so_far(progress))

        yield show
