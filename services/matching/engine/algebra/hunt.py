"""The search for base rounds whose turns are free of repeats."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from services.matching.engine.algebra.annealing import anneal, charge
from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.starter import Symmetry, Turning, periods, random_rounds, shapes
from services.matching.engine.arrays import Ints

CHUNK = 200_000
"""Proposals between two looks at whether to stop: some hundredths of a second."""
FIRST_TRY = 200_000
"""Proposals in the first search under a prescription; each later one takes twice as many."""
TEMPERATURES = (0.25, 0.3, 0.22, 0.4)
SMALL_GROUPS = 0.1
"""So much warmer with groups of four or less."""


NO_SYMMETRY = Symmetry(1, 1)


def never() -> bool:
    """Does not stop."""
    return False


@dataclass(frozen=True)
class Prescription:
    """What a solution should look like: so many base rounds that turn, each kept by a symmetry."""

    turning: Turning
    bases: int
    symmetry: Symmetry = NO_SYMMETRY
    shape: tuple[int, ...] = ()

    def density(self, size: int) -> float:
        """The share of the usable classes of pairs that a solution uses: beyond 1 there is none."""
        usable = self.turning.usable
        return self.bases * self.turning.people * (size - 1) / (2 * usable) if usable else 2.0


class Hunt:
    """One search for the base rounds of a prescription, which can be continued; the same for a seed and its steps."""

    def __init__(self, prescription: Prescription, size: int, seed: list[int], temperature: float) -> None:
        turning = prescription.turning
        image = prescription.symmetry.image(turning)
        assert image is not None
        rng = np.random.default_rng(seed)
        self._size = size
        self._pairs, closed = turning.classes()
        self._used = closed.astype(np.int64)
        self.rows = random_rounds(image, prescription.shape, prescription.bases, size, rng)
        self._seat_of = np.argsort(self.rows, axis=1)
        self._image, self._period = image, periods(image)
        self._chances = np.exp(-np.arange(256) / (temperature * prescription.symmetry.order))
        self._bits = rng.integers(1, 2**63, size=1, dtype=np.uint64)
        self.conflicts = charge(self._pairs, self._used, self.rows, size)

    def search(self, steps: int) -> None:
        """Goes on for so many proposals, or until there are no conflicts."""
        tables = (self._pairs, self._used, self.rows, self._seat_of, self._image, self._period)
        self.conflicts = anneal(tables, self._size, self.conflicts, steps, self._chances, self._bits)


class Bases(NamedTuple):
    """Base rounds, how they turn, and how often two meet again, at most, in the rounds they become."""

    turning: Turning
    rows: Ints
    repeats: int

    def design(self, size: int, rounds: int) -> Design:
        """The first so many of the rounds."""
        return Design(self.turning.expand(self.rows, size)[:rounds], columns=False)


def find_bases(
    groups: int, size: int, rounds: int, seed: int, iterations: int, stop: Callable[[], bool] = never
) -> Bases | None:
    """Base rounds of that many rounds: without a repeat, or with the fewest when the proposals are spent or `stop` says
    so; None before the first. A second sees some ten million proposals.

    Tries prescriptions one by one, each time longer. The same for a seed and its iterations.
    """
    plans, best = list(prescriptions(groups, size, rounds)), None
    for attempt in count() if plans else ():
        plan, again = plans[attempt % len(plans)], attempt // len(plans)
        warmer = SMALL_GROUPS if size <= 4 else 0.0
        hunt = Hunt(plan, size, [seed, attempt], TEMPERATURES[again % len(TEMPERATURES)] + warmer)
        for _ in range(0, FIRST_TRY * 2**again, CHUNK):
            if iterations <= 0 or stop():
                return best
            hunt.search(min(CHUNK, iterations))
            iterations -= CHUNK
            repeats = hunt.conflicts * plan.turning.turns
            if best is None or repeats < best.repeats:
                best = Bases(plan.turning, hunt.rows.copy(), repeats)
            if not repeats:
                return best
    return best


def prescriptions(groups: int, size: int, rounds: int) -> Iterator[Prescription]:
    """What may have a solution, the most promising first: few base rounds, and room in the classes of pairs.

    Where there is little room, base rounds that a symmetry of order 2 or 3 keeps are looked for as well.
    """
    for bases in (1, 2, 3):
        turns = -(-rounds // bases)
        orbits = [k for k in range(1, groups * size // max(1, turns) + 1) if groups * size - k * turns <= groups]
        plans = [Prescription(Turning(turns, k, groups * size - k * turns), bases) for k in orbits]
        possible = sorted((plan for plan in plans if plan.density(size) <= 1), key=lambda plan: plan.density(size))
        for plan in possible[: 2 if bases == 1 else 1]:
            yield plan
            if plan.density(size) > 0.9:
                for order in (2, 3):
                    yield from _kept(plan, groups, size, order)


def _kept(plan: Prescription, groups: int, size: int, order: int) -> Iterator[Prescription]:
    for factor in range(1, plan.turning.turns):
        symmetry = Symmetry(order, factor)
        image = symmetry.image(plan.turning) if factor**order % plan.turning.turns == 1 else None
        if image is not None:
            single = int((image == np.arange(len(image))).sum())
            for shape in islice(shapes(groups, size, order, single), 2):
                yield Prescription(plan.turning, plan.bases, symmetry, shape)
