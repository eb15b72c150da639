"""Why a seat, or who leads a group, changed in a new plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.common.caller import Caller
from services.matching import engine
from services.matching.domain.breakout import Breakout, Move, RoundState
from services.matching.domain.rule import ORGANISING
from services.matching.engine.replan.moves import Why
from services.matching.engine.replan.moves import moves as engine_moves


class Became(StrEnum):
    """What somebody is now: the engine knows people and moderators, and not that one became the other."""

    MODERATOR = "moderator"
    """They had a seat, and moderate."""
    PARTICIPANT = "participant"
    """They moderated, and take part."""


Cause = Why | Became


@dataclass(frozen=True)
class Moved:
    """What changed, and why."""

    move: Move
    why: Cause


@dataclass(frozen=True)
class Replanned:
    """A break-out with a new plan, and what differs from the one before."""

    breakout: Breakout
    moves: list[Moved]
    least_moves: int
    """Of those who sat in the open round so many had to change groups, whatever the plan; 0 where it is not told."""

    def as_seen(self, by: Caller) -> "Replanned":
        """What the caller may see: that somebody had to move can tell of a rule, to whoever may not read them."""
        least_moves = self.least_moves if by.has(*ORGANISING) else 0
        return replace(self, breakout=self.breakout.as_seen(by), least_moves=least_moves)

    @property
    def moves_in_open_round(self) -> int:
        """How many of them did."""
        running = {each.number for each in self.breakout.rounds if each.state is RoundState.OPEN}
        changed = [each.move for each in self.moves if each.move.round in running and not each.move.leads]
        return sum(move.from_group > 0 and move.to_group > 0 for move in changed)


_SAID = {Became.MODERATOR: (Why.ABSENT,), Became.PARTICIPANT: (Why.LATE, Why.MODERATOR_GONE)}
"""What the engine says of a seat, or of who leads a group, when somebody became this."""


def moved(
    problem: engine.Problem,
    schedule: engine.Schedule,
    people: Sequence[UUID],
    moderators: Sequence[UUID],
    became: Mapping[UUID, Became],
) -> Iterator[Moved]:
    """Every seat and every moderator that differ from the plan that the problem began with, round by round."""
    before = [round_.groups for round_ in problem.rounds]
    for move in engine_moves(problem, before, schedule.rounds):
        if move.moderator is not None:
            account, leads = moderators[move.moderator], True
        else:
            assert move.person is not None
            account, leads = people[move.person], False
        role = became.get(account)
        why = role if role is not None and move.why in _SAID[role] else move.why
        yield Moved(Move(move.round + 1, account, move.source or 0, move.target or 0, leads), why)
