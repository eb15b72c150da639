"""More rounds than columns alone give: rounds within the columns, and a round made of what two others leave."""

import numpy as np

from services.matching.engine.algebra.columns import ATTEMPTS, LARGEST, lines, more_shifts
from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.fields import ring
from services.matching.engine.arrays import Ints


def fill(base: Design, inner: Design) -> Design:
    """The rounds of a design in columns, then rounds in which each column meets among itself as `inner` says.

    An affine plane is its lines in columns and one round of columns; a space is the same, repeated.
    """
    groups, size = map(int, base.blocks.shape[1:])
    rounds = len(inner.blocks)
    firsts = np.arange(0, groups * size, groups).reshape(1, size, 1, 1)
    within = (inner.blocks.reshape(rounds, 1, groups // size, size) + firsts).reshape(rounds, groups, size)
    return Design(np.concatenate([base.blocks, within]), columns=False)


def one_more(groups: int, size: int, rounds: int) -> Design | None:
    """Three rounds made of two, for a number of groups one less than a multiple of `size`: one more than in columns.

    The two have shifts 0, and others. A: the lines of the first but `size` of them; what those would cover meets by
    column. B: the same for the second. C: the lines left out of A, those left out of B but one, and the rest by column.
    No line of C may meet another: line x of the first and line y of the second meet in a column that the second shifts
    by x - y, so none is shifted so. Then what meets by column in A, B and C has one person in common at most.
    """
    if (groups + 1) % size or groups < 3 * size - 1 or rounds < 3 or groups > LARGEST:
        return None
    if ring(groups).units == groups:
        shifts = _slopes(groups, size)
        found = None if shifts is None else lines(groups, shifts, cyclic=False)
    else:
        found = lines(groups, _beside_two(groups, size, rounds - 1), cyclic=True)
    if found is None or len(found) + 1 < rounds:
        return None
    return Design(np.concatenate([_three(found[0], found[1]), found[2:]])[:rounds], columns=False)


def _slopes(groups: int, size: int) -> Ints | None:
    """The shifts of all lines in columns of the plane that suit its slopes 0 and 1."""
    plane = ring(groups)
    taken = np.unique(plane.minus(np.arange(size)[:, None], np.arange(size - 1)[None, :]))
    columns = np.setdiff1d(np.arange(groups), taken)[:size]
    return plane.times(np.arange(groups)[:, None], columns[None, :]) if len(columns) == size else None


def _beside_two(groups: int, size: int, rounds: int) -> Ints:
    """Cyclic shifts, the first two of which suit each other: so many rounds, or as many as a short search finds."""
    best = np.zeros((0, size), dtype=np.int64)
    for seed in range(ATTEMPTS):
        columns = np.random.default_rng(seed).permutation(np.arange(size, groups - size + 2))[:size]
        found = more_shifts(groups, np.array([columns * 0, columns]), seed)
        best = found if len(found) > len(best) else best
        if len(best) >= rounds:
            break
    return best[:rounds]


def _three(first: Ints, second: Ints) -> Ints:
    """The three rounds made of two, each [groups, size]: who sits in which line and column."""
    groups, size = map(int, first.shape)
    chosen, other = np.arange(groups) < size, np.arange(groups) < size - 1
    covered = np.concatenate([first[chosen], second[other]])
    rest = np.setdiff1d(np.arange(groups * size), covered).reshape(-1, size)
    return np.array(
        [
            np.concatenate([first[~chosen], first[chosen].T]),
            np.concatenate([second[~chosen], second[chosen].T]),
            np.concatenate([covered, rest]),
        ]
    )
