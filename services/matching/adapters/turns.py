"""Whose turn it is: few processes solve for all networks, and none of these keeps the others waiting."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.common.refusals import Busy
from services.matching.adapters.solver_process import SolverProcess

MOST_WAITING = 20
"""So many problems that a network brings along may wait; who asks for more hears it at once."""
_RETRY = timedelta(seconds=2)


@dataclass(frozen=True)
class Line:
    """Who waits for the same turns: a network's break-outs, or the problems that it brings along."""

    network: UUID | None
    brought: bool = False


class Turns:
    """Processes that are lent one turn at a time, to each line that waits in its turn.

    Problems that are brought along never have all of the processes, when there are several: break-outs, which people
    in a room wait for, don't wait for those.
    """

    def __init__(self, processes: int) -> None:
        self._most_brought = max(1, processes - 1)
        self._idle: deque[SolverProcess] = deque()
        self._lent: dict[SolverProcess, Line] = {}
        self._waiting: dict[Line, deque[asyncio.Future[SolverProcess]]] = {}
        """The line whose turn comes first stands first."""

    async def take(self, line: Line, *, goes_on: bool = False) -> SolverProcess:
        """A process, when it is this line's turn. What `goes_on` with what was begun comes first in its line.

        Raises Busy for a problem brought along when as many of the network's wait as may.
        """
        waiting = self._waiting.get(line, deque())
        if line.brought and not goes_on and len(waiting) >= MOST_WAITING:
            message = (
                f"At most {MOST_WAITING} problems of a network can wait to be solved: ask for the next when one is."
            )
            raise Busy(message, retry_after=_RETRY, limit=str(MOST_WAITING))
        turn: asyncio.Future[SolverProcess] = asyncio.get_running_loop().create_future()
        (waiting.appendleft if goes_on else waiting.append)(turn)
        self._waiting[line] = waiting
        self._lend()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave(line, turn)
            else:
                self.give_back(turn.result())
            raise

    def give_back(self, process: SolverProcess) -> None:
        """It serves whoever is next; also one that is there for the first time."""
        self._lent.pop(process, None)
        self._idle.append(process)
        self._lend()

    def _lend(self) -> None:
        while self._idle and (line := self._next()) is not None:
            waiting = self._waiting.pop(line)
            turn = waiting.popleft()
            if waiting:
                self._waiting[line] = waiting  # behind all others
            if turn.cancelled():  # who waited gave up a moment ago
                continue
            process = self._idle.popleft()
            self._lent[process] = line
            turn.set_result(process)

    def _next(self) -> Line | None:
        brought = sum(line.brought for line in self._lent.values())
        return next((line for line in self._waiting if not line.brought or brought < self._most_brought), None)

    def _leave(self, line: Line, turn: asyncio.Future[SolverProcess]) -> None:
        waiting = self._waiting.get(line, deque())
        if turn in waiting:
            waiting.remove(turn)
        if not waiting:
            self._waiting.pop(line, None)
