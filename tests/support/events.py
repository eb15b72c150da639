"""Builders for events: say only what matters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from services.common.facts import Fact
from services.events.domain import attendance
from services.events.domain.event import Event, EventState, Mode
from services.events.domain.registration import Registration, State

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

AFact = TypeVar("AFact", bound=Fact)


def an_event(
    *,
    places: int = 10,
    state: EventState = EventState.OPEN,
    starts_at: datetime = NOON + DAY,
    lasts: timedelta = HOUR,
    offer_window: timedelta = HOUR,
) -> Event:
    """An open event tomorrow, with ten places."""
    return Event(
        id=uuid4(),
        series=None,
        occurs_on=None,
        title="Virtuele vrijdag",
        description="",
        mode=Mode.ONLINE,
        starts_at=starts_at,
        ends_at=starts_at + lasts,
        time_zone="Europe/Brussels",
        state=state,
        capacity=places,
        offer_window=offer_window,
    )


def facts_of(kind: type[AFact], facts: Sequence[Fact]) -> list[AFact]:
    """Those of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]


@dataclass
class Gathering:
    """An event with its registrations in memory, people by name; the rules are served as the use cases serve them."""

    event: Event
    people: dict[str, Registration] = field(default_factory=dict[str, Registration])
    facts: list[Fact] = field(default_factory=list[Fact])
    now: datetime = NOON

    def register(self, *names: str) -> None:
        for name in names:
            account = self.people[name].account if name in self.people else uuid4()
            self.people[name], facts = self.event.register(
                account, earlier=self.people.get(name), new_id=uuid4(), now=self.now
            )
            self.facts += facts

    def cancel(self, name: str) -> None:
        self.facts += self.event.cancel_registration(self.people[name], self.now)
        self._offer_free_places()

    def accept(self, name: str) -> None:
        self.facts += self.event.accept(self.people[name], self.now)

    def decline(self, name: str) -> None:
        self.facts += self.event.decline(self.people[name], self.now)
        self._offer_free_places()

    def offer_place(self, name: str) -> None:
        self.facts += self.event.offer_place(self.people[name], self.now)

    def change_capacity(self, capacity: int) -> None:
        self.facts += self.event.change_capacity(capacity, self.now)
        self._offer_free_places()

    def pass_time(self, length: timedelta) -> None:
        """Time goes by, and the job that expires offers has run."""
        self.now += length
        self.facts += self.event.expire_offers(self._in_state(State.OFFERED), self.now)
        self._offer_free_places()

    def check_in(self, name: str, *, at_the_desk: bool = False) -> None:
        self.facts += attendance.check_in(self.event, self.people[name], at_the_desk=at_the_desk, now=self.now)

    def check_out(self, name: str) -> None:
        self.facts += attendance.check_out(self.event, self.people[name], self.now)

    def mark_no_shows(self) -> None:
        self.facts += attendance.mark_no_shows(self.event, self._in_state(State.CONFIRMED), self.now)

    def names(self, state: State) -> list[str]:
        """Who is in this state, by ticket: for those who wait, the queue."""
        found = [name for name, each in self.people.items() if each.state is state]
        return sorted(found, key=lambda name: self.people[name].ticket)

    def who(self, account: UUID) -> str:
        return next(name for name, each in self.people.items() if each.account == account)

    def _in_state(self, state: State) -> list[Registration]:
        return [self.people[name] for name in self.names(state)]

    def _offer_free_places(self) -> None:
        heads = self._in_state(State.WAITING)[: self.event.places_to_offer(self.now)]
        self.facts += self.event.offer_to(heads, self.now)


def a_gathering(*, places: int, registered: Sequence[str] = (), offer_window: timedelta = HOUR) -> Gathering:
    """An open event tomorrow at which these people registered, in this order."""
    gathering = Gathering(an_event(places=places, offer_window=offer_window))
    gathering.register(*registered)
    gathering.facts.clear()
    return gathering
