"""Who sits out, and who doesn't, change places while the search goes on."""

import math

import numpy as np

from services.matching.engine.arrays import Seats
from services.matching.engine.search.board import Board
from services.matching.engine.search.units import PERSON, Units

CHANGES, ASKED = 4, 16
"""So many at most, drawn by lot, may come in at a time, and so many are asked to sit out for each."""
TURNS_CHANGED = 4
"""So often is tried, for each who sits out, to change their turn with another's in another round."""


class Benches:
    """Those who sit out in each round of a board and could have a seat, and how often everybody sits out.

    Nobody goes out who sits out as often as whoever comes in for them, or more.
    """

    def __init__(self, board: Board, units: Units) -> None:
        self._board, self._units = board, units
        self._out: list[list[int]] = []
        self._times = np.array([board.sat_out[person] for person in range(board.nobody)], dtype=np.int64)
        self._bound: list[set[int]] = []
        for row, r in enumerate(board.free):
            there = board.problem.rounds[r].present
            out = set(there).difference(board.present[row])
            self._times[list(out)] += 1
            self._bound.append({person for block in board.problem.blocks_of(there) for person in block})
            self._out.append(sorted(out - self._bound[row]))

    def __bool__(self) -> bool:
        return any(self._out)

    def change(self, heat: float) -> int:
        """Lets those who sit out change places with others, as chance has it at that temperature. Says what it cost."""
        cost = 0
        everybody = [(row, person) for row, out in enumerate(self._out) for person in out]
        chosen: list[int] = self._board.rng.permutation(len(everybody))[:CHANGES].tolist()
        for row, person in (everybody[n] for n in chosen):
            cost += self._come_in(row, person, heat) if person in self._out[row] else 0
            for _ in range(TURNS_CHANGED):
                cost += self._change_turns(row, person, heat) if person in self._out[row] else 0
        return cost

    def _come_in(self, row: int, person: int, heat: float) -> int:
        """For one who sits out less often; the cheapest, after chance has had its say, or nobody."""
        sitting = [u for u in self._singles(row) if self._times[self._units.units[row, u, 0]] < self._times[person]]
        if not sitting:
            return 0
        asked = self._board.rng.permutation(sitting)[:ASKED]
        costs = [self._cost(row, person, int(u)) for u in asked]
        luck = heat * self._board.rng.gumbel(size=len(asked) + 1)
        best = int(np.argmin(np.array([*costs, 0]) - luck))
        return self._swap(row, person, int(asked[best])) if best < len(asked) else 0

    def _change_turns(self, row: int, person: int, heat: float) -> int:
        """With one who sits out as often, in another round where this one has a seat."""
        rng, units = self._board.rng, self._units.units
        others = [(other, late) for other, out in enumerate(self._out) if other != row for late in out]
        if not others:
            return 0
        other, late = others[int(rng.integers(len(others)))]
        here = [u for u in self._singles(row) if units[row, u, 0] == late]
        there = [u for u in self._singles(other) if units[other, u, 0] == person]
        if not (here and there) or late == person:
            return 0
        cost = self._swap(row, person, here[0]) + self._swap(other, late, there[0])
        if cost <= 0 or cost < -heat * math.log(1 - rng.random()):
            return cost
        return cost + self._swap(other, person, there[0]) + self._swap(row, late, here[0])

    def _singles(self, row: int) -> list[int]:
        """The units of that round who may sit out."""
        count, bound = int(self._units.counts[row, 0]), self._bound[row]
        first = self._units.units[row, :count, 0]
        free = np.flatnonzero((self._units.people[row, :count] == PERSON) & (first != self._board.nobody))
        return [u for u in free.tolist() if int(first[u]) not in bound]

    def _company(self, row: int, u: int) -> Seats:
        """With whom that unit shares a group."""
        where = self._units.where[row, : self._units.counts[row, 0]]
        beside = where == where[u]
        beside[u] = False
        found: Seats = self._units.units[row, : len(where)][beside].ravel()
        return found[found != self._board.nobody]

    def _cost(self, row: int, person: int, u: int) -> int:
        """What it costs that this person takes the seat of that unit."""
        board, company = self._board, self._company(row, u)
        gone = self._units.units[row, u, 0]
        return int((board.more[board.state[person, company]] - board.less[board.state[gone, company]]).sum())

    def _swap(self, row: int, person: int, u: int) -> int:
        board, company, cost = self._board, self._company(row, u), self._cost(row, person, u)
        gone = int(self._units.units[row, u, 0])
        for who, more in ((gone, -1), (person, 1)):
            board.state[who, company] = board.state[company, who] = board.state[who, company].astype(np.int64) + more
            self._times[who] -= more
        self._units.units[row, u, 0] = person
        self._out[row][self._out[row].index(person)] = gone
        return cost
