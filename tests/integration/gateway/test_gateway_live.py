"""What is seen live."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from services.common.caller import Role
from tests.support.gatherings import a_break_out, an_open_event
from tests.support.graphql import PATIENCE, Json
from tests.support.house import House

MY_REGISTRATION = "subscription ($e: ID!) { myRegistration(eventId: $e) { registration { state position } } }"
MY_GROUP = """subscription ($e: ID!) { myGroup(eventId: $e) {
  group { number roundNumber moderator { name } seats { accountId member { name } } } } }"""
BREAKOUT = "subscription ($e: ID!) { breakout(eventId: $e) { breakout { rounds { number state } } } }"


def registration(data: Json) -> tuple[str, int | None] | None:
    found = data["myRegistration"]["registration"]
    return (found["state"], found["position"]) if found else None


async def test_ones_registration_is_shown_as_it_stands_and_whenever_it_changes(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", places=1)
    ann, bo = gathering.people
    [cas] = await house.people(gathering.network, "Cas")
    async with cas.client.subscribe(MY_REGISTRATION, e=gathering.event_id) as live:
        assert registration(await live.next()) is None
        await cas.client.do("register", "registration { id }", eventId=gathering.event_id)
        assert registration(await live.next()) == ("WAITING", 2)
        await ann.client.do(
            "cancelRegistration", "registration { state }", registrationId=gathering.registrations[ann.id]
        )
        assert registration(await live.next()) == ("WAITING", 1)
        await bo.client.do("declineOffer", "registration { state }", registrationId=gathering.registrations[bo.id])
        assert registration(await live.next()) == ("OFFERED", None)


async def test_what_does_not_change_what_is_shown_is_not_sent(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", places=1)
    _, bo = gathering.people
    async with bo.client.subscribe(MY_REGISTRATION, e=gathering.event_id) as live:
        assert registration(await live.next()) == ("WAITING", 1)
        for name in ("Cas", "Dirk"):
            [behind] = await house.people(gathering.network, name)
            payload = await behind.client.do("register", "registration { id }", eventId=gathering.event_id)
            given_up = payload["registration"]["id"]
            await behind.client.do("cancelRegistration", "registration { id }", registrationId=given_up)
        await gathering.organiser.client.do("changeCapacity", "event { id }", eventId=gathering.event_id, capacity=2)
        assert registration(await live.next()) == ("OFFERED", None)


async def test_everybody_sees_their_group_as_a_round_opens_whichever_gateway_serves_them(house: House) -> None:
    gathering, breakout_id = await a_break_out(house, "Ann", "Bo", "Cas", "Dirk")
    organiser = gathering.organiser.client
    async with AsyncExitStack() as opened:
        other = await opened.enter_async_context(house.gateway())
        people = [(person, person.client.at(port)) for person in gathering.people for port in (house.port, other)]
        screens = [
            (person, await opened.enter_async_context(client.subscribe(MY_GROUP, e=gathering.event_id)))
            for person, client in people
        ]
        for _, live in screens:
            assert (await live.next())["myGroup"]["group"] is None
        await organiser.do("publishRound", "breakout { version }", breakoutId=breakout_id, roundNumber=1)
        for person, live in screens:
            group = (await live.next())["myGroup"]["group"]
            assert group["roundNumber"] == 1
            assert person.id in [seat["accountId"] for seat in group["seats"]]
            assert group["moderator"]["name"].startswith("Mo ")
        await organiser.do("closeRound", "breakout { version }", breakoutId=breakout_id, roundNumber=1)
        for _, live in screens:
            assert (await live.next())["myGroup"]["group"] is None


async def test_who_was_cut_off_sees_the_present_state_first(house: House) -> None:
    gathering, breakout_id = await a_break_out(house, "Ann", "Bo")
    [ann, _] = gathering.people
    async with ann.client.subscribe(MY_GROUP, e=gathering.event_id) as live:
        assert (await live.next())["myGroup"]["group"] is None
    await gathering.organiser.client.do("publishRound", "breakout { version }", breakoutId=breakout_id, roundNumber=1)
    async with ann.client.subscribe(MY_GROUP, e=gathering.event_id) as live:
        assert (await live.next())["myGroup"]["group"]["roundNumber"] == 1


async def test_a_break_out_is_shown_from_its_proposal_on(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", starts_in=timedelta(minutes=5))
    organiser = gathering.organiser.client
    [mo] = await house.people(gathering.network, "Mo", roles=frozenset({Role.MODERATOR}))
    await organiser.do(
        "assignModerators", "moderators { accountId }", eventId=gathering.event_id, moderators=[{"accountId": mo.id}]
    )
    await gathering.check_in(*gathering.people)
    async with organiser.subscribe(BREAKOUT, e=gathering.event_id) as live:
        assert (await live.next())["breakout"]["breakout"] is None
        proposed = await organiser.do(
            "proposeBreakout", "breakout { id }", eventId=gathering.event_id, rounds=1, groupSize=2
        )
        assert (await live.next())["breakout"]["breakout"]["rounds"] == [{"number": 1, "state": "PLANNED"}]
        breakout_id = proposed["breakout"]["id"]
        await organiser.do("publishRound", "breakout { id }", breakoutId=breakout_id, roundNumber=1)
        assert (await live.next())["breakout"]["breakout"]["rounds"] == [{"number": 1, "state": "OPEN"}]


async def test_members_see_a_break_out_live_from_its_first_open_round_on(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", starts_in=timedelta(minutes=5))
    organiser, ann = gathering.organiser.client, gathering.people[0].client
    await gathering.check_in(*gathering.people)
    query = "query ($e: ID!, $b: ID!) { event(id: $e) { breakout { id } } breakout(id: $b) { id } }"
    async with ann.subscribe(BREAKOUT, e=gathering.event_id) as live:
        assert (await live.next())["breakout"]["breakout"] is None
        for rounds in (1, 2):
            proposed = await organiser.do(
                "proposeBreakout", "breakout { id }", eventId=gathering.event_id, rounds=rounds, groupSize=2
            )
        breakout = proposed["breakout"]["id"]
        assert await ann.ask(query, e=gathering.event_id, b=breakout) == {"event": {"breakout": None}, "breakout": None}
        await organiser.do("publishRound", "breakout { id }", breakoutId=breakout, roundNumber=1)
        assert (await live.next())["breakout"]["breakout"]["rounds"] == [{"number": 1, "state": "OPEN"}]


async def test_the_same_is_seen_over_server_sent_events(house: House) -> None:
    gathering = await an_open_event(house, "Ann")
    [ann] = gathering.people
    body = {"query": MY_REGISTRATION, "variables": {"e": gathering.event_id}}
    headers = {
        "host": gathering.network.hosts[0],
        "accept": "text/event-stream",
        "authorization": f"Bearer {ann.client.token}",
    }
    async with (
        httpx.AsyncClient(trust_env=False, timeout=10) as http,
        http.stream("POST", f"http://127.0.0.1:{house.port}/graphql", json=body, headers=headers) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        data = (json.loads(line[6:])["data"] async for line in response.aiter_lines() if line.startswith("data: {"))
        assert registration(await anext(data)) == ("CONFIRMED", None)
        await ann.client.do(
            "cancelRegistration", "registration { state }", registrationId=gathering.registrations[ann.id]
        )
        assert registration(await anext(data)) == ("CANCELLED", None)


async def test_g5_a_subscription_ends_when_its_token_expires(house: House) -> None:
    """G5: a subscription ends within 5 s when its token expires."""
    gathering = await an_open_event(house, "Ann")
    [ann] = gathering.people
    token = house.token(gathering.network, ann.account, Role.MEMBER, lifetime=timedelta(seconds=2))
    client = house.client(gathering.network, token)
    async with client.subscribe(MY_REGISTRATION, e=gathering.event_id) as live:
        await live.next()
        last = await live.message()
        assert last["payload"]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert (await live.message())["type"] == "complete"


async def test_g5_a_subscription_ends_when_a_role_of_its_token_is_taken(house: House) -> None:
    """G5: a subscription ends within 5 s when its role is taken; another's, and a role more, end nothing."""
    gathering = await an_open_event(house, "Ann")
    [olga, other] = await house.people(gathering.network, "Olga", "Otto", roles=frozenset({Role.ORGANISER}))
    [owner] = await house.people(gathering.network, "Wim", roles=frozenset({Role.OWNER}))

    async def give(account: str, *roles: str) -> None:
        await owner.client.do("changeRoles", "member { id }", accountId=account, roles=roles, staff=False)

    async with olga.client.subscribe(MY_REGISTRATION, e=gathering.event_id) as live:
        await live.next()
        await give(other.id, "MEMBER")
        await give(olga.id, "ORGANISER", "MODERATOR")
        with pytest.raises(TimeoutError):
            await live.message(patience=1)
        await give(olga.id, "MEMBER")
        last = await live.message(patience=5)
        assert last["payload"]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert (await live.message())["type"] == "complete"


