"""A person's standing at an event."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from services.events.domain.facts import RegistrationFact


class RegistrationState(StrEnum):
    """Where a registration is in its life."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


State = RegistrationState

# A no-show's place stays taken, so that a late arrival never oversells the event.
HOLDING_A_PLACE = frozenset({State.CONFIRMED, State.ATTENDED, State.NO_SHOW})
STANDING = HOLDING_A_PLACE | {State.WAITING, State.OFFERED}

AFact = TypeVar("AFact", bound=RegistrationFact)


@dataclass(kw_only=True)
class Registration:
    """One per person and event; registering again after giving up reuses it, with a new ticket."""

    id: UUID
    event: UUID
    account: UUID
    state: RegistrationState
    # The event hands tickets out in rising order: who waits is served by ticket.
    ticket: int
    registered_at: datetime
    offer_expires_at: datetime | None = None
    checked_in_at: datetime | None = None
    late: bool = False
    # Left before the end; None for who is here, was never here, or came back.
    checked_out_at: datetime | None = None
    version: int = 0
    # 1 for the next to be offered a place, 0 unless waiting. Counted when read, never stored.
    position: int = 0

    @property
    def stands(self) -> bool:
        """Whether the person has a place, an offer or a waiting position."""
        return self.state in STANDING

    @property
    def holds_a_place(self) -> bool:
        """Whether one of the event's places is this person's."""
        return self.state in HOLDING_A_PLACE

    @property
    def is_here(self) -> bool:
        """Whether the person checked in and did not leave."""
        return self.state is State.ATTENDED and self.checked_out_at is None

    def become(self, state: RegistrationState, *, offer_expires_at: datetime | None = None) -> None:
        """Change to another state, as the next version. An offer's end and a position do not outlive their state."""
        self.state = state
        self.offer_expires_at = offer_expires_at
        self.position = 0
        self.version += 1

    def fact(self, kind: type[AFact], **values: object) -> AFact:
        """A fact about this registration as it stands now."""
        return kind(aggregate=self.id, version=self.version, event=self.event, account=self.account, **values)
