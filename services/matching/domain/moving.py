"""Why a seat, or who leads a group, changed in a new plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.matching import engine
from services.matching.domain.breakout import Breakout, Move, RoundState
from services.matching.engine.replan.moves import Why
from services.matching.engine.replan.moves import moves as engine_moves


@dataclass(frozen=True)
class Moved:
    """What changed, and why."""

    move: Move
    why: Why


@dataclass(frozen=True)
class Replanned:
    """A break-out with a new plan, and what differs from the one before."""

    breakout: Breakout
    moves: list[Moved]
    least_moves: int
    """Of those who sat in the open round so many had to change groups, whatever the plan."""

    @property
    def moves_in_open_round(self) -> int:
        """How many of them did."""
        running = {each.number for each in self.breakout.rounds if each.state is RoundState.OPEN}
        changed = [each.move for each in self.moves if each.move.round in running and not each.move.leads]
        return sum(move.from_group > 0 and move.to_group > 0 for move in changed)


def moved(
    problem: engine.Problem, schedule: engine.Schedule, people: Sequence[UUID], moderators: Sequence[UUID]
) -> Iterator[Moved]:
    """Every seat and every moderator that differ from the plan that the problem began with, round by round."""
    before = [round_.groups for round_ in problem.rounds]
    for move in engine_moves(problem, before, schedule.rounds):
        if move.moderator is not None:
            account, leads = moderators[move.moderator], True
        else:
            assert move.person is not None
            account, leads = people[move.person], False
        yield Moved(Move(move.round + 1, account, move.source or 0, move.target or 0, leads), move.why)
