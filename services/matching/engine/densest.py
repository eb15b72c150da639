"""How many new meetings a group around somebody can have at most, when most have met before."""

import numpy as np

from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.compiled import compiled

NODES = 10_000
"""Groups looked at for one person, about a millisecond; then nothing is said about them."""


def most_new_meetings(new: Bools, present: Ints, sizes: list[int]) -> int:
    """No round of these people in groups of these sizes has more new meetings, where `new` says who may meet anew.

    A group has no more new meetings than the best group around any of its members, so the members' equal shares of
    their own best groups bound it.
    """
    among = np.ascontiguousarray(new[np.ix_(present, present)])
    shares = np.zeros(len(present))
    for size in set(sizes) - {1}:
        for person in range(len(present)):
            best = densest(among, person, size, NODES)
            shares[person] = max(shares[person], best / size)
    return int(shares.sum() + 1e-6)


@compiled
def densest(new: Bools, person: int, size: int, nodes: int) -> int:
    """The most new meetings in a group of that size with that person in it: exact, or all pairs after so many nodes.

    Others are added one after another, each only if even the best later ones could still make a better group: of those,
    each brings at most what it has with the group so far, and all meet one another anew.
    """
    people = new.shape[0]
    ties = np.zeros((size + 1, people), np.int64)
    ties[1] = new[person]
    inside, last = np.zeros(size + 1, np.int64), np.full(size + 1, -1, np.int64)
    best, depth = 0, 1
    while depth >= 1:
        missing = size - depth
        if missing == 0:
            best = max(best, inside[depth])
            depth -= 1
            continue
        v = last[depth] + 1
        reach = inside[depth] + (missing - 1) * depth + missing * (missing - 1) // 2
        while v < people and (v == person or reach + ties[depth, v] <= best):
            v += 1
        if v == people:
            depth -= 1
            continue
        last[depth] = v
        nodes -= 1
        if nodes < 0:
            return size * (size - 1) // 2
        counts = np.zeros(size + 1, np.int64)
        for w in range(v + 1, people):
            ties[depth + 1, w] = ties[depth, w] + new[v, w]
            counts[ties[depth + 1, w]] += w != person
        inside[depth + 1] = inside[depth] + ties[depth, v]
        top, left = inside[depth + 1] + (missing - 1) * (missing - 2) // 2, missing - 1
        for tied in range(size, -1, -1):
            taken = min(left, counts[tied])
            top += taken * tied
            left -= taken
        if left == 0 and top > best:
            depth += 1
            last[depth] = v
    return best
