"""Rounds whose rules leave so few ways that the search has found none: they are seated by trying."""

from collections.abc import Callable

from services.matching.engine.arrays import Seats
from services.matching.engine.collisions.seatable import Seating, seating
from services.matching.engine.problem import Broken
from services.matching.engine.search.alone import MOST_TRIED, NODES, fewest_broken, has_rules, rules_alone
from services.matching.engine.search.board import Board
from services.matching.engine.tally import broken_rules


def ruled(board: Board, seats: Seats, stop: Callable[[], bool]) -> Seats | None:
    """These seats, with rounds that break a rule seated so that they keep all, or more, where trying finds a way.

    None where it finds none. When it is to stop, the first such round has been tried all the same.
    """
    found: Seats | None = None
    broken = _broken(board, seats)
    for number, row in enumerate(sorted({board.free.index(each.round) for each in broken})):
        if number and stop():
            break
        if len(board.present[row]) <= MOST_TRIED:
            groups = _seating(board, row, sum(each.round == board.free[row] for each in broken))
            if groups is not None:
                found = seats.copy() if found is None else found
                found[row] = board.seated(row, groups)
    return found


def breaks_rules(board: Board, seats: Seats) -> bool:
    """Whether these seats break a rule."""
    return bool(_broken(board, seats))


def _seating(board: Board, row: int, broken: int) -> Seating | None:
    """Groups of those who have a seat that keep every rule, or that break fewer than so many."""
    problem, r, there = board.problem, board.free[row], (board.present[row], board.sizes[row])
    groups = seating(rules_alone(problem, r, *there), NODES)
    if groups is not None:
        return groups
    best = fewest_broken(problem, r, *there)
    if len(broken_rules(problem, [best])) >= broken:
        return None
    named = {group.number for group in problem.rounds[r].pinned}.intersection(
        board.numbers.get(row, range(len(best) + 1))
    )
    return [(group.number if group.number in named else None, group.people, group.moderator) for group in best]


def _broken(board: Board, seats: Seats) -> list[Broken]:
    """Every rule that they break."""
    if not has_rules(board.problem):
        return []
    groups = board.groups(seats)
    rounds = [
        tuple(group._replace(number=place) for place, group in enumerate(groups.get(r, ())))
        for r in range(len(board.problem.rounds))
    ]
    return broken_rules(board.problem, rounds)
