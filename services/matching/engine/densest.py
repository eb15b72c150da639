"""How many new meetings rounds can have at most, when most have met before."""

from collections.abc import Callable, Collection, Iterable

import numpy as np

from services.matching.engine.arrays import Bools, Floats, Ints
from services.matching.engine.compiled import compiled

ONE = 1_000_000
"""A new meeting's worth, in the whole numbers of the search for groups."""
NODES = 200_000
"""Groups looked at for one person, some hundredths of a second; then nothing is said about them."""
HOPED, NO_MORE = 0.05, 0.03
"""Prices change as if the bound could be lower by a part of all meetings, then by half as much and so on, until it is
so few meetings."""
VAIN = 20
"""So many changes of prices without a lower bound are one too many."""
KEPT = 0.8
"""So much of the last change of prices is in the next: without, they go to and fro."""
SCARCE = 0.5
"""Where chairs ask for a smaller part of the pairs that may meet anew, nothing more is looked for once everybody has a
group of new faces: it was never found to prove a repeat."""
NOTHING_YET = -(2**40)


def most_new_meetings(
    new: Bools, sizes: Collection[int], rounds: int, nodes: int, stop: Callable[[], bool] = lambda: False
) -> int:
    """No rounds of these people in groups of these sizes have more new meetings, where `new` says who may meet anew.

    Whatever prices pairs (from 0 to 1) and people have, a group is worth no more, net of the prices of its pairs and
    people, than the best one around each of its members. So the prices of all pairs, each of which meets anew but once,
    and for each round all people's prices and their equal shares of the best groups around them bound the meetings.
    (This is the dual of a linear programme that picks groups.) From no prices on, pairs that the best groups ask for
    more than once get dearer, and people who are in more of them than there are rounds, until that helps no more, so
    many groups were looked at, or it is to stop. (Polyak's steps along a deflected subgradient.)
    """
    pairs, people = np.zeros(new.shape), np.zeros(len(new))
    pairs_way, people_way = 0 * pairs, 0 * people
    chairs = rounds * len(new) * (max(sizes) - 1) / 2
    plenty = chairs < SCARCE * int(new.sum()) / 2
    least, kept, vain, hoped = chairs, (pairs, people), 0, HOPED * chairs
    while nodes > 0 and hoped > NO_MORE:
        shares, groups, looked = _shares(new, pairs, people, sizes, stop)
        if stop():
            break
        nodes -= looked + len(new)
        bound = float(pairs[new].sum()) / 2 + rounds * float((people + shares).sum())
        if plenty and bound > chairs - 1:  # nobody lacks a group of new faces
            break
        vain += 1
        if bound < least:
            least, kept, vain = bound, (pairs, people), 0
        elif vain == VAIN:
            (pairs, people), vain, hoped = kept, 0, hoped / 2
            pairs_way, people_way = 0 * pairs, 0 * people
            continue
        asked, seats = _asked(new, groups, rounds)
        dearer = (asked - 1) * new
        dearer[(pairs == 0) & (dearer < 0)] = 0
        pairs_way, people_way = dearer + KEPT * pairs_way, seats - rounds + KEPT * people_way
        length = float((pairs_way**2).sum()) / 2 + float((people_way**2).sum())
        step = (bound - least + hoped) / max(length, 1.0)
        pairs, people = np.clip(pairs + step * pairs_way, 0, 1), people + step * people_way
    return int(least + 1e-6)


