"""People, companies and moderators on the points of a construction."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from services.matching.engine.algebra import Design, construct
from services.matching.engine.algebra.hunt import find_bases
from services.matching.engine.algebra.pairs import in_pairs
from services.matching.engine.arrays import Bools, Ints, Seats
from services.matching.engine.problem import blocks
from services.matching.engine.search.alone import has_rules
from services.matching.engine.search.board import Board
from services.matching.engine.search.fitting import fit

PACKINGS = 60
"""So often companies are packed in another order until each is whole."""
LEAST_PART = 0.5
"""A construction of fewer than so many of the rounds is no better start than greed."""


def constructed(board: Board) -> Seats | None:
    """Seats by construction; rounds beyond its reach, and who leads where it doesn't say, stay FREE. None: no help."""
    everybody = _everybody(board)
    if everybody is None:
        return _another_out(board)
    groups, size, rounds = len(board.sizes[0]), max(map(max, board.sizes)), len(board.free)
    led = all(board.leaders)
    companies = any(company >= 0 for company in board.problem.company)
    for reach in range(rounds, int(rounds * LEAST_PART), -1):
        for columns in (size + 1, size) if led else (size,):
            design = construct(groups, columns, reach, columns=True)
            if design is not None:
                tied = _tied(board, groups)
                people = _in_columns(board, everybody, groups, size, tied)
                return _fitted(board, design.blocks, people, led=columns > size, tied=tied)
        design = None if companies and reach == rounds else construct(groups, size, reach, columns=False)
        people = _anywhere(board, everybody, design) if design is not None else None
        if design is not None and people is not None:
            return _fitted(board, design.blocks, people)
    return None


def _another_out(board: Board) -> Seats | None:
    """Rounds of pairs, in each of which another one of the same people has no seat. None: they are something else."""
    problem, rounds = board.problem, len(board.free)
    pinned = any(round_.pinned for round_ in problem.rounds)
    if not _unbound(board) or pinned or problem.history or has_rules(problem):
        return None
    pairs = board.sizes[0]
    everybody = {person for round_ in problem.rounds for person in round_.present}
    out = [person for there in board.present for person in everybody.difference(there)]
    if set(pairs) != {2} or any(each != pairs for each in board.sizes) or not len(out) == len(set(out)) == rounds:
        return None
    design = in_pairs(len(pairs) + 1, rounds)
    if design is None:
        return None
    others: Ints = board.rng.permutation(np.array(sorted(everybody.difference(out)), dtype=np.int64))
    return _seats(board, design.blocks[:, 1:], np.concatenate([np.array(out, dtype=np.int64), others]), led=False)


def hunted(board: Board, iterations: int, stop: Callable[[], bool]) -> Seats | None:
    """Seats in rounds that turn into one another, with the fewest repeats that so many proposals find before `stop`."""
    problem = board.problem
    everybody = _everybody(board)
    if everybody is None or problem.history or any(i >= 0 for i in problem.company):
        return None
    groups, size = len(board.sizes[0]), max(map(max, board.sizes))
    seed = int(board.rng.integers(2**31))
    found = find_bases(groups, size, len(board.free), seed, iterations, stop)
    design = found.design(size, len(board.free)) if found is not None else None
    people = _anywhere(board, everybody, design) if design is not None else None
    return None if design is None or people is None else _fitted(board, design.blocks, people)


def _everybody(board: Board) -> list[int] | None:
    """All who are there in some round. None: rounds differ in their groups, or somebody is kept with others."""
    if not _unbound(board):
        return None
    groups = len(board.sizes[0])
    if groups < 2 or any(len(sizes) != groups or max(sizes) - min(sizes) > 1 for sizes in board.sizes):
        return None
    everybody = sorted({person for there in board.present for person in there})
    return everybody if len(everybody) <= groups * max(map(max, board.sizes)) else None


def _unbound(board: Board) -> bool:
    """Whether all rounds are free and without a plan, and nobody is kept with others."""
    return 0 < len(board.free) == len(board.problem.rounds) and not board.numbers and not board.problem.keep_together


def _in_columns(board: Board, everybody: list[int], groups: int, size: int, tied: Sequence[tuple[int, ...]]) -> Ints:
    """The person on each point a * groups + b: companies fill columns as whole as they fit.

    The last column may have gaps: points with the empty seat.
    """
    present = [int(person) for person in board.rng.permutation(np.array(everybody, dtype=np.int64))]
    people: Ints = np.full(groups * size, board.nobody, dtype=np.int64)
    if not tied:
        people[: len(present)] = present
        return people
    block_of = {person: number for number, members in enumerate(tied) for person in members}
    of_one: dict[int, list[int]] = {}
    for person in present:
        of_one.setdefault(block_of.get(person, -1 - person), []).append(person)
    whole = sorted(of_one.values(), key=len, reverse=True)
    space = [groups] * (size - 1) + [len(present) - groups * (size - 1)]
    packed, split = _pack(whole, space)
    for _ in range(PACKINGS if split and len(whole[0]) <= groups else 0):
        if (again := _packed_full(whole, space, board.rng)) is not None:
            packed = again
            break
    for a, column in enumerate(packed):
        people[a * groups : a * groups + len(column)] = column
    return people


