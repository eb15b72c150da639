"""Reasons, long searches and rules as a tenant's frontend sees them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from opentelemetry.sdk.trace import ReadableSpan

from services.gateway.api.relay import global_id
from tests.support.gatherings import a_break_out, an_open_event
from tests.support.graphql import Client, Json
from tests.support.house import House
from tests.support.matching_service import eventually
from tests.support.telemetry import Probe
from tests.support.two_networks import uuid_in

REASONS = """query Reasons($id: ID!) { breakout(id: $id) { rounds { groups { seats { accountId reason } } } } }"""
OPERATION = """query Search($id: ID!) { operation(id: $id) { state repeats repeatsBound repeatsArgument seconds
  secondsAtMost
  event { title } best { id rounds { number } } breakout { id repeatsArgument rounds { number } } } }"""


async def reasons_of(client: Client, breakout: str) -> dict[str, list[str | None]]:
    """What is told of everybody's seats, by account, round by round."""
    found: dict[str, list[str | None]] = {}
    for each in (await client.ask(REASONS, id=breakout))["breakout"]["rounds"]:
        for seat in (seat for group in each["groups"] for seat in group["seats"]):
            found.setdefault(seat["accountId"], []).append(seat["reason"])
    return found


async def until(client: Client, operation: str, holds: Callable[[Json], bool]) -> Json:
    """Looks until it holds."""
    async with asyncio.timeout(40):
        while True:
            found: Json = (await client.ask(OPERATION, id=operation))["operation"]
            if holds(found):
                return found
            await asyncio.sleep(0.2)


async def test_people_see_why_they_sit_where_they_sit_and_nobody_elses_reasons(probe: Probe, house: House) -> None:
    """With one call, however many seats are shown."""
    gathering, breakout = await a_break_out(house, "Ann", "Bo", "Cas", "Dirk")
    organiser = gathering.organiser.client
    await organiser.do("publishRound", "breakout { id }", breakoutId=breakout, roundNumber=1)
    probe.exporter.clear()
    for_organiser = await reasons_of(organiser, breakout)
    spans: list[ReadableSpan] = [span for span in probe.spans() if "Service/" in span.name]
    calls = Counter(span.name.partition("Service/")[2] for span in spans)
    assert calls["BatchExplainSeats"] == 1
    assert len(for_organiser) == 4
    assert all(reason for reasons in for_organiser.values() for reason in reasons)
    ann = next(person for person in gathering.people if person.name == "Ann")
    for_ann = await reasons_of(ann.client, breakout)
    assert for_ann.pop(ann.id) == for_organiser[ann.id][:1]
    assert {reason for reasons in for_ann.values() for reason in reasons} == {None}


async def test_a_reason_tells_what_somebody_shares_until_they_take_it_back(house: House) -> None:
    gathering, breakout = await a_break_out(house, "Ann", "Bo", rounds=1)
    await gathering.organiser.client.do("publishRound", "breakout { id }", breakoutId=breakout, roundNumber=1)
    ann, bo = gathering.people
    await ann.client.do("updateProfile", "member { id }", asks=["export to Germany"])
    mine = "member { sharedFields }"
    changed = await bo.client.do("updateProfile", mine, offers=["export"], company="Aerts", sharedFields=[])
    assert changed["member"] == {"sharedFields": []}

    async def told(sharing: list[str]) -> None:
        """What Bo shares is what Ann is told, as soon as it is known."""
        changed = await bo.client.do("updateProfile", mine, sharedFields=sharing)
        assert changed["member"] == {"sharedFields": sharing}
        offered = "; Bo biedt wat u vraagt: export" if "OFFERS" in sharing else ""
        reason = f"U hebt Bo nog niet ontmoet{offered}; Mo 0 leidde nog geen groep met u."

        async def is_told() -> bool:
            return (await reasons_of(ann.client, breakout))[ann.id] == [reason]

        await eventually(is_told, within=40)

    await told(["ASKS", "OFFERS"])
    await told(["ASKS"])
    seen = "query ($id: ID!) { member(id: $id) { sharedFields offers } }"
    shown = {"offers": ["export"], "sharedFields": []}
    assert (await ann.client.ask(seen, id=bo.id))["member"] == shown
    assert (await gathering.organiser.client.ask(seen, id=bo.id))["member"] == {**shown, "sharedFields": ["ASKS"]}


