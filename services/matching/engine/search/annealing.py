"""Simulated annealing of one round at a time, given the others, compiled.

While the others stand still, what it costs a unit to share each group is a table, so a change of seats is judged by
four look-ups. A step takes a unit and judges all others that it could change seats with at once: each change costs what
it costs less the temperature times a chance of Gumbel's distribution, staying costs nothing less such a chance, and the
cheapest happens. Each then happens as often as Boltzmann's weights say, without the many proposals that are refused
when it is cold (rejection-free, or heat-bath, annealing). A unit is a person, people who stay together, a leader, or
the empty seat of a group that is smaller than others. In a step units of one kind change seats; before, each unit of
several people may change with as many single ones.

Arrays of one round:
- units (units, most members) int32: the entities of each, filled up with the last entity, the empty seat.
- where (units,) int32: the group of each.
- kinds (units, 2) int64: the first unit of its kind and how many there are.
- people (units,) int64: how many a unit has that may move; leaders, empty seats and who is pinned count as none.
- mobile (n,) int64: the units that may move.
"""

from functools import cache

import numpy as np

from services.matching.engine.arrays import Dice, Floats, Index, Ints, Prices, Seats, States
from services.matching.engine.compiled import compiled
from services.matching.engine.search.kernels import draw
from services.matching.engine.search.tables import change_seats, move, share, tables, weigh

CHANCES = 4096
WINDOW = 256
"""So many units at most are judged in a step; in a larger round they are a stretch of it that begins anywhere."""
NEVER = 2**30
SELDOM = 16
"""Who has less to gain than the temperature is asked in one of so many steps: repeats, and asks that may still be met,
are elsewhere. So 96 people with every rule end at 28 to 32 repeats after ten seconds, and at 33 to 35 when all are
asked. Where asks count as nothing to gain four in a hundred fewer are met for as many repeats."""
EXCHANGES = 2
"""So often in a visit a unit of several people is asked to change seats with single ones."""


@cache
def chances() -> Floats:
    """Of Gumbel's distribution, in no order; those from CHANCES on are the first ones again. Not to be written to."""
    drawn = -np.log(-np.log((np.arange(CHANCES) + 0.5) / CHANCES))
    mixed = np.random.default_rng(CHANCES).permutation(drawn)
    return np.concatenate([mixed, mixed[: WINDOW + 1]])


def steps_for(units: int) -> int:
    """Steps of a visit: enough that the making of its tables, which looks at each two units, doesn't weigh."""
    return 16 * units


@compiled
def least_cost(there: Seats, homes: Seats, nears: Seats, owns: Seats, shared: Seats, luckily: Seats) -> np.int32:
    """The least that a change of seats costs: eight are judged at a time."""
    least = np.int32(NEVER)
    for i in range(homes.shape[0]):
        least = min(least, np.int32(there[np.uint32(homes[i])] + nears[i] - owns[i] - 2 * shared[i] + luckily[i]))
    return least


@compiled
def partner(
    near: Seats, own: Seats, where: Seats, weights: Seats, kinds: Ints, there: Seats, noise: Seats, u: Index, dice: int
) -> Index:
    """With whom a unit changes seats; -1: it stays. `there` is filled on the way."""
    g, mine = where[u], own[u]
    for h in range(there.shape[0]):
        there[h] = near[h, u] - mine
    there[g] = NEVER
    luck = np.int64(dice & np.uint64(CHANCES - 1))
    first, number = kinds[u, 0], kinds[u, 1]
    if number > WINDOW:
        skipped = np.int64((((dice >> np.uint64(12)) & np.uint64(0xFFFFFF)) * np.uint64(number)) >> np.uint64(24))
        first, number = first + skipped, min(number - skipped, WINDOW)
    end = first + number
    homes, nears, owns = where[first:end], near[g, first:end], own[first:end]
    shared, luckily = weights[u, first:end], noise[luck + 1 : luck + 1 + number]
    least = least_cost(there, homes, nears, owns, shared, luckily)
    if least < noise[luck]:
        for i in range(number):
            if there[homes[i]] + nears[i] - owns[i] - 2 * shared[i] + luckily[i] == least:
                return np.int64(first + i)
    return np.int64(-1)


