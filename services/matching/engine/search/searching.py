"""The search: a start by greed or from what is given, mended, then annealed for as long as the budget lasts."""

import time
from collections.abc import Callable

import numpy as np

from services.matching.engine.arrays import Seats
from services.matching.engine.problem import Budget
from services.matching.engine.search import annealing, kernels
from services.matching.engine.search.alone import has_rules
from services.matching.engine.search.benches import Benches
from services.matching.engine.search.board import Board
from services.matching.engine.search.fitting import renumbered
from services.matching.engine.search.packing import hunted
from services.matching.engine.search.prices import BROKEN, REPEAT
from services.matching.engine.search.ruled import breaks_rules, ruled
from services.matching.engine.search.units import Units, seats_of, units_of
from services.matching.engine.tally import repeats

TRIES = 200
"""Others with whom somebody who sits badly may change seats while a start is mended."""
WALKS = 60
MENDED_AT_ONCE = 2_000
"""So many seats at least are looked at between two looks at the clock."""
HOT, COOLED, FROZEN = 3_200.0, 0.8, 5.0
"""Temperatures: at first repeats (10,000 each) come and go; when COOLED to four fifths of that most stay as they are,
and at last nothing gets worse. Between the two they become few, in problems of every kind and size: cooled from 3,600
to 1,800 the same steps leave one to three more (of 96 people with every rule 30.8, not 28.9), from 6,000 to 700 yet
more."""
FREEZING, FREEZING_TIMID = 0.1, 0.5
"""The last part of an annealing, in which repeats stay as they are, and who meets again is evened out. Wishes that may
cost no repeat are met in that part alone, so it is longer for them."""
HOT_FOR_RULES = HOT * BROKEN / REPEAT
"""47 people in seven groups with three companies of seven and 271 pairs apart broke twelve rules, and break none so."""
MELTING = 0.05
"""Where there are rules, the first part of an annealing that begins anew is so hot that it leaves the ways of keeping
them that exchanges of seats lead to from where it is, for others: eight people of whom four pairs are kept apart had
up to 18 repeats for 12, however long was searched. Among many it costs more than it brings until that part is long."""
LUKEWARM = 1_000.0
"""For a start that a construction or a hunt gave: it is left slowly."""
FIRST_STEPS, FIRST_SECONDS = 400_000, 0.1
GROWTH, ENOUGH, FEWEST_STEPS = 10, 3, 80_000
"""Each annealing lasts so many times as long as the one before, but no more steps than so many times the cube of the
seats there are, or the fewest: a small problem has more from one that begins anew."""
HUNTED = 0.5
"""The part of what is left after the first annealing in which rounds that turn into one another are looked for. For 56
people in fours it finds sixteen rounds with 8 repeats, where annealing ends at 14."""
STEPS_UNSAID = 5_000_000
"""What a search without a budget may try: about half a second for a hundred people."""
STEPS_AT_ONCE = 40_000
"""Between two looks at the clock: some milliseconds."""
STEPS_A_SEAT = 200
"""Or less, so many for each seat, between two times that those who sit out may come in."""
TEMPERATURES = 40
"""An annealing has so many at least, whatever it costs to look at the clock."""
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
        self._stopped = False
        self._seated: tuple[Units, Benches] | None = None
        self._costs = np.zeros(2, dtype=np.int64)
        self.best: Seats = board.seats
        self.cost = 0

    def run(self, given: Seats | None = None) -> None:
        """Searches until the goal is reached, the budget is spent or the report says so."""
        self._sit(given)
        if given is None and self.cost > self._goal:
            self._renumber()
        self._stopped = not self._report(self.best, self.cost)
        if self._board.problem.people > MOST_ANNEALED or not self._board.free:
            return
        part = self._first_part()
        if self._goes_on():
            self._anneal(part, HOT if given is None else LUKEWARM)
        by_rules = ruled(self._board, self.best, self._too_late) if self.cost > self._goal else None
        if by_rules is not None:
            self._sit(by_rules)
        if self._goes_on() and breaks_rules(self._board, self.best):
            self._anneal(part, HOT_FOR_RULES)
        hot = HOT
        if self._goes_on() and self._hunt(until=self._left() * (1 - HUNTED)):
            hot = LUKEWARM
        while self._goes_on():
            enough = max(FEWEST_STEPS, ENOUGH * self._board.seats.size**3) / self._speed()
            anew = part * GROWTH > enough and has_rules(self._board.problem)
            part = min(part * GROWTH, enough)
            self._anneal(part, hot, MELTING if anew else 0.0)
            hot = HOT

    def _renumber(self) -> None:
        """Sits as planned in groups of other numbers, where that is better than that people change seats for pins."""
        seats, best, cost = renumbered(self._board), self.best, self.cost
        if seats is not None:
            self._sit(seats)
            if self.cost >= cost:
                self._sit(best)

    def _goes_on(self) -> bool:
        return self.cost > self._goal and self._left() > 0 and not self._stopped

    def _left(self) -> float:
        """Which part of the budget is left."""
        by_steps = 1 - self._taken / self._steps if self._steps else 1.0
        return min(by_steps, self._time_left())

    def _time_left(self) -> float:
        return 1 - (time.monotonic() - self._began) / self._seconds if self._seconds else 1.0

    def _speed(self) -> float:
        """Steps for the whole of the budget, as it went until now."""
        return max(1, self._taken) / (1 - self._left() or 1.0)

    def _first_part(self) -> float:
        by_steps = FIRST_STEPS / self._steps if self._steps else 0.0
        by_time = FIRST_SECONDS / self._seconds if self._seconds else 0.0
        return max(by_steps, by_time)

    def _sit(self, given: Seats | None) -> None:
        """Seats everybody and mends what can be mended: a first time however late it is, and steps aren't counted."""
        board = self._board
        self.cost = board.start(given)
        rows = max(1, MENDED_AT_ONCE // board.problem.people)
        parts = [slice(first, first + rows) for first in range(0, len(board.free), rows)]
        for walk in range(WALKS):
            before = self.cost
            for part in parts if self.cost > self._goal else ():
                if self._stopped or (walk and self._time_left() <= 0):
                    break
                self.cost += int(
                    kernels.mend(
                        board.state, board.more, board.less, board.seats[part], board.spans[part], board.fixed[part],
                        TRIES, board.dice,
                    )
                )  # fmt: skip
                self._stopped = self._stopped or (len(parts) > 1 and not self._report(board.seats, self.cost))
            if self.cost == before:
                break
        self.best = board.seats.copy()
        self._seated, self._costs = None, np.array([self.cost, self.cost], dtype=np.int64)

    def _anneal(self, part: float, hot: float, melting: float = 0.0) -> None:
        """Goes on from where everybody sits, at first hot and then ever colder, for that part of the budget or all."""
        until = self._left() - part if self._left() > 2 * part else 0.0
        board, costs = self._board, self._costs
        units, benches = self._seated = self._seated or _seated(board)
        chances = annealing.chances()
        best: Seats = units.where.copy()
        freezing = FREEZING if board.wishes_divided == 1 else FREEZING_TIMID
        steps = annealing.steps_for(int(units.counts[:, 0].max()))
        most = min(STEPS_AT_ONCE, STEPS_A_SEAT * board.seats.size) if benches else STEPS_AT_ONCE
        at_once = min(most, int(part * self._speed() / TEMPERATURES)) if self._taken else most
        heats = max(1, at_once // (steps * len(board.free)))
        began = self._left()
        while self._goes_on() and self._left() > until:
            done = (began - self._left()) / (began - until)
            warmth = np.full(heats, _heat(hot, done, melting, freezing))
            visits = annealing.anneal(
                board.state, board.more, units.units, units.where, units.kinds, units.people, units.mobile,
                units.counts, warmth, steps, self._goal, chances, board.dice, costs, best,
            )  # fmt: skip
            self._taken += max(1, visits) * steps
            if costs[1] < self.cost:
                self.cost, self.best = int(costs[1]), seats_of(board, units, best)
            costs[0] += benches.change(warmth[-1]) if benches else 0
            if costs[0] < costs[1]:
                costs[1] = self.cost = int(costs[0])
                self.best = seats_of(board, units, units.where)
            self._stopped = not (visits or benches) or not self._report(self.best, self.cost)
        board.sit_as(self.best)

    def _hunt(self, until: float) -> bool:
        """Looks for rounds that turn into one another until so much of the budget is left, and sits as found.

        Says whether that is the best so far. Such rounds know no wishes, so where nobody meets again there is nothing
        to look for.
        """
        if not repeats(self._board.problem, self._board.groups(self.best).values()):
            return False
        steps = int((self._left() - until) * self._steps) if self._steps else 2**62
        seats = hunted(self._board, steps, self._no_more(until))
        if self._steps and seats is not None:
            self._taken += steps
        if seats is None:
            return False
        best, cost = self.best, self.cost
        self._sit(seats)
        if self.cost > cost:
            self.best, self.cost = best, cost
        return self.cost < cost

    def _too_late(self) -> bool:
        """Rules are worth more than a budget of steps, but not than the time."""
        self._stopped = self._stopped or not self._report(self.best, self.cost)
        return self._stopped or self._time_left() <= 0

    def _no_more(self, until: float) -> Callable[[], bool]:
        def stop() -> bool:
            self._stopped = self._stopped or not self._report(self.best, self.cost)
            return self._stopped or self._left() <= until

        return stop


def _seated(board: Board) -> tuple[Units, Benches]:
    units = units_of(board)
    return units, Benches(board, units)


def _heat(hot: float, done: float, melting: float, freezing: float) -> float:
    """The temperature when such a part of an annealing is done."""
    if done < melting:
        return HOT_FOR_RULES * (hot / HOT_FOR_RULES) ** (done / melting)
    if done < 1 - freezing:
        return hot * COOLED ** ((done - melting) / (1 - melting - freezing))
    cold = hot * COOLED
    return cold * (FROZEN / cold) ** ((done - 1 + freezing) / freezing)