async def test_who_is_added_shares_what_they_agreed_to(house: House) -> None:
    network = await house.network()
    organiser = await house.organiser(network)
    people = [{"email": f"{name}@{network.slug}.example", "name": name} for name in ("ann", "bo")]
    added = await organiser.client.do(
        "addMembers",
        "members { sharedFields }",
        members=[{**people[0], "sharedFields": ["OFFERS", "COMPANY"]}, people[1]],
    )
    assert added["members"] == [{"sharedFields": ["COMPANY", "OFFERS"]}, {"sharedFields": []}]


async def test_a_long_search_is_followed_and_cancelled_from_a_frontend(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", "Cas", "Dirk", "Els", "Fien", starts_in=timedelta(minutes=5))
    await gathering.check_in(*gathering.people)
    client = gathering.organiser.client
    asked = await client.do(
        "proposeBreakout",
        "breakout { id } operation { id state }",
        eventId=gathering.event_id,
        rounds=9,
        groupSize=3,
        seconds=60,
    )
    assert asked["breakout"] is None
    operation = asked["operation"]["id"]
    found = await until(client, operation, lambda found: bool(found["best"]))
    assert (found["state"], found["secondsAtMost"], len(found["best"]["rounds"])) == ("RUNNING", 60, 9)
    assert found["repeats"] >= found["repeatsBound"]
    best = found["best"]["id"]
    assert best == global_id("Breakout", uuid_in(operation))
    assert (await client.ask("query ($id: ID!) { node(id: $id) { id } }", id=best))["node"] is None
    assert found["repeatsArgument"] is None
    await client.do("cancelOperation", "operation { state }", operationId=operation)
    found = await until(client, operation, lambda found: found["state"] != "RUNNING")
    assert (found["state"], found["best"], len(found["breakout"]["rounds"])) == ("CANCELLED", None, 9)
    assert found["repeatsArgument"] == found["breakout"]["repeatsArgument"] == "pairs"


async def test_a_member_says_with_whom_they_rather_not_sit_and_takes_it_back(house: House) -> None:
    network = await house.network()
    ann, bo = await house.people(network, "Ann", "Bo")
    mine = "{ rules { edges { node { id kind members { name } statedBy { name } } } } }"
    stated = await ann.client.do("stateRule", "rule { id }", kind="APART", accountIds=[bo.id])
    [edge] = (await ann.client.ask(mine))["rules"]["edges"]
    assert edge["node"]["id"] == stated["rule"]["id"]
    assert {member["name"] for member in edge["node"]["members"]} == {"Ann", "Bo"}
    assert (await bo.client.ask(mine))["rules"]["edges"] == []
    await ann.client.do("withdrawRule", "__typename", ruleId=stated["rule"]["id"])
    assert (await ann.client.ask(mine))["rules"]["edges"] == []


async def test_an_organiser_decides_who_has_which_room_and_is_told_why_not(house: House) -> None:
    gathering, breakout = await a_break_out(house, "Ann", "Bo", "Cas", "Dirk")
    client, ann = gathering.organiser.client, gathering.people[0]
    pins = "pins { accountId roundNumber groupNumber member { name } }"
    fields = f"breakout {{ {pins} rounds {{ groups {{ seats {{ accountId }} }} }} }}"
    pin = {"accountId": ann.id, "roundNumber": 2, "groupNumber": 2}
    changed = (await client.do("replanBreakout", fields, breakoutId=breakout, pins=[pin]))["breakout"]
    assert changed["pins"] == [{**pin, "member": {"name": "Ann"}}]
    assert {"accountId": ann.id} in changed["rounds"][1]["groups"][1]["seats"]
    for asked, field, told in (
        (
            [pin, {**pin, "accountId": "nobody"}],
            "pins[1].accountId",
            "Dit is niet het soort id dat hier gevraagd wordt.",
        ),
        ([{**pin, "groupNumber": 7}], "pins[0].groupNumber", "Kamers van ronde 2: 1-2."),
    ):
        refused = await client.change("replanBreakout", "breakout { id }", breakoutId=breakout, pins=asked)
        assert [(error["field"], error["message"]) for error in refused["errors"]] == [(field, told)]
    left = {"accountId": ann.id, "roundNumber": 2}
    changed = (await client.do("replanBreakout", fields, breakoutId=breakout, pins=[left]))["breakout"]
    assert changed["pins"] == []