@compiled
def exchange(
    near: Seats, own: Seats, where: Seats, weights: Seats, people: Ints, u: Index, h: Index, heat: float, dice: Dice
) -> np.int64:
    """Lets a unit of several people change seats with as many single ones of group h, drawn by lot, as chance has it.

    Says what that cost: 0 when they stay.
    """
    g, seen = where[u], 0
    drawn = np.empty(people[u], np.int64)
    for v in range(where.shape[0]):
        if where[v] == h and people[v] == 1:
            place = seen if seen < drawn.shape[0] else draw(dice, seen + 1)
            if place < drawn.shape[0]:
                drawn[place] = v
            seen += 1
    if g == h or seen < drawn.shape[0]:
        return np.int64(0)
    cost = np.int64(near[h, u]) - own[u]
    for i in range(drawn.shape[0]):
        cost += near[g, drawn[i]] - own[drawn[i]] - 2 * weights[u, drawn[i]]
        for j in range(i):
            cost += 2 * weights[drawn[i], drawn[j]]
    if cost > 0 and cost >= -heat * np.log((draw(dice, CHANCES) + 0.5) / CHANCES):
        return np.int64(0)
    move(near, own, where, weights, u, h)
    for v in drawn:
        move(near, own, where, weights, v, g)
    return cost


@compiled
def visit(
    state: States,
    more: Prices,
    units: Seats,
    where: Seats,
    kinds: Ints,
    people: Ints,
    mobile: Ints,
    groups: int,
    steps: int,
    noise: Seats,
    heat: float,
    dice: Dice,
    costs: Ints,
    best: Seats,
) -> bool:
    """Anneals one round at one temperature; says whether `best` holds a new best: costs are [now, best so far]."""
    nobody, count = state.shape[0] - 1, units.shape[0]
    share(state, units, where, groups, -1)
    weights = np.zeros((count, count), np.int32)
    weigh(state, more, units, weights)
    near, own, filled = tables(units, where, weights, groups, nobody)
    there, found = np.empty(groups, np.int32), False
    hoped = np.empty(count, np.int32)
    for u in range(count):
        hoped[u] = min(np.int32(0), weights[u].min())
        for _ in range(EXCHANGES if people[u] > 1 else 0):
            costs[0] += exchange(near, own, where, weights, people, u, draw(dice, groups), heat, dice)
            if costs[0] < costs[1]:
                costs[1] = costs[0]
                best[:] = where
                found = True
    x = dice[0]
    for step in range(steps):
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
        random = x * np.uint64(2685821657736338717)
        u = mobile[np.int64(((random >> np.uint64(40)) * np.uint64(mobile.shape[0])) >> np.uint64(24))]
        if own[u] - hoped[u] <= heat and step % SELDOM:
            continue
        v = partner(near, own, where, weights, kinds, there, noise, u, random)
        if v < 0:
            continue
        g, h = where[u], where[v]
        empty_u, empty_v = units[u, 0] == nobody, units[v, 0] == nobody
        if empty_u != empty_v:
            if (filled[g] + 1 != filled[h]) if empty_u else (filled[h] + 1 != filled[g]):
                continue
            filled[g] += empty_u - empty_v
            filled[h] += empty_v - empty_u
        costs[0] += there[h] + near[g, v] - own[v] - 2 * weights[u, v]
        change_seats(near, own, where, weights, u, v)
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
    people: Ints,
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
        noise = (-heat * chances).astype(np.int32)
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
                people[r, :n],
                mobile[r, :m],
                groups,
                steps,
                noise,
                heat,
                dice,
                costs,
                found,
            ):
                best[:] = where
                best[r, :n] = found
    return visits
