"""Rounds that are turns of a few: people turn in circles, and a base round becomes as many rounds as there are turns.

Two people may meet in a base round when no other two meet whom some turn takes to them: so a search looks at base
rounds only, and at classes of pairs. A further symmetry of the base rounds themselves makes it smaller still.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.matching.engine.algebra.annealing import Classes
from services.matching.engine.arrays import Bools, Ints


@dataclass(frozen=True)
class Turning:
    """`orbits` times `turns` people turn, `fixed` do not: person orbit * turns + x goes to orbit * turns + x + 1."""

    turns: int
    orbits: int
    fixed: int

    @property
    def people(self) -> int:
        return self.turns * self.orbits + self.fixed

    @property
    def usable(self) -> int:
        """How many classes of pairs there are whose people may meet: see `classes`."""
        within, fixed = (self.turns - 1) // 2, self.fixed
        return self.orbits * (within + fixed) + self.orbits * (self.orbits - 1) // 2 * self.turns

    def expand(self, bases: Ints, size: int) -> Ints:
        """[rounds, groups, size]: every base round of [bases, people] turned 0, 1, 2... times."""
        orbits, places = np.divmod(bases[:, None, :], self.turns)
        turned = orbits * self.turns + (places + np.arange(self.turns)[None, :, None]) % self.turns
        points = np.where(bases[:, None, :] < self.turns * self.orbits, turned, bases[:, None, :])
        return points.reshape(len(bases) * self.turns, self.people // size, size)

    def classes(self) -> tuple[Classes, Bools]:
        """A number per pair, the same for two pairs when a turn takes one to the other; and which may not be used.

        Two people half a turn apart meet again after half the turns, two fixed ones in every round.
        """
        people, moving = self.people, self.turns * self.orbits
        numbers = np.arange(people)
        orbits = np.where(numbers < moving, numbers // self.turns, numbers)
        one, other = np.minimum.outer(numbers, numbers), np.maximum.outer(numbers, numbers)
        same = orbits[one] == orbits[other]
        apart = np.where(other < moving, (other - one) % self.turns, 0)
        apart = np.where(same, np.minimum(apart, self.turns - apart), apart)
        keys = (orbits[one] * people + orbits[other]) * people + apart
        unusable = (one >= moving) | (same & ((2 * apart == self.turns) | (apart == 0)))
        found, pairs = np.unique(np.where(unusable, -1, keys), return_inverse=True)
        return pairs.reshape(people, people).astype(np.int32), found == -1


@dataclass(frozen=True)
class Symmetry:
    """A permutation that keeps a base round: orbits change places in cycles of `order`, x becomes `factor` * x."""

    order: int
    factor: int

    def image(self, turning: Turning) -> Ints | None:
        """Where everybody goes, in cycles of `order` and fixed points only; None when it can't be."""
        turns, order = turning.turns, self.order
        orbits = _next_of(turning.orbits, order)
        moved = orbits[:, None] * turns + np.arange(turns)[None, :] * self.factor % turns
        image = np.concatenate([moved.ravel(), turning.orbits * turns + _next_of(turning.fixed, order)])
        return image if {int(period) for period in periods(image)} <= {1, order} else None


def _next_of(count: int, order: int) -> Ints:
    """In cycles of that order as far as they fit, the last ones stay."""
    numbers = np.arange(count)
    start = numbers // order * order
    return np.where(start + order <= count, start + (numbers - start + 1) % order, numbers)


def periods(image: Ints) -> Ints:
    """How often the permutation must be applied until each point is back."""
    found = np.zeros(len(image), dtype=np.int64)
    at, step = image.copy(), 1
    while not found.all():
        found[(at == np.arange(len(image))) & (found == 0)] = step
        at, step = image[at], step + 1
    return found


def shapes(groups: int, size: int, order: int, single: int) -> Iterator[tuple[int, ...]]:
    """How a round can be kept by a symmetry: for each group that is kept, how many of `single` fixed points it has.

    All other groups change places in cycles of `order`, so only some numbers of kept groups will do.
    """
    possible = [count for count in range(min(size, single), -1, -1) if (size - count) % order == 0]

    def choose(left: int, counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if left == 0 and (groups - len(counts)) % order == 0:
            yield counts
        if len(counts) < min(groups, single + order):
            for count in possible:
                if count <= min((left, *counts[-1:])):
                    yield from choose(left - count, (*counts, count))

    yield from choose(single, ())


def random_rounds(image: Ints, shape: tuple[int, ...], bases: int, size: int, rng: np.random.Generator) -> Ints:
    """[bases, people]: rounds of groups of `size` that the permutation keeps, otherwise at random.

    The groups that are kept have as many fixed points as `shape` says, and whole cycles; the others change places.
    """
    everybody = np.arange(len(image))
    order = int(periods(image).max())
    if order == 1:
        return np.array([rng.permutation(everybody) for _ in range(bases)])
    rounds: list[list[int]] = []
    for _ in range(bases):
        fixed = [int(point) for point in rng.permutation(np.flatnonzero(image == everybody))]
        starts = [cycles(image)[int(number)] for number in rng.permutation(len(cycles(image)))]
        row: list[int] = []
        for count in shape:
            row += [fixed.pop() for _ in range(count)]
            row += [point for _ in range((size - count) // order) for point in starts.pop()]
        while starts:
            seats = [starts.pop() for _ in range(size)]
            row += [seat[turn] for turn in range(order) for seat in seats]
        rounds.append(row)
    return np.array(rounds, dtype=np.int64)


def cycles(image: Ints) -> list[list[int]]:
    """The cycles that are longer than one, each in its order."""
    found: list[list[int]] = []
    seen: set[int] = set()
    for start in np.flatnonzero(image != np.arange(len(image))):
        point, cycle = int(start), list[int]()
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = int(image[point])
        found += [cycle] if cycle else []
    return found
