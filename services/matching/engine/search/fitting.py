"""Rounds of a construction made to fit: who is pinned sits in their group, and who is away in a round leaves it."""

from collections.abc import Collection, Sequence

import numpy as np

from services.matching.engine.arrays import Seats
from services.matching.engine.problem import Group, Round
from services.matching.engine.search.board import Board
from services.matching.engine.search.joining import FREE

Places = dict[int, int]
"""For the numbers of groups, from 0, which constructed group is to have each."""


def fit(board: Board, seats: Seats, tied: Collection[int]) -> None:
    """Makes constructed rounds fit, without a repeat more as far as that can be.

    Groups change their numbers, and people whom nothing ties change places with one another in all rounds. Who then is
    away leaves. Where that leaves a group too many people, some wait for a seat elsewhere; a seat too few is FREE.
    """
    rounds = [board.problem.rounds[r] for r in board.free]
    if all(there == board.present[0] for there in board.present) and not any(round_.pinned for round_ in rounds):
        return
    places = _for_pins(board, seats, rounds, tied)
    for row, sizes in enumerate(board.sizes):
        there = [*board.present[row], FREE]
        people = seats[row, : len(sizes), 1:]
        people[~np.isin(people, there)] = board.nobody
        counts = (people != board.nobody).sum(axis=1).tolist()
        if places[row] or sorted(counts) != sorted(sizes):
            _settle(board, seats, row, places[row], counts)


def renumbered(board: Board) -> Seats | None:
    """The plan there was, but groups change numbers so that who is pinned sits right. None: no plan, or nobody is."""
    rounds = [board.problem.rounds[r] for r in board.free]
    if not any(rounds[row].pinned for row in board.numbers):
        return None
    seats = board.planned()
    for row, places in enumerate(_for_pins(board, seats, rounds, range(board.problem.people))):
        if places:
            _settle(board, seats, row, places, (seats[row, :, 1:] != board.nobody).sum(axis=1).tolist())
    return seats


def _for_pins(board: Board, seats: Seats, rounds: Sequence[Round], tied: Collection[int]) -> list[Places]:
    """Brings who is pinned to a group together, and says which groups of each round are these."""
    asked = [(row, group) for row, round_ in enumerate(rounds) for group in round_.pinned]
    asked.sort(key=lambda each: -len(each[1].people))
    bound = {*tied, *(person for _, group in asked for person in group.people)}
    settled = set(range(board.problem.people, board.nobody))
    places: list[Places] = [{} for _ in rounds]
    for row, group in asked:
        members = set(group.people).intersection(board.present[row])
        numbers = board.numbers.get(row) or list(range(1, len(board.sizes[row]) + 1))
        groups, known = seats[row, : len(numbers)], group.number in numbers
        g = _group_for(board, groups, places[row], group, members, settled) if known else None
        if g is None:
            continue
        places[row][numbers.index(group.number)] = g
        for person in sorted(members - settled - set(tied) - set(seats[row, g].tolist())):
            loose = (other for other in seats[row, g, 1:].tolist() if other != board.nobody and other not in bound)
            other = next(loose, person)
            seats[:] = np.where(seats == person, other, np.where(seats == other, person, seats))
        settled |= members
    return places


def _group_for(
    board: Board, groups: Seats, places: Places, group: Group, members: set[int], settled: set[int]
) -> int | None:
    """Which of a round's groups is wide enough for these and has most of them, those first whose place is settled.

    None: none is, or nobody has a seat yet.
    """
    if (groups[:, 1:] == FREE).any():
        return None
    wide = (groups[:, 1:] != board.nobody).sum(axis=1) >= len(members)
    wide[list(places.values())] = False
    sought = members if group.moderator is None else {*members, board.problem.people + group.moderator}
    has = np.isin(groups, list(sought)).sum(axis=1) + len(sought) * np.isin(groups, list(sought & settled)).sum(axis=1)
    return int(np.argmax(np.where(wide, has, -1))) if wide.any() else None


def _settle(board: Board, seats: Seats, row: int, chosen: Places, counts: list[int]) -> None:
    """Orders the groups of a round as pins and sizes ask, and gives each as many seats as it should have."""
    sizes, pinned = board.sizes[row], board.pinned(row)
    numbers = sorted(set(range(len(sizes))).difference(chosen), key=lambda number: -sizes[number])
    others = sorted(set(range(len(sizes))).difference(chosen.values()), key=lambda g: -counts[g])
    places = chosen | dict(zip(numbers, others, strict=True))
    seats[row, : len(sizes)] = seats[row, [places[number] for number in range(len(sizes))]]
    for number, size in enumerate(sizes):
        sitting = [person for person in seats[row, number, 1:].tolist() if person != board.nobody]
        sitting = [*sorted(sitting, key=lambda person: person not in pinned)[:size], *[FREE] * size][:size]
        seats[row, number, 1:] = board.nobody
        seats[row, number, 1 : 1 + size] = sitting