def _shares(
    new: Bools, pairs: Floats, people: Floats, sizes: Iterable[int], stop: Callable[[], bool]
) -> tuple[Floats, list[tuple[int, ...]], int]:
    """Each one's share of the best group around them, net of prices; those groups; and how many were looked at."""
    shares = np.full(len(new), -np.inf)
    groups: list[tuple[int, ...]] = [()] * len(new)
    looked = 0
    for size in sorted(set(sizes)):
        net = np.where(new, 1 - pairs, 0) - (people[:, None] + people) / max(1, size - 1)
        weights = np.ceil(net * ONE).astype(np.int64)
        np.fill_diagonal(weights, 0)
        around: Ints = np.zeros((len(new), size), dtype=np.int64)
        weight, most_around = np.full(len(new), NOTHING_YET), np.full(len(new), -NOTHING_YET)
        for person, group in enumerate(around):
            if stop():
                break
            best, taken = densest(weights, most_around, person, int(weights.max()), NODES, weight[person], group)
            most_around[person], looked = best, looked + int(taken)
            if taken <= NODES:
                lighter = group[weight[group] < best]
                weight[lighter], around[lighter] = best, group
            share = best / ONE / size if size > 1 else -people[person]
            if share > shares[person]:
                shares[person], groups[person] = share, tuple(group.tolist())
    return shares, groups, looked


def _asked(new: Bools, groups: list[tuple[int, ...]], rounds: int) -> tuple[Floats, Floats]:
    """How often each pair is to meet and each person to be seated when everybody's group is taken by their share."""
    asked, seats = np.zeros(new.shape), np.zeros(len(new))
    for group in groups:
        asked[np.ix_(group, group)] += rounds / len(group)
        seats[list(group)] += rounds / len(group)
    return asked, seats


@compiled
def densest(
    weights: Ints, most_around: Ints, person: int, most: int, nodes: int, weight: int, group: Ints
) -> tuple[np.int64, np.int64]:
    """The weight of the heaviest group around a person, and how many were looked at.

    It is exact; after so many nodes, as if all pairs weighed `most`. The group, or a heavy one, is put into `group`, as
    large as that is; one of that weight may be in it. Others are added one after another, each only if a group around
    them may be heavier, and if even the best later ones could still make one: of those, each brings at most what it has
    with the group so far, and among them all weigh `most`.
    """
    count, size = weights.shape[0], group.shape[0]
    ties = np.zeros((size + 1, count), np.int64)
    ties[1] = weights[person]
    inside, last, top = np.zeros(size + 1, np.int64), np.full(size + 1, -1, np.int64), np.zeros(size + 1, np.int64)
    by_greed, depth, looked = np.empty_like(group), 1, np.int64(0)
    best = max(np.int64(weight), _greedy(weights, person, by_greed))
    if best > weight:
        group[:] = by_greed
    while depth >= 1:
        missing = size - depth
        if missing == 0:
            if inside[depth] > best:
                best = inside[depth]
                group[0], group[1:] = person, last[1:size]
            depth -= 1
            continue
        v = last[depth] + 1
        reach = inside[depth] + ((missing - 1) * depth + missing * (missing - 1) // 2) * most
        while v < count and (v == person or most_around[v] <= best or reach + ties[depth, v] <= best):
            v += 1
        if v == count:
            depth -= 1
            continue
        last[depth + 1] = last[depth] = v
        looked += 1
        if looked > nodes:
            return np.int64(size * (size - 1) // 2 * most), looked
        left, later = missing - 1, 0
        top[:left] = NOTHING_YET
        for w in range(v + 1, count):
            ties[depth + 1, w] = tied = ties[depth, w] + weights[v, w]
            if w == person or most_around[w] <= best:
                continue
            later += 1
            if left and tied > top[left - 1]:
                at = left - 1
                while at > 0 and top[at - 1] < tied:
                    top[at] = top[at - 1]
                    at -= 1
                top[at] = tied
        inside[depth + 1] = inside[depth] + ties[depth, v]
        if later >= left and inside[depth + 1] + left * (left - 1) // 2 * most + top[:left].sum() > best:
            depth += 1
    return best, looked


@compiled
def _greedy(weights: Ints, person: int, group: Ints) -> np.int64:
    """The weight of a group around a person to which the heaviest is added, one after another."""
    ties, total = weights[person].copy(), np.int64(0)
    ties[person] = NOTHING_YET
    group[0] = person
    for k in range(1, group.shape[0]):
        v = ties.argmax()
        total += ties[v]
        ties += weights[v]
        ties[v] = NOTHING_YET
        group[k] = v
    return np.int64(total)
