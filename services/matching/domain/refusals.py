"""What matching refuses."""

from typing import ClassVar

from services.common.refusals import Kind, Refusal


class EventIsCancelled(Refusal):
    """The event was cancelled: nothing of its break-out is still to come."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "EVENT_CANCELLED"


class NobodyPresent(Refusal):
    """Fewer than two people are checked in, so there is nothing to plan."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "NOBODY_PRESENT"


class RoundOutOfTurn(Refusal):
    """Rounds are opened one after the other, each when the one before is closed."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "ROUND_OUT_OF_TURN"


class BreakoutStarted(Refusal):
    """A round of this break-out was opened already; it can be planned anew, not replaced."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "BREAKOUT_STARTED"


class BreakoutOver(Refusal):
    """All rounds were held; nothing is left to plan."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "BREAKOUT_OVER"


class SearchGivenUp(Refusal):
    """Every solver that took this search up was broken off, and none had found a plan."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "SEARCH_GIVEN_UP"


class TooManySearches(Refusal):
    """As many long searches of this network as may be are under way."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    reason: ClassVar[str] = "TOO_MANY_SEARCHES"


class TooManyPeople(Refusal):
    """By the turn of a long search more people were there than may be planned for at once."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "TOO_MANY_PEOPLE"


class SearchReplaced(Refusal):
    """A plan that was asked for later took the place of this search's."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "SEARCH_REPLACED"


class SolverFailed(Refusal):
    """No plan was made: the solver has a defect that this break-out shows, and would again."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "SOLVER_FAILED"


class NotAModerator(Refusal):
    """Only somebody with the role of moderator leads groups, so only they can be kept from leading somebody."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "NOT_A_MODERATOR"


class NotMet(Refusal):
    """An introduction can be asked of somebody one has met only."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "NOT_MET"


class AlreadyAnswered(Refusal):
    """This introduction was answered already."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "ALREADY_ANSWERED"
