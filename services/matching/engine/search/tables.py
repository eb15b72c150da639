"""What it costs the units of a round to share its groups, as tables that are kept up while they change seats, compiled.

The arrays are those of annealing.py.
"""

import numpy as np

from services.matching.engine.arrays import Index, Ints, Prices, Seats, States
from services.matching.engine.compiled import compiled


@compiled
def share(state: States, units: Seats, where: Seats, groups: int, change: int) -> None:
    """Counts the meetings of a round (change 1), or takes them back (-1)."""
    nobody = state.shape[0] - 1
    chain = np.full(groups, -1, np.int64)
    after = np.full(units.shape[0], -1, np.int64)
    for u in range(units.shape[0]):
        if units[u, 0] == nobody:
            continue
        g = where[u]
        for i in range(units.shape[1]):
            a = units[u, i]
            if a == nobody:
                break
            for j in range(i):
                b = units[u, j]
                state[a, b] += np.uint16(change)
                state[b, a] = state[a, b]
            v = chain[g]
            while v >= 0:
                for j in range(units.shape[1]):
                    b = units[v, j]
                    if b == nobody:
                        break
                    state[a, b] += np.uint16(change)
                    state[b, a] = state[a, b]
                v = after[v]
        after[u] = chain[g]
        chain[g] = u


@compiled
def weigh(state: States, more: Prices, units: Seats, weights: Seats) -> None:
    """What it costs that two units share a group: the sum over their members."""
    nobody = state.shape[0] - 1
    for u in range(units.shape[0]):
        weights[u, u] = 0
        beside = state[units[u, 0]]
        for v in range(u):
            weights[u, v] = weights[v, u] = np.int32(more[beside[units[v, 0]]])
    for u in range(units.shape[0] if units.shape[1] > 1 else 0):
        if units[u, 1] == nobody:
            continue
        for v in range(units.shape[0]):
            if v != u:
                cost = np.int64(0)
                for i in range(units.shape[1]):
                    for j in range(units.shape[1]):
                        cost += more[state[units[u, i], units[v, j]]]
                weights[u, v] = weights[v, u] = np.int32(cost)


@compiled
def tables(units: Seats, where: Seats, weights: Seats, groups: int, nobody: int) -> tuple[Seats, Seats, Ints]:
    """What each group costs each unit, what each unit's own group costs it, and how many people each group has."""
    count = units.shape[0]
    near = np.zeros((groups, count), np.int32)
    filled = np.zeros(groups, np.int64)
    for v in range(count):
        g = where[v]
        for i in range(units.shape[1]):
            filled[g] += units[v, i] != nobody
        for u in range(count):
            near[g, u] += weights[v, u]
    own = np.empty(count, np.int32)
    for v in range(count):
        own[v] = near[where[v], v]
    return near, own, filled


@compiled
def change_seats(near: Seats, own: Seats, where: Seats, weights: Seats, u: Index, v: Index) -> None:
    """Puts each of two units where the other is."""
    g, h = where[u], where[v]
    for w in range(where.shape[0]):
        shift = np.int32(weights[v, w] - weights[u, w])
        near[g, w] += shift
        near[h, w] -= shift
        own[w] += (where[w] == g) * shift - (where[w] == h) * shift
    where[u], where[v] = h, g
    own[u], own[v] = near[h, u], near[g, v]


@compiled
def move(near: Seats, own: Seats, where: Seats, weights: Seats, u: Index, h: Index) -> None:
    """Puts a unit into another group."""
    g = where[u]
    for w in range(where.shape[0]):
        shift = weights[u, w]
        near[g, w] -= shift
        near[h, w] += shift
        own[w] += (where[w] == h) * shift - (where[w] == g) * shift
    where[u] = h
    own[u] = near[h, u]
