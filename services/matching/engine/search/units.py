"""The free rounds as units, the way annealing sees them."""

from typing import NamedTuple

import numpy as np

from services.matching.engine.arrays import Bools, Ints, Seats
from services.matching.engine.search.board import Board

LEADER = -1
PERSON = 1
"""A kind of unit; n people who stay together are of kind n, and the empty seat of a smaller group is a person."""

Entry = tuple[int | None, tuple[int, ...]]
"""A unit's kind and its members; who is pinned has kind None."""


class Units(NamedTuple):
    """The arrays of annealing.py, with a row for each round; `counts` has the units, the mobile ones and the groups."""

    units: Seats
    where: Seats
    kinds: Ints
    people: Ints
    mobile: Ints
    counts: Ints


def units_of(board: Board) -> Units:
    """Who sits on the board."""
    homes = [_homes(board, row) for row in range(len(board.free))]
    rows = [_entries(board, row, home) for row, home in enumerate(homes)]
    most = max((len(entries) for entries in rows), default=0)
    longest = max((len(unit) for entries in rows for _, unit in entries), default=1)
    found = Units(
        units=np.full((len(rows), most, max(1, longest)), board.nobody, dtype=np.int32),
        where=np.zeros((len(rows), most), dtype=np.int32),
        kinds=np.zeros((len(rows), most, 2), dtype=np.int64),
        people=np.zeros((len(rows), most), dtype=np.int64),
        mobile=np.zeros((len(rows), most), dtype=np.int64),
        counts=np.zeros((len(rows), 3), dtype=np.int64),
    )
    for row, entries in enumerate(rows):
        kinds = [kind for kind, _ in entries]
        moving = [u for u, kind in enumerate(kinds) if kind is not None and kinds.count(kind) > 1]
        for u in moving:
            found.kinds[row, u] = (kinds.index(kinds[u]), kinds.count(kinds[u]))
        for u, (_, unit) in enumerate(entries):
            found.units[row, u, : len(unit)] = unit
            found.people[row, u] = 0 if kinds[u] in (None, LEADER) else len(unit)
        found.mobile[row, : len(moving)] = moving
        found.counts[row] = (len(entries), len(moving), board.spans[row, 1])
        found.where[row, : len(entries)] = _groups(board, row, entries, homes[row])
    return found


def seats_of(board: Board, found: Units, where: Seats) -> Seats:
    """The seats when each unit is in that group."""
    seats = np.full_like(board.seats, board.nobody)
    for row in range(len(board.free)):
        taken = [1] * seats.shape[1]
        for unit, g in zip(found.units[row, : found.counts[row, 0]].tolist(), where[row].tolist(), strict=False):
            for entity in unit:
                if board.problem.people <= entity < board.nobody:
                    seats[row, g, 0] = entity
                elif entity != board.nobody:
                    seats[row, g, taken[g]] = entity
                    taken[g] += 1
    return seats


def _homes(board: Board, row: int) -> dict[int, int]:
    """The group of each entity."""
    return {entity: g for g, seats in enumerate(board.seats[row].tolist()) for entity in seats}


def _entries(board: Board, row: int, home: dict[int, int]) -> list[Entry]:
    """The units of a round; those of a kind stand together."""
    pinned = board.pinned(row)
    kept = _parts(board, row, home)
    bound = {person for part in kept for person in part}
    sizes = board.sizes[row]
    entries: list[Entry] = [(None if pinned & set(part) else len(part), part) for part in kept]
    entries += [(None if i in pinned else PERSON, (i,)) for i in board.present[row] if i not in bound]
    entries += [(PERSON, ())] * sum(max(sizes) - size for size in sizes)
    entries += [(None if leader in pinned else LEADER, (leader,)) for leader in board.leaders[row]]
    return sorted(entries, key=lambda entry: (entry[0] is None, entry[0] or 0))


def _parts(board: Board, row: int, home: dict[int, int]) -> list[tuple[int, ...]]:
    """Those who stay together and do: a block that had to part is several."""
    there = set(board.present[row])
    parts: dict[tuple[int, int], list[int]] = {}
    for number, block in enumerate(board.together[row]):
        for person in block:
            if person in there:
                parts.setdefault((number, home[person]), []).append(person)
    return [tuple(part) for part in parts.values() if len(part) > 1]


def _groups(board: Board, row: int, entries: list[Entry], home: dict[int, int]) -> list[int]:
    """The group of each unit."""
    sizes = board.sizes[row]
    filled: Bools = board.seats[row, : len(sizes), 1:] != board.nobody
    empty = iter([g for g, taken in enumerate(filled.sum(axis=1).tolist()) for _ in range(max(sizes) - taken)])
    return [home[unit[0]] if unit else next(empty) for _, unit in entries]
