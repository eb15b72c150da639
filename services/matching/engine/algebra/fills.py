"""More rounds than columns alone give: rounds within the columns, and a round made of what two others leave."""

import numpy as np

from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.fields import Ring, prime_powers, ring
from services.matching.engine.arrays import Bools, Ints


def fill(base: Design, inner: Design) -> Design:
    """The rounds of a design in columns, then rounds in which each column meets among itself as `inner` says.

    An affine plane is its lines in columns and one round of columns; a space is the same, repeated.
    """
    groups, size = map(int, base.blocks.shape[1:])
    rounds = len(inner.blocks)
    firsts = np.arange(0, groups * size, groups).reshape(1, size, 1, 1)
    within = (inner.blocks.reshape(rounds, 1, groups // size, size) + firsts).reshape(rounds, groups, size)
    return Design(np.concatenate([base.blocks, within]), columns=False)


def one_more(groups: int, size: int) -> Design | None:
    """One round more than there are slopes in the plane of that order, for `groups` one less than a multiple of `size`.

    Two slopes, 0 and 1, become three rounds. A: the lines of slope 0 but `size` of them; what those would cover meets
    by column. B: the same for slope 1. C: the lines left out of A, those left out of B but one, and the rest by column.
    No line of C may meet another: line x of slope 0 and line y of slope 1 meet in column x - y, so the columns avoid
    those differences. Then what meets by column in A, B and C has one person in common at most.
    """
    if len(prime_powers(groups)) != 1 or (groups + 1) % size or size < 2 or groups < 3 * size - 1:
        return None
    plane = ring(groups)
    left_out, other = np.arange(size), np.arange(size - 1)
    taken = np.unique(plane.minus(left_out[:, None], other[None, :]))
    columns = np.setdiff1d(np.arange(groups), taken)[:size]
    if len(columns) < size:
        return None
    places, slopes = np.arange(groups), np.arange(2, groups)
    shifts = plane.times(slopes[:, None], columns[None, :])
    lines = plane.plus(places[None, :, None], shifts[:, None, :]) + np.arange(0, groups * size, groups)
    return Design(np.concatenate([lines, _three(plane, columns)]), columns=False)


def _three(plane: Ring, columns: Ints) -> Ints:
    """The three rounds made of slopes 0 and 1."""
    size, groups = len(columns), plane.order
    places = np.arange(groups)
    first = np.repeat(places[:, None], size, axis=1)
    second = plane.plus(places[:, None], columns[None, :])
    chosen, other = places < size, places < size - 1
    rounds = [
        [*_lines(first, ~chosen), *_by_column(first, chosen, size)],
        [*_lines(second, ~chosen), *_by_column(second, chosen, size)],
        [*_lines(first, chosen), *_lines(second, other), *_rest(first, second, chosen, other)],
    ]
    return np.array(rounds, dtype=np.int64)


def _lines(rows: Ints, which: Bools) -> Ints:
    """Those lines, given the row in which each line meets each column."""
    return rows[which] + np.arange(0, rows.size, len(rows))


def _by_column(rows: Ints, which: Bools, size: int) -> Ints:
    """What those lines cover, one group per column."""
    return _lines(rows, which).T.reshape(-1, size)


def _rest(first: Ints, second: Ints, chosen: Bools, other: Bools) -> Ints:
    """What neither the chosen lines of the first slope nor those of the second cover, by column."""
    groups, size = map(int, first.shape)
    covered = np.concatenate([_lines(first, chosen), _lines(second, other)])
    return np.setdiff1d(np.arange(groups * size), covered).reshape(-1, size)
