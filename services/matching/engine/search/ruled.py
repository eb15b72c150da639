"""Rounds whose rules leave so few ways that the search has found none: they are seated by trying."""

from dataclasses import replace

from services.matching.engine.arrays import Seats
from services.matching.engine.collisions.seatable import Seating, rules_of, seating
from services.matching.engine.problem import Problem
from services.matching.engine.search.board import Board
from services.matching.engine.tally import broken_rules

MOST_TRIED, NODES = 40, 2_000
"""Rounds of more people are left to the search; of others so many seats are tried, which takes a tenth of a second."""


def ruled(board: Board, seats: Seats) -> Seats | None:
    """These seats, with rounds that break a rule seated so that they keep all, where trying finds a way.

    None where it finds none.
    """
    if not has_rules(board.problem):
        return None
    small = {row for row, present in enumerate(board.present) if len(present) <= MOST_TRIED}
    found: Seats | None = None
    for row in sorted(small & _broken(board, seats)) if small else ():
        groups = _seating(board, row)
        if groups is not None:
            found = seats.copy() if found is None else found
            found[row] = board.seated(row, groups)
    return found


def has_rules(problem: Problem) -> bool:
    """Whether anybody may not sit with whomever, or must."""
    return bool(problem.company or problem.keep_apart or problem.keep_together or problem.moderator_apart)


def breaks_rules(board: Board, seats: Seats) -> bool:
    """Whether these seats break a rule."""
    return bool(_broken(board, seats))


def _seating(board: Board, row: int) -> Seating | None:
    """Groups that keep every rule: of those whose turn it is to sit, else whoever sits out."""
    problem, round_ = board.problem, board.problem.rounds[board.free[row]]
    for present in dict.fromkeys((tuple(board.present[row]), round_.present)):
        asked = replace(round_, present=present, sizes=tuple(board.sizes[row]))
        rules = rules_of(replace(problem, rounds=(asked,)), 0)
        groups = seating(replace(rules, led=min(rules.led, len(rules.moderators))), NODES)
        if groups is not None:
            return groups
    return None


def _broken(board: Board, seats: Seats) -> set[int]:
    """The rows that break a rule."""
    groups = board.groups(seats)
    rounds = [
        tuple(group._replace(number=place) for place, group in enumerate(groups.get(r, ())))
        for r in range(len(board.problem.rounds))
    ]
    return {board.free.index(broken.round) for broken in broken_rules(board.problem, rounds)}
