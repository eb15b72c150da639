"""Rounds without a repeat in which people of one column never meet: lines in a plane, and what comes close to one.

Somebody in row b of column a sits in group b - shift[round, a]. Two people of different columns meet once at most when
the shifts of their columns differ by another amount in every round.
"""

from functools import lru_cache

import numpy as np

from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.fields import ring
from services.matching.engine.algebra.kept import shifts
from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.compiled import compiled

LARGEST = 4096
"""Beyond so many groups only multiples are tried: fields of that order take too long to make."""
ATTEMPTS = 16
NODES = 20_000


def in_columns(groups: int, size: int, rounds: int) -> Design | None:
    """So many rounds in columns, where multiples, a field, fields, what is kept or a small search reach."""
    if rounds <= _multiples(groups, size):
        multiples = np.arange(rounds)[:, None] * np.arange(size)[None, :]
        return _design(groups, multiples % groups, cyclic=True)
    if rounds > groups or size > groups or groups > LARGEST:
        return None
    whole = ring(groups)
    if min(size, rounds) <= whole.units:
        few, many = sorted((size, rounds))
        table = whole.times(whole.diagonal(few)[:, None], np.arange(many)[None, :])
        return _design(groups, table.T if size < rounds else table, cyclic=False)
    if min(size, rounds) <= _kept_columns(groups):  # two shifts of a column differ as two columns of a round do
        kept = shifts()[groups] if size <= _kept_columns(groups) else shifts()[groups].T
        return _design(groups, kept[:rounds, :size], cyclic=False)
    for attempts in (1, ATTEMPTS):
        found = _searched(groups, size, attempts)
        if rounds <= len(found):
            return _design(groups, found[:rounds], cyclic=True)
    return None


def most_in_columns(groups: int, size: int) -> int:
    """How many rounds `in_columns` reaches."""
    if size > groups or size < 2 or groups > LARGEST:
        return _multiples(groups, size)
    known = max(ring(groups).units, _kept_columns(groups))
    return groups if size <= known else max(known, _multiples(groups, size), len(_searched(groups, size, ATTEMPTS)))


def _kept_columns(groups: int) -> int:
    """How many columns are kept for as many rounds as there are groups."""
    return shifts()[groups].shape[1] if groups in shifts() else 0


def _multiples(groups: int, size: int) -> int:
    """How many rounds can shift column a by r * a in round r: two people's shifts differ by less than `groups`."""
    return (groups - 1) // max(1, size - 1) + 1


def _design(groups: int, shifted: Ints, *, cyclic: bool) -> Design:
    return Design(lines(groups, shifted, cyclic=cyclic), columns=True)


def lines(groups: int, shifted: Ints, *, cyclic: bool) -> Ints:
    """[rounds, groups, size]: who meets, with shifts in the cyclic group or in the ring of that order."""
    rounds, size = map(int, shifted.shape)
    places = np.arange(groups).reshape(1, groups, 1)
    by = shifted.reshape(rounds, 1, size)
    rows = np.mod(places + by, groups) if cyclic else ring(groups).plus(places, by)
    return rows + np.arange(0, groups * size, groups)


@lru_cache(maxsize=256)
def _searched(groups: int, size: int, attempts: int) -> Ints:
    """The cyclic shifts of as many rounds as a short search finds, any number of which are good."""
    nothing = np.zeros((0, size), dtype=np.int64)
    return max((more_shifts(groups, nothing, seed) for seed in range(attempts)), key=len)


def more_shifts(groups: int, given: Ints, seed: int) -> Ints:
    """The given cyclic shifts, one round per row, and those of as many more rounds as one short search finds."""
    found = np.zeros((groups, given.shape[1]), dtype=np.int64)
    found[: len(given)] = given
    return found[: _pick_shifts(groups, found, len(given), seed, NODES)]


@compiled
def _pick_shifts(groups: int, chosen: Ints, given: int, seed: int, nodes: int) -> int:
    """Fills rounds of `chosen` after the given ones as long as it finds any; how many there are then.

    Each shift is tried from a random one on.
    """
    rounds, size = chosen.shape
    used = np.zeros((size, size, groups), dtype=np.bool_)
    tried = np.zeros(size, dtype=np.int64)
    bits = np.uint64(2 * seed + 1)
    for r in range(rounds):
        row = chosen[r]
        a, enter = size if r < given else 1, True
        while a < size:
            nodes -= 1
            if enter:
                bits ^= bits << np.uint64(13)
                bits ^= bits >> np.uint64(7)
                bits ^= bits << np.uint64(17)
                row[a] = np.int64(bits % np.uint64(groups))
                tried[a] = 0
            if tried[a] < groups and _free(used, row, a, groups):
                a, enter = a + 1, True
                continue
            enter = False
            if tried[a] == groups:
                a -= 1
            if a == 0 or nodes < 0:
                return r
            row[a] = (row[a] + 1) % groups
            tried[a] += 1
        for a in range(size):
            for c in range(a):
                used[c, a, (row[a] - row[c]) % groups] = True
    return rounds


@compiled
def _free(used: Bools, row: Ints, a: int, groups: int) -> bool:
    """Whether column a may be shifted so, given the columns before it."""
    taken = False
    for c in range(a):
        taken |= used[c, a, (row[a] - row[c]) % groups]
    return not taken
