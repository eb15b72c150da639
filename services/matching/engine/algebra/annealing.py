"""The small search: swaps people between the groups of a few rounds until no class of pairs is used beyond its room."""

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.arrays import Floats, Ints
from services.matching.engine.compiled import compiled

Classes = NDArray[np.int32]
Bits = NDArray[np.uint64]
Tables = tuple[Classes, Ints, Ints, Ints, Ints, Ints]
"""The class of each pair, how often each is used, who sits where and where who sits, by round; and a permutation that
keeps every round as it is: the image of each, and the length of the cycle they are in."""


@compiled
def _swap(pairs: Classes, used: Ints, row: Ints, seat_of: Ints, first: int, second: int, size: int) -> int:
    """Two seats of a round change hands; what that costs."""
    u, v = row[first], row[second]
    row[first], row[second] = v, u
    seat_of[u], seat_of[v] = second, first
    a, b = first // size * size, second // size * size
    cost = 0
    for seat in range(a, a + size):
        if seat != first:
            old = pairs[u, row[seat]]
            used[old] -= 1
            if used[old] >= 1:
                cost -= 1
    for seat in range(b, b + size):
        if seat != second:
            old = pairs[v, row[seat]]
            used[old] -= 1
            if used[old] >= 1:
                cost -= 1
    for seat in range(a, a + size):
        if seat != first:
            new = pairs[v, row[seat]]
            if used[new] >= 1:
                cost += 1
            used[new] += 1
    for seat in range(b, b + size):
        if seat != second:
            new = pairs[u, row[seat]]
            if used[new] >= 1:
                cost += 1
            used[new] += 1
    return cost


@compiled
def _move(
    pairs: Classes, used: Ints, row: Ints, seat_of: Ints, image: Ints, order: int, u: int, v: int, size: int
) -> int:
    """Swaps u and v, and each pair of their images; or, for v = u, turns the images of u one place. What that costs."""
    cost = 0
    if u == v:
        for _ in range(order - 1):
            v = image[v]
            cost += _swap(pairs, used, row, seat_of, seat_of[u], seat_of[v], size)
        return cost
    for _ in range(order):
        cost += _swap(pairs, used, row, seat_of, seat_of[u], seat_of[v], size)
        u, v = image[u], image[v]
    return cost


@compiled
def charge(pairs: Classes, used: Ints, rows: Ints, size: int) -> int:
    """Counts the classes of all pairs that share a group into `used`; how many find their class full."""
    cost = 0
    for r in range(rows.shape[0]):
        for start in range(0, rows.shape[1], size):
            for i in range(start, start + size):
                for j in range(start, i):
                    this = pairs[rows[r, i], rows[r, j]]
                    if used[this] >= 1:
                        cost += 1
                    used[this] += 1
    return cost


@compiled
def _next(bits: np.uint64) -> np.uint64:
    """Marsaglia's xorshift with 13, 7, 17."""
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    return bits ^ (bits << np.uint64(17))


@compiled
def _crowded(pairs: Classes, used: Ints, row: Ints, seat: int, size: int) -> bool:
    """Whether the one in this seat meets somebody in a class that is used too often."""
    start, crowded = seat // size * size, False
    for other in range(start, start + size):
        crowded |= bool(other != seat and used[pairs[row[seat], row[other]]] > 1)
    return crowded


@compiled
def _not_an_image(image: Ints, u: int, v: int) -> int:
    """v, or u when v is one of its images."""
    other = image[u]
    while other not in (u, v):
        other = image[other]
    return u if other == v else v


@compiled
def anneal(tables: Tables, size: int, cost: int, steps: int, chances: Floats, state: Bits) -> int:
    """Goes on for `steps` proposals or until nothing is used twice; the cost it ends with. All arrays are carried on.

    Only one who is in a conflict is proposed for a swap; `chances` says how likely one that costs so much is accepted.
    """
    pairs, used, rows, seat_of, image, period = tables
    people, bits = np.uint64(rows.shape[1]), state[0]
    for _ in range(steps):
        if cost == 0:
            break
        bits = _next(bits)
        rest = bits >> np.uint64(11)
        i, rest = int(np.int64(rest % people)), rest // people
        j, rest = int(np.int64(rest % people)), rest // people
        r = int(np.int64(rest % np.uint64(rows.shape[0])))
        row, where = rows[r], seat_of[r]
        u, v = int(row[i]), int(row[j])
        order = int(period[u])
        if order != period[v] or i // size == j // size or not _crowded(pairs, used, row, i, size):
            continue
        v = _not_an_image(image, u, v)
        change = _move(pairs, used, row, where, image, order, u, v, size)
        bits = _next(bits)
        drawn = float(bits >> np.uint64(11)) * 2.0**-53
        if change <= 0 or (change < len(chances) and drawn < chances[change]):
            cost += change
            continue
        for _ in range(order - 1 if u == v else 1):
            _move(pairs, used, row, where, image, order, u, v, size)
    state[0] = bits
    return cost
