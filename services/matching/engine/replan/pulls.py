"""What it costs to exchange seats in a running round, with a thousand others as well as with two."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from services.matching.engine.arrays import Ints
from services.matching.engine.replan.floor import OUT, Seats

FEW = 40
"""With so many others each exchange is counted by itself."""


class Pulls:
    """What everybody costs at each place: for many at once worked out place by place, and then kept up to date.

    So an exchange with one of a thousand is a few look-ups, and no count of two groups.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats, self._floor = seats, seats.floor
        self._known: set[int] = set()

    def pull(self, person: int, place: int) -> int:
        """What this person costs at this place, beside those who sit there."""
        if place in self._known:
            return int(self._pulls[place, self._floor.index[person]])
        return self._seats.pull(person, place)

    def best_exchange(self, person: int, others: Sequence[int]) -> tuple[int, int]:
        """What it costs to exchange seats with the one of these with whom that costs least, the first of several.

        With somebody in the same group it costs nothing.
        """
        if len(others) <= FEW:
            return min(((self.exchange(person, other), other) for other in others), default=(0, person))
        everybody = others is self._floor.present
        there = slice(None) if everybody else np.array([self._floor.index[x] for x in others], dtype=np.int64)
        i, people = self._floor.index[person], self._people[there]
        here, at = int(self._at[i]), self._at[there]
        if len(self._known) < len(self._pulls):
            self._know({here, *(range(OUT, len(self._pulls) - 1) if everybody else at.tolist())})
        both = self._floor.beside(person, self._at)[there] * (at != OUT)
        if here != OUT:
            both += self._floor.beside(person, here)[there]
        costs = self._pulls[at, i] + self._pulls[here, there] - self._pulls[at, people] - self._pulls[here, i] - both
        costs *= at != here
        best = int(costs.argmin())
        return int(costs[best]), others[best]

    def move(self, person: int, place: int) -> None:
        """Seats this person there, from wherever they are."""
        source = self._seats.where.get(person, OUT)
        if source != OUT:
            self._seats.take(person)
        if place != OUT:
            self._seats.put(person, place)
        if self._known:
            self._at[self._floor.index[person]] = place
            for changed, sign in ((source, -1), (place, 1)):
                if changed in self._known - {OUT}:
                    self._pulls[changed] += sign * self._floor.beside(person, changed)

    def exchange(self, a: int, b: int) -> int:
        """What it costs to exchange the seats of these two."""
        at_a, at_b = self._seats.where.get(a, OUT), self._seats.where.get(b, OUT)
        if at_a == at_b:
            return 0
        cost = self.pull(a, at_b) + self.pull(b, at_a) - self.pull(a, at_a) - self.pull(b, at_b)
        return cost - sum(self._floor.between(a, b, place) for place in (at_a, at_b) if place != OUT)

    @cached_property
    def _at(self) -> Ints:
        """Where each of those present is, in their order."""
        return np.array([self._seats.where.get(person, OUT) for person in self._floor.present], dtype=np.int64)

    @cached_property
    def _people(self) -> Ints:
        return np.arange(len(self._floor.present))

    @cached_property
    def _pulls(self) -> Ints:
        """By place, of which OUT is the last, and by person; what isn't known yet says nothing."""
        return np.empty((len(self._seats.at) + 1, len(self._floor.present)), dtype=np.int64)

    def _know(self, places: set[int]) -> None:
        for place in places - self._known:
            self._known.add(place)
            self._pulls[place] = self._floor.alone(place)
            for person in self._seats.at[place] if place != OUT else ():
                self._pulls[place] += self._floor.beside(person, place)
