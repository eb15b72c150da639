"""C5 through the real use cases on a real PostgreSQL, with its clock, its locks and its queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from google.protobuf.message import Message
from hypothesis import Phase, given, settings

from services.common.caller import Caller
from services.common.facts import Fact
from services.common.refusals import Refusal
from services.common.storage.database import Database
from services.events.domain.registration import Registration, State
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.usecases.organise import change_capacity
from services.events.usecases.places import (
    accept_offer,
    cancel_registration,
    decline_offer,
    expire_due_offers,
    register,
)
from services.events.wire import encode_fact
from tests.support.events_network import (
    a_member,
    all_registrations,
    an_open_event,
    an_organiser,
    let_offers_end,
    the_event,
)
from tests.support.place_steps import PEOPLE, Observer, Step, aim, steps


# A life that fails is not shrunk here; the same rules shrink theirs without a database, in seconds.
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(steps(shortest=20, longest=40))
async def test_promotion_on_postgres_is_first_come_first_served_once(database: Database, life: list[Step]):
    """C5: what the facts told and what the database holds agree after every step of any life of an event."""
    stage = Stage(database)
    await stage.begin(places=2)
    observer = Observer(capacity=2)
    everybody: list[Step] = [("register", letter) for letter in PEOPLE]
    for step in everybody + life:
        stage.facts.clear()
        await stage.take(step, [letter for letter in PEOPLE if stage.people[letter].account in observer.offered])
        event = await the_event(stage.uow, stage.network, stage.event_id)
        registrations = await all_registrations(stage.uow, stage.network, stage.event_id)
        observer.saw(stage.facts, event.capacity)
        observer.agrees_with(event, registrations)
        waiting = [each.position for each in registrations if each.state is State.WAITING]
        assert waiting == list(range(1, event.waiting + 1))


@dataclass
class Stage:
    """A network of its own with one event, and its people by letter."""

    database: Database
    network: UUID = field(default_factory=uuid4)
    facts: list[Fact] = field(default_factory=list[Fact])
    known: dict[str, Registration] = field(default_factory=dict[str, Registration])

    async def begin(self, *, places: int) -> None:
        self.uow = Uow(self.database, EventsTransaction, encode=self._encode)
        self.event_id = (await an_open_event(self.uow, self.network, places=places)).id
        self.people: dict[str, Caller] = {letter: a_member(self.network) for letter in PEOPLE}

    async def take(self, step: Step, offered: Sequence[str]) -> None:
        """One step; one that is refused must not have told anything."""
        act, argument = step
        if isinstance(argument, str) and act in {"accept", "decline", "expire"}:
            argument = aim(argument, offered)
        match act, argument:
            case "change_capacity", int() as capacity:
                await change_capacity(self.uow, an_organiser(self.network), self.event_id, capacity)
            case "register", str() as letter:
                self.known[letter] = await register(self.uow, self.people[letter], self.event_id)
            case _, str() as letter if letter in self.known:
                try:
                    await self._act(act, self.people[letter], self.known[letter].id)
                except Refusal:
                    assert self.facts == []
            case _:
                pass

    async def _act(self, act: str, caller: Caller, registration: UUID) -> None:
        match act:
            case "expire":
                await let_offers_end(self.uow, self.network, [registration])
                await expire_due_offers(self.uow)
            case "cancel":
                await cancel_registration(self.uow, caller, registration)
            case "accept":
                await accept_offer(self.uow, caller, registration)
            case _:
                await decline_offer(self.uow, caller, registration)

    def _encode(self, fact: Fact) -> Message:
        self.facts.append(fact)
        return encode_fact(fact)