async def test_a_subscription_needs_a_token(house: House) -> None:
    gathering = await an_open_event(house)
    async with house.client(gathering.network).subscribe(MY_GROUP, e=gathering.event_id) as live:
        refused = await live.message()
        assert refused["payload"]["errors"][0]["message"] == "Meld u aan."


async def closed_with(house: House, *messages: Json) -> int | None:
    """The code with which a WebSocket is closed after these messages."""
    client = house.client(await house.network())
    async with client.socket() as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await socket.recv()
        return closed.value.rcvd.code if closed.value.rcvd else None


INIT = {"type": "connection_init"}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "connection_init", "payload": {"authorization": "Bearer nonsense"}}], 4401),
        ([{"type": "connection_init", "payload": {"Authorization": "nonsense"}}], 4401),
        ([{"id": "1", "type": "subscribe", "payload": {"query": "{ me { name } }"}}], 4401),
        ([INIT, INIT], 4429),
        ([INIT, *[{"id": "1", "type": "subscribe", "payload": {"query": "{ network { name } }"}}] * 2], 4409),
        ([{"type": "connection_init", "payload": 7}], 4400),
        ([{"type": "nonsense"}], 4400),
        ([[INIT]], 4400),
        (["connection_init"], 4400),
        ([{"type": ["ping"]}], 4400),
        ([INIT, {"id": "1", "type": "subscribe"}], 4400),
        ([INIT, {"id": "1", "type": "subscribe", "payload": ["{ network { name } }"]}], 4400),
        ([INIT, {"id": "1", "type": "subscribe", "payload": {"query": 1}}], 4400),
        ([INIT, {"id": ["1"], "type": "subscribe", "payload": {"query": "{ network { name } }"}}], 4400),
        ([INIT, {"id": "1", "type": "subscribe", "payload": {"query": "{ x }", "variables": [1]}}], 4400),
        ([INIT, {"id": ["1"], "type": "complete"}], 4400),
    ],
)
async def test_g4_a_websocket_that_breaks_the_protocol_is_closed_with_its_code(
    house: House, messages: list[Any], code: int
) -> None:
    """G4: no init or bad token 4401; second init 4429; duplicate id 4409."""
    assert await closed_with(house, *messages) == code