def _tied(board: Board, groups: int) -> list[tuple[int, ...]]:
    """Parties of people who should not meet: by company, apart, or met before, as far as a column holds each."""
    problem = board.problem
    by_company: dict[int, tuple[int, ...]] = {}
    for person, company in enumerate(problem.company):
        if company >= 0:
            by_company[company] = (*by_company.get(company, ()), person)
    companies = list(by_company.values())
    apart = [*companies, *problem.keep_apart]
    met = [(a, b) for a, b, _ in problem.history] if len(problem.history) <= problem.people else []
    for ties in ([*apart, *met], apart):
        parties = blocks(ties)
        if all(len(party) <= groups for party in parties):
            return parties
    return [company for company in companies if len(company) > 1]


def _pack(parties: list[list[int]], space: list[int]) -> tuple[list[list[int]], bool]:
    """Each party into the fullest column that takes it whole, else spread; and whether one had to be spread."""
    columns: list[list[int]] = [[] for _ in space]
    split = False
    for party in parties:
        fitting = [a for a, column in enumerate(columns) if space[a] - len(column) >= len(party)]
        if fitting:
            columns[min(fitting, key=lambda a: space[a] - len(columns[a]))] += party
            continue
        split = True
        for person in party:
            columns[max(range(len(space)), key=lambda a: space[a] - len(columns[a]))].append(person)
    return columns, split


def _packed_full(parties: list[list[int]], space: list[int], rng: np.random.Generator) -> list[list[int]] | None:
    """Each party whole, one column after the other filled as far as can be; None when some are left over."""
    columns: list[list[int]] = [[] for _ in space]
    left = parties
    for a in map(int, rng.permutation(len(space))):
        chosen = _fullest([len(party) for party in left], space[a], rng)
        columns[a] = [person for i in chosen for person in left[i]]
        left = [party for i, party in enumerate(left) if i not in chosen]
    return None if left else columns


def _fullest(sizes: Sequence[int], room: int, rng: np.random.Generator) -> set[int]:
    """The first party that there is room for, and others that leave the least room beside it: some of those ways."""
    first = next((i for i, size in enumerate(sizes) if size <= room), None)
    if first is None:
        return set()
    filled: dict[int, set[int]] = {sizes[first]: {first}}
    for i in map(int, rng.permutation(len(sizes))):
        for seats in sorted(filled, reverse=True) if i != first and room not in filled else ():
            if seats + sizes[i] <= room:
                filled.setdefault(seats + sizes[i], {*filled[seats], i})
    return filled[max(filled)]


def _anywhere(board: Board, everybody: list[int], design: Design) -> Ints | None:
    """The person on each point, such that points without one never share a group; None where that can't be."""
    points = int(design.blocks.shape[1] * design.blocks.shape[2])
    people: Ints = board.rng.permutation(np.array(everybody, dtype=np.int64))
    missing: int = points - len(everybody)
    if not missing:
        return people
    met: Bools = np.zeros((points, points), dtype=np.bool_)
    for groups in design.blocks:
        met[groups[:, :, None], groups[:, None, :]] = True
    for first in range(points):
        empty: list[int] = [first]
        for point in range(points):
            if len(empty) < missing and not met[point, empty].any():
                empty.append(point)
        if len(empty) == missing:
            return np.insert(people, np.array(sorted(empty)) - np.arange(missing), board.nobody)
    return None


def _fitted(
    board: Board, points: Ints, people: Ints, *, led: bool = False, tied: Sequence[tuple[int, ...]] = ()
) -> Seats:
    seats = _seats(board, points, people, led=led)
    fit(board, seats, {person for party in tied for person in party})
    return seats


def _seats(board: Board, points: Ints, people: Ints, *, led: bool) -> Seats:
    seats = board.unseated()
    rounds, groups, columns = points.shape
    if led:
        times = Counter(leader for leaders in board.leaders for leader in leaders)
        mostly: Ints = np.array(sorted(times, key=lambda leader: (-times[leader], leader))[:groups], dtype=np.int64)
        people = np.concatenate([people, mostly])
        order = np.argsort(points, axis=2)
        points = np.take_along_axis(points, order, axis=2)
        for row, leading in enumerate(people[points[:, :, -1]].tolist()):
            _lead(seats[row, :, 0], leading, board.leaders[row])
        points = points[:, :, :-1]
        columns -= 1
    seats[:rounds, :groups, 1 : 1 + columns] = people[points]
    return seats


def _lead(seats: Seats, leading: list[int], there: list[int]) -> None:
    """Seats for a round's groups who mostly leads them, others for those who are away, and the rest where they wait."""
    others = sorted(set(there).difference(leading))
    away = set(leading).difference(there)
    leaders = [others.pop(0) if leader in away else leader for leader in leading]
    seats[: len(there)] = [*leaders, *others]
