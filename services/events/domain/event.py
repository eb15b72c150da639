"""An event, its life and its places.

An event holds counters, not its registrations: whoever calls a rule brings the registrations it is about, read after
the event was locked. Confirmed and offered places together never exceed the capacity, unless it was lowered below them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.facts import Fact
from services.events.domain import facts
from services.events.domain.refusals import (
    EventIsCancelled,
    EventIsPast,
    EventNotOpen,
    NoFreePlace,
    NoOffer,
    NoPlace,
    NotWaiting,
    OfferIsExpired,
)
from services.events.domain.registration import Registration, State

ORGANISERS = (Role.OWNER, Role.ORGANISER)


class Mode(StrEnum):
    """How an event meets."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class EventState(StrEnum):
    """Where an event is in its life."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(kw_only=True)
class Event:
    """Something that members attend."""

    id: UUID
    series: UUID | None
    # The local date that the series meant; None for a one-off.
    occurs_on: date | None
    title: str
    description: str
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    state: EventState
    capacity: int
    offer_window: timedelta
    # Places taken, by no-shows too.
    confirmed: int = 0
    offered: int = 0
    waiting: int = 0
    last_ticket: int = 0
    cancel_reason: str = ""
    # Rises with the event's own facts; registrations have versions of their own.
    version: int = 0

    @property
    def free(self) -> int:
        """Places that nobody has and nobody is offered."""
        return max(0, self.capacity - self.confirmed - self.offered)

    def visible_to(self, caller: Caller) -> bool:
        """Drafts are seen by organisers, and by services."""
        return self.state is not EventState.DRAFT or caller.is_service or caller.has(*ORGANISERS)

    def created(self) -> Fact:
        """The fact that this event exists."""
        self.version += 1
        return facts.EventCreated(
            aggregate=self.id,
            version=self.version,
            series=self.series,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            capacity=self.capacity,
        )

    # Its life

    def check_alive(self, now: datetime) -> None:
        """Refuse what a cancelled or past event no longer allows."""
        if self.state is EventState.CANCELLED:
            raise EventIsCancelled
        if now >= self.ends_at:
            raise EventIsPast

    def open_registration(self, now: datetime) -> list[Fact]:
        """Let people register. An open event stays open."""
        self.check_alive(now)
        if self.state is EventState.OPEN:
            return []
        self.state = EventState.OPEN
        self.version += 1
        return [facts.RegistrationOpened(aggregate=self.id, version=self.version)]

    def close_registration(self) -> list[Fact]:
        """Let nobody new register; who waits is still served. A closed event stays closed."""
        if self.state is EventState.CANCELLED:
            raise EventIsCancelled
        if self.state is EventState.DRAFT:
            raise EventNotOpen
        if self.state is EventState.CLOSED:
            return []
        self.state = EventState.CLOSED
        self.version += 1
        return [facts.RegistrationClosed(aggregate=self.id, version=self.version)]

    def change_capacity(self, capacity: int, now: datetime) -> list[Fact]:
        """Raise or lower the number of places. Nobody loses a place or an offer."""
        self.check_alive(now)
        if capacity == self.capacity:
            return []
        self.capacity = capacity
        self.version += 1
        return [facts.CapacityChanged(aggregate=self.id, version=self.version, capacity=capacity)]

    def cancel(self, reason: str, outstanding: Iterable[Registration], now: datetime) -> list[Fact]:
        """Call the event off; outstanding offers lapse with it. Calling it off twice keeps the first reason."""
        if self.state is EventState.CANCELLED:
            return []
        self.check_alive(now)
        self.state = EventState.CANCELLED
        self.cancel_reason = reason
        self.version += 1
        return [facts.EventCancelled(aggregate=self.id, version=self.version), *self._lapse(outstanding)]

    # Its places

    def register(
        self, account: UUID, *, earlier: Registration | None, new_id: UUID, now: datetime
    ) -> tuple[Registration, list[Fact]]:
        """Give a place if one is free and nobody waits, else the last waiting position.

        Who already stands keeps what they have. Who gave up, declined or let an offer expire starts anew, at the end.
        """
        if earlier is not None and earlier.stands:
            return earlier, []
        self.check_alive(now)
        if self.state is not EventState.OPEN:
            raise EventNotOpen
        self.last_ticket += 1
        at_once = self.free > 0 and self.waiting == 0
        registration = Registration(
            id=new_id if earlier is None else earlier.id,
            event=self.id,
            account=account,
            state=State.CONFIRMED if at_once else State.WAITING,
            ticket=self.last_ticket,
            registered_at=now,
            version=1 if earlier is None else earlier.version + 1,
        )
        if at_once:
            self.confirmed += 1
            return registration, [registration.fact(facts.PlaceConfirmed)]
        self.waiting += 1
        registration.position = self.waiting
        return registration, [registration.fact(facts.WaitingStarted)]

    def cancel_registration(self, registration: Registration, now: datetime) -> list[Fact]:
        """Take back a place, an offer or a waiting position. Cancelling twice changes nothing."""
        if registration.state is State.CANCELLED:
            return []
        self.check_alive(now)
        match registration.state:
            case State.CONFIRMED:
                self.confirmed -= 1
            case State.OFFERED:
                self.offered -= 1
            case State.WAITING:
                self.waiting -= 1
            case _:
                raise NoPlace("There is no place, offer or waiting position to give up.")
        registration.become(State.CANCELLED)
        return [registration.fact(facts.RegistrationCancelled)]

    def places_to_offer(self, now: datetime) -> int:
        """How many of those who wait are to be offered a place now: none from the start on, but by hand."""
        if self.state not in (EventState.OPEN, EventState.CLOSED) or now >= self.starts_at:
            return 0
        return min(self.free, self.waiting)

    def offer_to(self, heads: Sequence[Registration], now: datetime) -> list[Fact]:
        """Offer a place to the first of the queue: as many as `places_to_offer` said."""
        return [self._offer(registration, now) for registration in heads]

    def offer_place(self, registration: Registration, now: datetime) -> list[Fact]:
        """Offer a free place by hand, out of turn. An offer that stands is left as it is."""
        self.check_alive(now)
        if registration.state is State.OFFERED:
            return []
        if registration.state is not State.WAITING:
            raise NotWaiting
        if self.free == 0:
            raise NoFreePlace
        return [self._offer(registration, now)]

    def accept(self, registration: Registration, now: datetime) -> list[Fact]:
        """Take the offered place. Accepting twice changes nothing."""
        if registration.holds_a_place:
            return []
        self._check_offer(registration, now)
        self.offered -= 1
        self.confirmed += 1
        registration.become(State.CONFIRMED)
        return [registration.fact(facts.PlaceConfirmed)]

    def decline(self, registration: Registration, now: datetime) -> list[Fact]:
        """Give the offered place back. Declining twice changes nothing."""
        if registration.state is State.DECLINED:
            return []
        self._check_offer(registration, now)
        self.offered -= 1
        registration.become(State.DECLINED)
        return [registration.fact(facts.OfferDeclined)]

    def expire_offers(self, offered: Iterable[Registration], now: datetime) -> list[Fact]:
        """End the offers whose time is over."""
        return self._lapse(each for each in offered if each.offer_expires_at and each.offer_expires_at <= now)

    def _offer(self, registration: Registration, now: datetime) -> Fact:
        """An offer ends with its window, at the start at the latest; one made while the event runs, at its end."""
        self.waiting -= 1
        self.offered += 1
        last_moment = self.starts_at if now < self.starts_at else self.ends_at
        expires_at = min(now + self.offer_window, last_moment)
        registration.become(State.OFFERED, offer_expires_at=expires_at)
        return registration.fact(facts.PlaceOffered, expires_at=expires_at)

    def _check_offer(self, registration: Registration, now: datetime) -> None:
        if self.state is EventState.CANCELLED:
            raise EventIsCancelled
        if registration.state is State.EXPIRED:
            raise OfferIsExpired
        if registration.offer_expires_at is None:
            raise NoOffer
        if now >= registration.offer_expires_at:
            raise OfferIsExpired

    def _lapse(self, offered: Iterable[Registration]) -> list[Fact]:
        lapsed: list[Fact] = []
        for registration in offered:
            self.offered -= 1
            registration.become(State.EXPIRED)
            lapsed.append(registration.fact(facts.OfferExpired))
        return lapsed