async def test_a2_a_token_of_another_network_does_not_open_a_websocket(house: House) -> None:
    """A2: a token for network A used on B is refused, on a WebSocket too."""
    [ann] = await house.people(await house.network(), "Ann")
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {ann.client.token}"}}
    assert await closed_with(house, init) == 4401


@pytest.mark.parametrize(("origin", "admitted"), [("own", True), ("https://evil.example", False), ("null", False)])
async def test_g4_a_page_of_another_origin_opens_no_websocket(house: House, origin: str, admitted: bool) -> None:
    """G4: a foreign Origin 403."""
    client = house.client(await house.network())
    named = f"http://{client.host}:{house.port}" if origin == "own" else origin
    if admitted:
        async with client.socket(origin=named) as socket:
            await socket.send(json.dumps(INIT))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
        return
    with pytest.raises(InvalidStatus) as refused:
        async with client.socket(origin=named):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_a_configured_origin_may_open_a_websocket(house: House) -> None:
    client = house.client(await house.network())
    async with (
        house.gateway(allowed_origins=("https://members.example",)) as port,
        client.at(port).socket(origin="https://members.example") as socket,
    ):
        await socket.send(json.dumps(INIT))
        assert json.loads(await socket.recv())["type"] == "connection_ack"


async def test_a_websocket_at_an_unknown_host_is_refused(house: House) -> None:
    client = house.client(await house.network(), port=house.port)
    with pytest.raises(InvalidStatus) as refused:
        async with type(client)("nobody.localhost", house.port).socket():
            pass
    assert refused.value.response.status_code == 404


async def test_subscribers_are_told_when_a_gateway_goes_away(house: House) -> None:
    gathering = await an_open_event(house, "Ann")
    [ann] = gathering.people
    async with AsyncExitStack() as opened:
        async with house.gateway() as port:
            live = await opened.enter_async_context(
                ann.client.at(port).subscribe(MY_REGISTRATION, e=gathering.event_id)
            )
            await live.next()
        with pytest.raises(ConnectionClosed) as closed:
            await live.message()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1001


TOO_DEEP = (
    "query { events { edges { node { breakout { event "
    + "{ breakout { event " * 6
    + "{ id }"
    + " } }" * 6
    + " } } } } }"
)
TOO_LONG = "query { network { " + "name " * 2001 + "} }"


@pytest.mark.parametrize(("document", "limit"), [(TOO_DEEP, "depth"), (TOO_LONG, "token")])
@pytest.mark.parametrize("way", ["http", "websocket", "sse"])
async def test_g2_a_document_over_a_limit_is_refused_on_every_way(
    house: House, document: str, limit: str, way: str
) -> None:
    """G2: limits hold on HTTP, WebSocket and SSE alike."""
    client = house.client(await house.network())
    if way == "http":
        answer = (await client.post({"query": document})).text
    elif way == "sse":
        answer = (await client.post({"query": document}, accept="text/event-stream")).text
    else:
        async with client.socket() as socket:
            await socket.send(json.dumps(INIT))
            await socket.recv()
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": document}}))
            try:
                answer = str(await socket.recv())
            except ConnectionClosed as closed:
                answer = closed.rcvd.reason if closed.rcvd else ""
    assert limit in answer
    assert "name" not in answer
