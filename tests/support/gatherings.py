"""Events and break-outs, made through GraphQL as an organiser makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.common.caller import Role
from services.membership.domain.network import Network
from tests.support.house import House, Person

BREAKOUT = "breakout { id version rounds { number state groups { number } } }"


@dataclass(frozen=True)
class Gathering:
    """A network with an organiser and an open event, and who registered."""

    house: House
    network: Network
    organiser: Person
    event_id: str
    people: list[Person]
    registrations: dict[str, str]
    """By the person's global id."""

    async def check_in(self, *people: Person) -> None:
        for person in people:
            registration = self.registrations[person.id]
            await self.organiser.client.do("checkIn", "registration { state }", registrationId=registration)


async def an_open_event(
    house: House,
    *names: str,
    places: int = 10,
    starts_in: timedelta = timedelta(days=2),
    title: str = "Virtuele vrijdag",
    offer_seconds: int = 86_400,
    **of_network: Any,
) -> Gathering:
    """A new network with an open event for which these people registered, one after the other."""
    network = await house.network(**of_network)
    organiser = await house.organiser(network)
    local = (datetime.now(ZoneInfo(network.time_zone)) + starts_in).strftime("%Y-%m-%dT%H:%M")
    created = await organiser.client.do(
        "createEvent",
        "event { id }",
        title=title,
        mode="ONLINE",
        startsAtLocal=local,
        durationSeconds=7200,
        capacity=places,
        offerWindowSeconds=offer_seconds,
    )
    event_id: str = created["event"]["id"]
    await organiser.client.do("openRegistration", "event { state }", eventId=event_id)
    people = await house.people(network, *names)
    registrations: dict[str, str] = {}
    for person in people:
        payload = await person.client.do("register", "registration { id }", eventId=event_id)
        registrations[person.id] = payload["registration"]["id"]
    return Gathering(house, network, organiser, event_id, people, registrations)


async def a_break_out(house: House, *names: str, rounds: int = 2, group_size: int = 2) -> tuple[Gathering, str]:
    """An event in which these people are present, with a moderator for each group, and the id of its break-out."""
    gathering = await an_open_event(house, *names, starts_in=timedelta(minutes=5))
    groups = -(-len(names) // group_size)
    moderators = await house.people(
        gathering.network, *(f"Mo {number}" for number in range(groups)), roles=frozenset({Role.MODERATOR})
    )
    client = gathering.organiser.client
    assigned = [{"accountId": moderator.id} for moderator in moderators]
    await client.do("assignModerators", "moderators { accountId }", eventId=gathering.event_id, moderators=assigned)
    await gathering.check_in(*gathering.people)
    proposed = await client.do(
        "proposeBreakout", BREAKOUT, eventId=gathering.event_id, rounds=rounds, groupSize=group_size
    )
    return gathering, proposed["breakout"]["id"]
