"""What happened at events. The aggregate is the event or the registration; see proto/ontmoet/events/v1/facts.proto."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.common.facts import Fact


@dataclass(frozen=True, kw_only=True)
class EventCreated(Fact):
    """An event exists, as a draft."""

    series: UUID | None
    starts_at: datetime
    ends_at: datetime
    capacity: int


@dataclass(frozen=True, kw_only=True)
class RegistrationOpened(Fact):
    """People can register."""


@dataclass(frozen=True, kw_only=True)
class RegistrationClosed(Fact):
    """Nobody new can register."""


@dataclass(frozen=True, kw_only=True)
class CapacityChanged(Fact):
    """The number of places changed."""

    capacity: int


@dataclass(frozen=True, kw_only=True)
class EventCancelled(Fact):
    """The event will not be held."""


@dataclass(frozen=True, kw_only=True)
class ModeratorFact(Fact):
    """Something about one moderator of the event."""

    account: UUID


@dataclass(frozen=True, kw_only=True)
class ModeratorAssigned(ModeratorFact):
    """Somebody moderates the event, or is available at other times than before."""


@dataclass(frozen=True, kw_only=True)
class ModeratorWithdrawn(ModeratorFact):
    """A moderator dropped out."""


@dataclass(frozen=True, kw_only=True)
class RegistrationFact(Fact):
    """Something about one person's standing at an event. The aggregate is the registration."""

    event: UUID
    account: UUID


@dataclass(frozen=True, kw_only=True)
class PlaceConfirmed(RegistrationFact):
    """Somebody has a place."""


@dataclass(frozen=True, kw_only=True)
class WaitingStarted(RegistrationFact):
    """Somebody waits."""


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(RegistrationFact):
    """A place is held for somebody who waited."""

    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class OfferDeclined(RegistrationFact):
    """Somebody declined a place."""


@dataclass(frozen=True, kw_only=True)
class OfferExpired(RegistrationFact):
    """An offer was not answered in time."""


@dataclass(frozen=True, kw_only=True)
class RegistrationCancelled(RegistrationFact):
    """Somebody gave up a place, an offer or a waiting position."""


@dataclass(frozen=True, kw_only=True)
class ParticipantCheckedIn(RegistrationFact):
    """Somebody is here."""

    late: bool


@dataclass(frozen=True, kw_only=True)
class ParticipantCheckedOut(RegistrationFact):
    """Somebody who was here has left."""


@dataclass(frozen=True, kw_only=True)
class NoShowMarked(RegistrationFact):
    """Somebody with a place did not come."""
