"""Random lives of an event, and what must hold after each step of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import strategies as st

from services.common.facts import Fact
from services.events.domain.event import Event
from services.events.domain.facts import (
    OfferDeclined,
    OfferExpired,
    PlaceConfirmed,
    PlaceOffered,
    RegistrationCancelled,
    RegistrationFact,
    WaitingStarted,
)
from services.events.domain.registration import Registration, State

PEOPLE = "ABCDEFGH"
Step = tuple[str, str | int]

_people = st.sampled_from(PEOPLE)
_step = st.one_of(
    st.tuples(st.just("register"), _people),
    st.tuples(st.just("register"), _people),
    st.tuples(st.just("cancel"), _people),
    st.tuples(st.just("accept"), _people),
    st.tuples(st.just("decline"), _people),
    st.tuples(st.just("expire"), _people),
    st.tuples(st.just("change_capacity"), st.integers(0, 4)),
)


def steps(shortest: int, longest: int) -> st.SearchStrategy[list[Step]]:
    """What people and an organiser do, in any order, sensible or not."""
    return st.lists(_step, min_size=shortest, max_size=longest)


def aim(letter: str, offered: Sequence[str]) -> str:
    """Who answers an offer or lets it end: mostly somebody who has one, as others are only refused."""
    return [*offered, letter][PEOPLE.index(letter) % (len(offered) + 1)]


@dataclass
class Observer:
    """Follows an event by its facts alone and checks each against the promises of C5."""

    capacity: int
    queue: list[UUID] = field(default_factory=list[UUID])
    offered: set[UUID] = field(default_factory=set[UUID])
    confirmed: set[UUID] = field(default_factory=set[UUID])

    def saw(self, facts: Iterable[Fact], capacity: int) -> None:
        """Facts of one step, in order, after which the event has this capacity."""
        taken_before = len(self.confirmed) + len(self.offered)
        self.capacity = capacity
        for fact in facts:
            if isinstance(fact, RegistrationFact):
                _EFFECTS[type(fact)](self, fact.account)
        taken = len(self.confirmed) + len(self.offered)
        assert taken <= self.capacity or taken <= taken_before, "more places are taken than there are"
        assert not self.queue or taken >= self.capacity, "a place is free while somebody waits"

    def agrees_with(self, event: Event, registrations: Sequence[Registration]) -> None:
        """The stored state says what the facts said: counters, states, and the queue in its order."""
        waiting = sorted((each for each in registrations if each.state is State.WAITING), key=lambda each: each.ticket)
        assert [each.account for each in waiting] == self.queue
        assert {each.account for each in registrations if each.state is State.OFFERED} == self.offered
        assert {each.account for each in registrations if each.state is State.CONFIRMED} == self.confirmed
        counted = (len(self.confirmed), len(self.offered), len(self.queue))
        assert (event.confirmed, event.offered, event.waiting) == counted
        assert event.capacity == self.capacity

    def confirms(self, account: UUID) -> None:
        assert account not in self.queue, "somebody who waits is confirmed without an offer"
        assert account in self.offered or not self.queue, "somebody overtakes the queue"
        assert account not in self.confirmed, "one person has two places"
        self.offered.discard(account)
        self.confirmed.add(account)

    def waits(self, account: UUID) -> None:
        assert account not in {*self.queue, *self.offered, *self.confirmed}
        self.queue.append(account)

    def is_offered(self, account: UUID) -> None:
        assert self.queue, "a place is offered to somebody who does not wait"
        assert self.queue.pop(0) == account, "the offer is not for the first in the queue"
        self.offered.add(account)

    def gives_offer_back(self, account: UUID) -> None:
        self.offered.remove(account)

    def leaves(self, account: UUID) -> None:
        if account in self.queue:
            self.queue.remove(account)
        elif account in self.offered:
            self.offered.remove(account)
        else:
            self.confirmed.remove(account)


_EFFECTS: dict[type[RegistrationFact], Callable[[Observer, UUID], None]] = {
    PlaceConfirmed: Observer.confirms,
    WaitingStarted: Observer.waits,
    PlaceOffered: Observer.is_offered,
    OfferDeclined: Observer.gives_offer_back,
    OfferExpired: Observer.gives_offer_back,
    RegistrationCancelled: Observer.leaves,
}
