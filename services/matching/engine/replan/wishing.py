"""Wishes in a running round: of seats that cost the same, those that meet more of them."""

from collections import Counter

import numpy as np

from services.matching.engine.arrays import Ints
from services.matching.engine.problem import Problem, ordered
from services.matching.engine.replan.floor import OUT, Seats
from services.matching.engine.replan.placing import ROUNDS, Exchanges, Limits, restless
from services.matching.engine.search.prices import price
from services.matching.engine.search.relations import codes_of

EXCHANGES = 10_000
"""So many exchanges are looked at in all, which takes a tenth of a second."""


class Wished:
    """What wishes say of each two of those present when they share a group: below 0 what they ask for."""

    def __init__(self, problem: Problem, present: list[int], met: Counter[tuple[int, int]]) -> None:
        self._index = {person: i for i, person in enumerate(present)}
        self._prices = _prices(problem, present, met)
        self._rows: dict[int, list[int]] = {}

    def between(self, a: int, b: int) -> int:
        """What it costs these two to share a group."""
        return self._row(a)[self._index[b]]

    def pull(self, seats: Seats, person: int, place: int) -> int:
        """What this person costs at this place, beside those who sit there."""
        if place == OUT:
            return 0
        row, index = self._row(person), self._index
        return sum(row[index[x]] for x in seats.at[place])

    def exchange(self, seats: Seats, a: int, b: int) -> int:
        """What it costs to exchange the seats of these two, who sit in two groups."""
        here, there = seats.where.get(a, OUT), seats.where.get(b, OUT)
        cost = self.pull(seats, a, there) + self.pull(seats, b, here)
        cost -= self.pull(seats, a, here) + self.pull(seats, b, there)
        return cost - self.between(a, b) * ((here != OUT) + (there != OUT))

    def _row(self, person: int) -> list[int]:
        if person not in self._rows:
            self._rows[person] = self._prices[self._index[person]].tolist()
        return self._rows[person]


def wished_of(problem: Problem, present: list[int], met: Counter[tuple[int, int]]) -> Wished | None:
    """What wishes say of those present; None if nothing."""
    wishes = problem.wishes
    if not (wishes.wants or wishes.profession or wishes.newcomers or wishes.languages):
        return None
    return Wished(problem, present, met)


def meet_wishes(seats: Seats, limits: Limits, wished: Wished) -> None:
    """Exchanges seats of those who came or moved while that meets more wishes and nothing else gets worse."""
    exchanges, left = Exchanges(seats, limits), EXCHANGES
    for _ in range(ROUNDS):
        better = False
        for person in [*restless(seats, wide=False)]:
            ways = [*exchanges.ways(person)]
            left -= len(ways)
            if left < 0:
                return
            wishes = sorted((_wish(seats, wished, person, *way), *way) for way in ways)
            gains = (way for wish, *way in wishes if wish < 0 and exchanges.cost(person, *way) <= 0)
            if (best := next(gains, None)) is not None:
                exchanges.take(person, *best)
                better = True
        if not better:
            return


def _wish(seats: Seats, wished: Wished, person: int, way: int, target: int) -> int:
    """What wishes say against this person's exchange with the target, or going to it."""
    if way == 0:
        return wished.exchange(seats, person, target)
    return wished.pull(seats, person, target) - wished.pull(seats, person, seats.where.get(person, OUT))


def _prices(problem: Problem, present: list[int], met: Counter[tuple[int, int]]) -> Ints:
    """For each two of those present, in their order, what it costs them to share a group, as the search has it."""
    index, wishes = {person: i for i, person in enumerate(present)}, problem.wishes
    against: Ints = np.zeros((len(present), len(present)), dtype=np.int64)
    known = codes_of(problem)
    if known is not None:
        against += known[np.ix_(present, present)] >> 1
    weight = {pair: wishes.wants_weight for pair in wishes.wants if not met[ordered(*pair)]}
    found = against * price((0, 0, 1, 0), 0, 1)
    for (a, b), wanted in weight.items():
        if a in index and b in index:
            i, j = index[a], index[b]
            found[i, j] = found[j, i] = price((0, 0, int(against[i, j]), wanted), 0, 1)
    for a, b in problem.together_pairs():
        if a in index and b in index:
            found[index[a], index[b]] = found[index[b], index[a]] = 0
    return found
