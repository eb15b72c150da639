"""Simulated annealing of one round at a time, given the others, compiled.

While the others stand still, what it costs a unit to share each group is a table, so a change of seats is judged by
five look-ups. A unit is a person, people who stay together, a leader, or the empty seat of a group that is smaller than
others; only units of one kind change seats.

Arrays of one round:
- units (units, most members) int32: the entities of each, filled up with the last entity, the empty seat.
- where (units,) int32: the group of each.
- kinds (units, 2) int64: the first unit of its kind and how many there are.
- mobile (n,) int64: the units that may move.
"""

import numpy as np

from services.matching.engine.arrays import Dice, Floats, Ints, Prices, Seats, States
from services.matching.engine.compiled import compiled

CHANCES = 4096


def chances() -> Floats:
    """How many temperatures of worsening are accepted, one for each equal chance."""
    return -np.log((np.arange(CHANCES) + 0.5) / CHANCES)


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
        for v in range(u):
            cost = np.int64(0)
            for i in range(units.shape[1]):
                a = units[u, i]
                if a == nobody:
                    break
                for j in range(units.shape[1]):
                    b = units[v, j]
                    if b == nobody:
                        break
                    cost += more[state[a, b]]
            weights[u, v] = weights[v, u] = np.int32(cost)


@compiled
def visit(
    state: States,
    more: Prices,
    units: Seats,
    where: Seats,
    kinds: Ints,
    mobile: Ints,
    groups: int,
    heat: float,
    steps: int,
    chances: Floats,
    dice: Dice,
    costs: Ints,
    best: Seats,
) -> bool:
    """Anneals one round at one temperature; says whether `best` holds a new best: costs are [now, best so far]."""
    nobody, count = state.shape[0] - 1, units.shape[0]
    share(state, units, where, groups, -1)
    weights = np.zeros((count, count), np.int32)
    weigh(state, more, units, weights)
    near = np.zeros((groups, count), np.int32)
    filled = np.zeros(groups, np.int64)
    for v in range(count):
        g = where[v]
        for i in range(units.shape[1]):
            filled[g] += units[v, i] != nobody
        for u in range(count):
            near[g, u] += weights[v, u]
    x, found = dice[0], False
    for step in range(steps):
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
        random = x * np.uint64(2685821657736338717)
        u = mobile[np.int64(((random >> np.uint64(40)) * np.uint64(mobile.shape[0])) >> np.uint64(24))]
        g = where[u]
        if near[g, u] <= 0 and step & 3:
            continue
        v = kinds[u, 0] + np.int64(
            (((random >> np.uint64(12)) & np.uint64(0xFFFFFF)) * np.uint64(kinds[u, 1])) >> np.uint64(24)
        )
        h = where[v]
        if g == h:
            continue
        change = near[h, u] - near[g, u] + near[g, v] - near[h, v] - 2 * weights[u, v]
        if change > 0 and change >= heat * chances[np.int64(random & np.uint64(4095))]:
            continue
        empty_u, empty_v = units[u, 0] == nobody, units[v, 0] == nobody
        if empty_u != empty_v:
            if (filled[g] + 1 != filled[h]) if empty_u else (filled[h] + 1 != filled[g]):
                continue
            filled[g] += empty_u - empty_v
            filled[h] += empty_v - empty_u
        for w in range(count):
            shift = weights[v, w] - weights[u, w]
            near[g, w] += shift
            near[h, w] -= shift
        where[u], where[v] = h, g
        costs[0] += change
        if costs[0] < costs[1]:
            costs[1] = costs[0]
            best[:] = where
            found = True
    dice[0] = x
    share(state, units, where, groups, 1)
    return found


@compiled
def anneal(
    state: States,
    more: Prices,
    units: Seats,
    where: Seats,
    kinds: Ints,
    mobile: Ints,
    counts: Ints,
    warmth: Floats,
    steps: int,
    goal: int,
    chances: Floats,
    dice: Dice,
    costs: Ints,
    best: Seats,
) -> int:
    """Anneals all rounds in turn, once for each temperature, until the cost is `goal`; says how often it visited one.

    `counts` (rounds, 3): units, units that may move, groups of each round; the other arrays have a row for each round.
    """
    visits = 0
    for heat in warmth:
        for r in range(units.shape[0]):
            n, m, groups = counts[r, 0], counts[r, 1], counts[r, 2]
            if costs[1] <= goal or m == 0 or groups < 2:
                continue
            visits += 1
            found = np.empty(n, np.int32)
            if visit(
                state,
                more,
                units[r, :n],
                where[r, :n],
                kinds[r, :n],
                mobile[r, :m],
                groups,
                heat,
                steps,
                chances,
                dice,
                costs,
                found,
            ):
                best[:] = where
                best[r, :n] = found
    return visits
