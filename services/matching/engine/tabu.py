"""Tabu search within one round: who sits where, by swaps of two of a kind."""

from dataclasses import dataclass

import numpy as np

from services.matching.engine.arrays import Floats, Ints

ROWS_LOOKED_AT = 48
"""Of those who sit badly, how many are tried in one step; more finds better swaps and takes longer."""


@dataclass
class Table:
    """One round as the search sees it: entities (people, blocks, empty chairs, moderators) and their groups.

    Only entities of one kind change places, so sizes stay. `groups` is the number of groups; an entity whose group
    equals it sits nowhere. `weights` is symmetric with an empty diagonal: what it costs when two share a group.
    """

    weights: Floats
    kinds: Ints
    where: Ints
    groups: int

    def near(self) -> Floats:
        """(entities, groups + 1): what it costs an entity to share each group; sitting nowhere costs nothing."""
        near = np.zeros((len(self.where), self.groups + 1))
        for group in range(self.groups):
            near[:, group] = self.weights[:, self.where == group].sum(axis=1)
        return near

    def cost(self) -> float:
        """The summed weight of all pairs that share a group."""
        return float(self.near()[np.arange(len(self.where)), self.where].sum()) / 2


def settle(table: Table, steps: int, rng: np.random.Generator) -> int:
    """Improves `table.where` in place, never leaving it worse, and says how many steps it took."""
    everyone = np.arange(len(table.where))
    weights, kinds, where = table.weights, table.kinds, table.where.copy()
    near = table.near()
    own = near[everyone, where]
    cost = best = float(own.sum()) / 2
    until = np.zeros(near.shape, dtype=np.int64)
    for step in range(steps):
        rows = np.flatnonzero(own > 0)
        if not rows.size:
            return step
        if rows.size > ROWS_LOOKED_AT:
            rows = rng.choice(rows, ROWS_LOOKED_AT, replace=False)
        theirs = where[rows]
        gain = near[rows][:, where] - own[rows, None] + near[:, theirs].T - own[None, :] - 2 * weights[rows]
        forbidden = (until[rows][:, where] > step) | (step < until[:, theirs].T)
        forbidden &= cost + gain >= best
        forbidden |= (kinds[rows, None] != kinds[None, :]) | (theirs[:, None] == where[None, :])
        gain[forbidden] = np.inf
        pick = int(np.argmin(gain + rng.random(gain.shape) * 0.5))
        a, b = int(rows[pick // len(everyone)]), pick % len(everyone)
        if gain[pick // len(everyone), b] == np.inf:
            continue
        cost += float(gain[pick // len(everyone), b])
        _swap(a, b, table, where, near)
        until[a, where[b]] = step + 4 + int(rng.integers(8))
        until[b, where[a]] = step + 4 + int(rng.integers(8))
        own = near[everyone, where]
        if cost < best:
            best = cost
            table.where[:] = where
    return steps


def _swap(a: int, b: int, table: Table, where: Ints, near: Floats) -> None:
    change = table.weights[:, b] - table.weights[:, a]
    near[:, where[a]] += change
    near[:, where[b]] -= change
    near[:, table.groups] = 0.0
    where[a], where[b] = where[b], where[a]
