"""Why a seat changed in a new plan."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.matching.domain.breakout import Move, Round, RoundState, moves


class MoveReason(StrEnum):
    """What made somebody's seat another one."""

    LEFT = "left"
    SITS_OUT = "sits_out"
    ARRIVED = "arrived"
    DISSOLVED = "dissolved"
    RUNNING = "running"
    PLANNED_ANEW = "planned_anew"


@dataclass(frozen=True)
class Moved:
    """A seat that changed, and why."""

    move: Move
    reason: MoveReason


def moved(before: Sequence[Round], after: Sequence[Round], present: Collection[UUID]) -> Iterator[Moved]:
    """Every seat that differs, round by round, with its reason; `present` are those who are there now."""
    rounds = {each.number: each for each in after}
    for move in moves(before, after):
        yield Moved(move, _reason(move, rounds[move.round], present))


def _reason(move: Move, now: Round, present: Collection[UUID]) -> MoveReason:
    if not move.to_group:
        return MoveReason.SITS_OUT if move.account in present else MoveReason.LEFT
    if not move.from_group:
        return MoveReason.ARRIVED
    if move.from_group not in {group.number for group in now.groups}:
        return MoveReason.DISSOLVED
    return MoveReason.RUNNING if now.state is RoundState.OPEN else MoveReason.PLANNED_ANEW
