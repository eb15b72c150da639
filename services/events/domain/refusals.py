"""What events refuse, and why. Each reason stands in proto/ontmoet/errors/v1/error_reason.proto."""

from services.common.refusals import Kind, Refusal


class EventNotOpen(Refusal):
    """The event does not take registrations."""

    kind = Kind.RULE_BROKEN
    reason = "EVENT_NOT_OPEN"


class EventIsCancelled(Refusal):
    """The event was cancelled."""

    kind = Kind.RULE_BROKEN
    reason = "EVENT_CANCELLED"


class EventIsPast(Refusal):
    """The event is over."""

    kind = Kind.RULE_BROKEN
    reason = "EVENT_PAST"


class TooEarly(Refusal):
    """The event has not come that far yet."""

    kind = Kind.RULE_BROKEN
    reason = "TOO_EARLY"


class OfferIsExpired(Refusal):
    """The offer was not answered in time."""

    kind = Kind.RULE_BROKEN
    reason = "OFFER_EXPIRED"


class NoOffer(Refusal):
    """No place is offered to this person."""

    kind = Kind.RULE_BROKEN
    reason = "NO_OFFER"


class NoFreePlace(Refusal):
    """The event has no free place."""

    kind = Kind.RULE_BROKEN
    reason = "NO_FREE_PLACE"


class NotWaiting(Refusal):
    """This person does not wait for a place."""

    kind = Kind.RULE_BROKEN
    reason = "NOT_WAITING"


class NoPlace(Refusal):
    """This person has no place at the event."""

    kind = Kind.RULE_BROKEN
    reason = "NO_PLACE"


class NotCheckedIn(Refusal):
    """Who did not check in cannot leave."""

    kind = Kind.RULE_BROKEN
    reason = "NOT_CHECKED_IN"


class TimeDoesNotExist(Refusal):
    """The clock skips this time on that day."""

    kind = Kind.RULE_BROKEN
    reason = "TIME_DOES_NOT_EXIST"


class NotAModerator(Refusal):
    """Only people with the role of moderator can moderate an event."""

    kind = Kind.RULE_BROKEN
    reason = "NOT_A_MODERATOR"


class ModeratesEvent(Refusal):
    """Moderators of an event stand outside its places."""

    kind = Kind.RULE_BROKEN
    reason = "MODERATES_EVENT"
