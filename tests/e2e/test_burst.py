"""A whole crowd at the door in the same minute: places and sign-ins, through the gateway."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from services.common.storage.database import plain_engine
from services.events.storage.tables import registrations
from services.membership.domain.network import Network
from tests.support.crowd import Crowd, a_crowd, at_once
from tests.support.gatherings import Gathering, an_open_event
from tests.support.graphql import Client
from tests.support.house import House, Person

PEOPLE, PLACES = 1500, 102
SIGN_INS = 152

LISTED = """
query ($id: ID!, $after: String) {
  event(id: $id) {
    confirmed offered waiting
    registrations(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { id state position registeredAt } }
    }
  }
}
"""


async def test_of_1500_people_at_once_102_are_confirmed_and_1398_wait_in_the_order_in_which_they_came(
    house: House,
):
    """32 at a time. The order is that of the tickets, which the service gave out while it held the event's lock."""
    gathering = await an_open_event(house, places=PLACES)
    tokens = [house.token(gathering.network, uuid4()) for _ in range(PEOPLE)]
    async with a_crowd(gathering.network.hosts[0], house.port) as crowd:
        answers = await at_once([partial(_register, crowd, token, gathering.event_id) for token in tokens])

    states = {answer["id"]: answer["state"] for answer in answers}
    assert len(states) == PEOPLE
    event, listed = await _listed(gathering)
    assert (event["confirmed"], event["offered"], event["waiting"]) == (PLACES, 0, PEOPLE - PLACES)
    assert {each["id"]: each["state"] for each in listed} == states

    tickets = await _tickets(house, gathering.network)
    in_order = sorted(listed, key=lambda each: tickets[each["id"]])
    assert [each["state"] for each in in_order] == ["CONFIRMED"] * PLACES + ["WAITING"] * (PEOPLE - PLACES)
    assert [each["position"] for each in in_order[PLACES:]] == list(range(1, PEOPLE - PLACES + 1))
    times = [each["registeredAt"] for each in in_order]
    assert times == sorted(times)


async def test_152_people_behind_one_address_can_all_sign_in(house: House):
    """A venue's Wi-Fi: all requests come from the same address."""
    network = await house.network()
    people = await house.people(network, *(f"Guest {number}" for number in range(SIGN_INS)))
    async with a_crowd(network.hosts[0], house.port) as crowd:
        accounts = await at_once([partial(_sign_in, house, crowd, person) for person in people])
    assert accounts == [person.id for person in people]


async def _register(crowd: Crowd, token: str, event_id: str) -> dict[str, Any]:
    return (await crowd.change(token, "register", "registration { id state }", eventId=event_id))["registration"]


async def _sign_in(house: House, crowd: Crowd, person: Person) -> str:
    await crowd.change(None, "requestCode", "expiresAt", email=person.email)
    code = await house.code_to(person.email)
    selection = "tokens { accountId }"
    payload = await crowd.change(None, "redeemCode", selection, email=person.email, code=code)
    return payload["tokens"]["accountId"]


async def _listed(gathering: Gathering) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The event and all its registrations, as its organiser sees them."""
    listed: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        event = (await gathering.organiser.client.ask(LISTED, id=gathering.event_id, after=after))["event"]
        listed += [edge["node"] for edge in event["registrations"]["edges"]]
        if not event["registrations"]["pageInfo"]["hasNextPage"]:
            return event, listed
        after = event["registrations"]["pageInfo"]["endCursor"]


async def _tickets(house: House, network: Network) -> dict[str, int]:
    """The ticket of each registration, by its global id."""
    engine = plain_engine(house.system.postgres.url("postgres", "events"))
    try:
        async with engine.connect() as connection:
            wanted = select(registrations.c.id, registrations.c.ticket).where(registrations.c.network_id == network.id)
            rows: list[tuple[UUID, int]] = [(id_, ticket) for id_, ticket in await connection.execute(wanted)]
    finally:
        await engine.dispose()
    return {Client.global_id("Registration", registration): ticket for registration, ticket in rows}
