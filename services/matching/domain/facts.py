"""What happened in matching. The aggregate is the break-out, the introduction or the operation."""

from dataclasses import dataclass
from uuid import UUID

from services.common.facts import Fact


@dataclass(frozen=True, kw_only=True)
class BreakoutFact(Fact):
    """Something about an event's break-out."""

    event: UUID


@dataclass(frozen=True, kw_only=True)
class BreakoutProposed(BreakoutFact):
    """A break-out was planned."""


@dataclass(frozen=True, kw_only=True)
class BreakoutReplanned(BreakoutFact):
    """Rounds that were not held were planned anew."""


@dataclass(frozen=True, kw_only=True)
class PlanningQueued(Fact):
    """A long search waits for a solver; the aggregate is the operation."""

    event: UUID


@dataclass(frozen=True, kw_only=True)
class RoundPublished(BreakoutFact):
    """A round is open."""

    round: int


@dataclass(frozen=True, kw_only=True)
class RoundHeld(BreakoutFact):
    """A round is over; who sat together has met."""

    round: int


@dataclass(frozen=True, kw_only=True)
class IntroductionFact(Fact):
    """Something about an introduction."""

    asker: UUID
    asked: UUID


@dataclass(frozen=True, kw_only=True)
class IntroductionAsked(IntroductionFact):
    """Somebody asked for an introduction."""


@dataclass(frozen=True, kw_only=True)
class IntroductionAccepted(IntroductionFact):
    """Both agreed."""


@dataclass(frozen=True, kw_only=True)
class IntroductionDeclined(IntroductionFact):
    """The one who was asked declined."""
