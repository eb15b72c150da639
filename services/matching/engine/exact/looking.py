"""The look through all rounds of a few people, one group after the other, where prices leave any hope."""

import numpy as np

from services.matching.engine.arrays import Ints, States
from services.matching.engine.compiled import compiled
from services.matching.engine.exact.pricing import HERE, LATER, Possible, Tree, may_have, put

NO_WAY, FOUND, PAUSED = 0, 1, 2


@compiled
def look(possible: Possible, tree: Tree, in_round: int, most: int, looks: int) -> int:
    """Whether rounds of so many groups, with at most so many repeats, are FOUND in `tree.chosen` or there is NO_WAY.

    PAUSED: after so many more groups were looked at.
    """
    rows, until = len(tree.chosen), tree.looked[0] + looks
    while tree.row[0] >= 0:
        row = tree.row[0]
        if not tree.listed[0]:
            if tree.looked[0] > until:
                return PAUSED
            _list(possible, tree, row, in_round, most)
            tree.listed[0] = True
        g = _next(possible, tree, row)
        if g < 0:
            tree.row[0] -= 1
            _use(possible, tree, row - 1, -1)
            continue
        tree.chosen[row] = g
        if row == rows - 1:
            return FOUND
        repeats, cost = _again(possible.pairs[g], tree.used, possible.reuse)
        repeats, cost = repeats + possible.met[g], cost + possible.slack[g]
        tree.repeats[row + 1], tree.left[row + 1] = tree.repeats[row] + repeats, tree.left[row] - cost
        pairs, people = tree.pair_prices, tree.people_prices
        put(pairs[row + 1], people[row + 1], pairs[row], people[row])
        _use(possible, tree, row, 1)
        tree.row[0], tree.listed[0] = row + 1, False
    return NO_WAY


@compiled
def _use(possible: Possible, tree: Tree, row: int, times: int) -> None:
    if row >= 0:
        for pair in possible.pairs[tree.chosen[row]]:
            tree.used[pair] += times
        tree.used[-1] = 0


@compiled
def _again(pairs: States, used: Ints, reuse: Ints) -> tuple[int, int]:
    """How many of these pairs meet again, and what it costs at the first prices."""
    repeats, cost = 0, 0
    for place in range(len(pairs)):
        if used[pairs[place]]:
            repeats += 1
            cost += int(reuse[pairs[place]])
    return repeats, cost


@compiled
def _next(possible: Possible, tree: Tree, row: int) -> int:
    """The next group around whose it is, or -1."""
    while tree.tried[row] < tree.counts[HERE, row]:
        g = tree.groups[HERE, row, tree.tried[row]]
        tree.tried[row] += 1
        if possible.masks[g] >> tree.whose[row] & 1:
            return int(g)
    return -1


@compiled
def _list(possible: Possible, tree: Tree, row: int, in_round: int, most: int) -> None:
    """The groups that those chosen leave for the rest of the round and for later ones, and whose group comes next."""
    tree.tried[row] = 0
    place, later = row % in_round, (len(tree.chosen) - 1 - row) // in_round
    if row:
        _begin(possible, tree, row, place)
        begun = int(tree.chosen[row - place]) if place else -1
        _keep(possible, tree, row, HERE if place else LATER, HERE, -1, most)
        _keep(possible, tree, row, LATER, LATER, begun, most)
        needed = tree.repeats[row] - most
        for kind, pairs in enumerate(possible.pairs_of):
            needed += pairs * (tree.lacking[row, kind] + later * tree.lacking[0, kind])
        if not may_have(possible, tree, row, later, needed):
            tree.counts[HERE, row] = 0
            return
    scarcest = _scarcest(possible, tree, row)
    if row == 0:
        tree.first[0] = scarcest
    tree.whose[row] = scarcest if place else tree.first[0]


@compiled
def _begin(possible: Possible, tree: Tree, row: int, place: int) -> None:
    """Who has a group, and which are lacking, after the one that was chosen."""
    tree.covered[row] = 0
    for kind in range(len(possible.pairs_of)):
        tree.lacking[row, kind] = tree.lacking[row - 1 if place else 0, kind]
    if place:
        taken = tree.chosen[row - 1]
        tree.covered[row] = tree.covered[row - 1] | possible.masks[taken]
        tree.lacking[row, possible.kinds[taken]] -= 1


@compiled
def _keep(possible: Possible, tree: Tree, row: int, side: int, into: int, begun: int, most: int) -> None:
    """Of the groups of the row before those that may still come: into later rounds none before the one that begun."""
    kept, first, used, reuse = 0, tree.first[0], tree.used, possible.reuse
    groups, listed, lacking = (
        tree.groups[side, row - 1, : tree.counts[side, row - 1]],
        tree.groups[into, row],
        tree.lacking[row],
    )
    masks, pairs, met, slack, kinds = possible.masks, possible.pairs, possible.met, possible.slack, possible.kinds
    for g in groups:
        if into == HERE and (masks[g] & tree.covered[row] or not lacking[kinds[g]]):
            continue
        if begun >= 0 and masks[g] >> first & 1 and (slack[g], g) < (slack[begun], begun):
            continue
        repeats, cost = _again(pairs[g], used, reuse)
        if tree.repeats[row] + repeats + met[g] <= most and cost + slack[g] <= tree.left[row]:
            listed[kept] = g
            kept += 1
    tree.counts[into, row] = kept
    tree.looked[0] += len(groups)


@compiled
def _scarcest(possible: Possible, tree: Tree, row: int) -> int:
    """Who needs a group of that round and has the fewest."""
    people = tree.people_prices.shape[2] - 1
    times = np.zeros(people + 1, np.int64)
    for g in tree.groups[HERE, row, : tree.counts[HERE, row]]:
        for person in possible.members[g]:
            times[person] += 1
    scarcest, fewest = 0, len(possible.masks) + 1
    for person in range(people):
        if not tree.covered[row] >> person & 1 and times[person] < fewest:
            scarcest, fewest = person, times[person]
    return scarcest
