"""The search: a start by greed or from what is given, mended, then annealed for as long as the budget lasts."""

import time
from collections.abc import Callable

import numpy as np

from services.matching.engine.arrays import Seats
from services.matching.engine.problem import Budget
from services.matching.engine.search import annealing, kernels
from services.matching.engine.search.board import Board
from services.matching.engine.search.units import seats_of, units_of

TRIES = 200
"""Others with whom somebody who sits badly may change seats while a start is mended."""
WALKS = 60
HOT, COLD = 3_500.0, 40.0
"""Temperatures: at first a repeat (10,000) is taken now and then, at last only a wish or two."""
FIRST_STEPS = 2_000_000
GROWTH = 10
"""Each annealing lasts so many times as long as the one before."""
STEPS_UNSAID = 20_000_000
"""What a search without a budget may try: about half a second for a hundred people."""
VISITS_AT_ONCE = 64
MOST_ANNEALED = 3_000
"""More people than that are mended only: what annealing keeps of each pair would fill the memory."""

Report = Callable[[Seats, int], bool]
"""Called with the best seats so far and their cost; the search ends when it says False."""


class Search:
    """Looks for the cheapest seats of a board's free rounds; `best` has them and `cost` is theirs."""

    def __init__(self, board: Board, budget: Budget, goal: int, report: Report) -> None:
        self._board = board
        self._goal = goal
        self._report = report
        self._began = time.monotonic()
        self._seconds = budget.seconds
        self._steps = budget.iterations or (None if budget.seconds else STEPS_UNSAID)
        self._taken = 0
        self.best = board.seats
        self.cost = 0

    def run(self, given: Seats | None = None) -> None:
        """Searches until the goal is reached, the budget is spent or the report says so."""
        self._board.start(given)
        self._mend()
        self.cost, self.best = self._board.cost(), self._board.seats.copy()
        if self.cost > self._goal and self._board.problem.people <= MOST_ANNEALED and self._board.free:
            self._anneal()

    def _mend(self) -> None:
        board = self._board
        for _ in range(WALKS):
            gained = kernels.mend(
                board.state, board.more, board.less, board.seats, board.spans, board.fixed, TRIES, board.dice
            )
            if gained == 0 or self._left() <= 0:
                return

    def _left(self) -> float:
        """Which part of the budget is left."""
        by_steps = 1 - self._taken / self._steps if self._steps else 1.0
        by_time = 1 - (time.monotonic() - self._began) / self._seconds if self._seconds else 1.0
        return min(by_steps, by_time)

    def _anneal(self) -> None:
        board = self._board
        found = units_of(board)
        best, costs = found.where.copy(), np.array([self.cost, self.cost], dtype=np.int64)
        chances = annealing.chances()
        part = self._first_part()
        while self._left() > 0 and costs[1] > self._goal:
            whole = self._left()
            aim = whole - part if whole > 2 * part else 0.0
            part *= GROWTH
            while self._left() > aim and costs[1] > self._goal:
                done = (whole - self._left()) / (whole - aim)
                heat = HOT * (COLD / HOT) ** done
                warmth = np.full(max(1, VISITS_AT_ONCE // len(board.free)), heat)
                steps = self._steps_per_visit(found.counts[:, 0].max())
                before = int(costs[1])
                visits = annealing.anneal(
                    board.state, board.more, found.units, found.where, found.kinds, found.mobile, found.counts,
                    warmth, steps, self._goal, chances, board.dice, costs, best,
                )  # fmt: skip
                self._taken += max(1, visits) * steps
                if visits == 0:
                    return
                if costs[1] < before:
                    self.cost, self.best = int(costs[1]), seats_of(board, found, best)
                if not self._report(self.best, self.cost):
                    return

    def _first_part(self) -> float:
        if self._steps:
            return FIRST_STEPS / self._steps
        return 0.1 / self._seconds if self._seconds else 1.0

    @staticmethod
    def _steps_per_visit(units: int) -> int:
        """Enough that the making of a visit's tables, which takes a step for each two units, doesn't weigh."""
        return int(10 * units + units * units // 2)
