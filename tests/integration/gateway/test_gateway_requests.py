"""Requests to the gateway: whose network, whose token, what form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.common.caller import Role
from tests.support.gatherings import an_open_event
from tests.support.graphql import Client
from tests.support.house import House

ME = {"query": "{ me { name } }"}


def code_of(response: httpx.Response) -> Any:
    return response.json()["errors"][0]["extensions"]["code"]


async def test_a_network_is_shown_at_its_own_host_name_without_a_token(house: House) -> None:
    network = await house.network(name="Leisure Lab")
    data = await house.client(network).ask("{ network { name slug hosts } me { name } }")
    assert data == {
        "network": {"name": "Leisure Lab", "slug": network.slug, "hosts": list(network.hosts)},
        "me": None,
    }


async def test_a_plain_host_with_the_header_stands_for_the_named_network(house: House) -> None:
    network = await house.network()
    for named in (network.slug, str(network.id)):
        client = Client("localhost", house.port).with_headers(ontmoet_network=named)
        assert (await client.ask("{ network { slug } }"))["network"]["slug"] == network.slug


async def test_an_unknown_host_is_refused_in_the_callers_language(house: House) -> None:
    client = Client("nobody.localhost", house.port)
    response = await client.post(ME, accept_language="fr-BE")
    assert response.status_code == 404
    assert response.json()["errors"] == [
        {
            "message": "Aucun réseau ne répond à cette adresse. Vérifiez comment elle s'écrit.",
            "extensions": {"code": "NETWORK_UNKNOWN"},
        }
    ]


async def test_a2_a_token_of_another_network_is_refused_by_host_and_by_header(house: House) -> None:
    """A2: a token for network A used on B by host or header is refused."""
    ours, theirs = await house.network(), await house.network()
    [person] = await house.people(theirs, "Ann")
    token = person.client.token
    assert (await person.client.ask("{ me { name } }"))["me"] == {"name": "Ann"}
    for client in (
        house.client(ours, token),
        Client("localhost", house.port, token).with_headers(ontmoet_network=ours.slug),
        house.client(theirs, token).with_headers(ontmoet_network=ours.slug),
        house.client(ours, token).with_headers(ontmoet_network=theirs.slug),
    ):
        response = await client.post(ME)
        assert code_of(response) in ("UNAUTHENTICATED", "NETWORK_CONTRADICTED")
        assert "Ann" not in response.text


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic YTpi", "Bearer a.b.c"])
async def test_a_malformed_token_is_refused_at_the_door(house: House, authorization: str) -> None:
    response = await house.client(await house.network()).post(ME, authorization=authorization)
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
    assert response.json()["errors"][0]["message"] == "Meld u aan."


async def test_an_expired_token_is_refused_at_the_door(house: House) -> None:
    network = await house.network()
    [person] = await house.people(network, "Ann")
    token = house.token(network, person.account, Role.MEMBER, lifetime=timedelta(minutes=-5))
    response = await house.client(network, token).post(ME)
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")


async def test_a_field_that_needs_a_token_says_so_without_one(house: House) -> None:
    answer = await house.client(await house.network()).execute("{ events { edges { cursor } } }")
    assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert answer["errors"][0]["message"] == "Meld u aan."


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", "query={me{name}}", 415),
        ("text/plain", '{"query": "{ me { name } }"}', 415),
        ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="query"', 415),
        ("application/json", '[{"query": "{ me { name } }"}]', 400),
        ("application/json", "{", 400),
    ],
)
async def test_g3_only_one_operation_as_json_is_taken(house: House, content_type: str, body: str, status: int) -> None:
    """G3: no form, no multipart, no batch."""
    network = await house.network()
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{house.port}/graphql"
        headers = {"host": network.hosts[0], "content-type": content_type}
        response = await http.post(url, content=body, headers=headers)
    assert response.status_code == status


async def test_g3_nothing_is_done_by_get(house: House) -> None:
    """G3: no GET mutation."""
    network = await house.network()
    document = 'mutation { signOut(input: {refreshToken: "x"}) { signedOut } }'
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{house.port}/graphql"
        response = await http.get(url, params={"query": document}, headers={"host": network.hosts[0]})
    assert response.status_code == 405
    assert "data" not in response.text


async def test_a_subscription_that_is_posted_is_told_how_it_is_followed(house: House) -> None:
    client = house.client(await house.network())
    document = {"query": 'subscription S { breakout(eventId: "x") { breakout { id } } }'}
    response = await client.post(document)
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "message": "Een subscription volgt u over een WebSocket, of als text/event-stream.",
            "extensions": {"code": "INVALID_ARGUMENT"},
        }
    ]


async def test_g7_a_body_over_1_mb_is_413_whether_its_length_was_announced_or_not(house: House) -> None:
    """G7: a body over 1 MB: 413."""
    network = await house.network()
    headers = {"host": network.hosts[0], "content-type": "application/json"}
    url = f"http://127.0.0.1:{house.port}/graphql"

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(url, content=b" " * 1_000_001, headers=headers)).status_code == 413
        assert (await http.post(url, content=chunks(), headers=headers)).status_code == 413
        below = b'{"query": "{ __typename }"}'.ljust(1_000_000)
        assert (await http.post(url, content=below, headers=headers)).status_code == 200


async def test_g6_validation_errors_come_through_and_name_no_field_that_was_not_asked_for(house: House) -> None:
    """G6: validation errors do get out."""
    answer = await house.client(await house.network()).execute("{ networ { name } }")
    said = answer["errors"][0]["message"]
    assert said == "Dit verzoek past niet bij het schema: Cannot query field 'networ' on type 'Query'."


async def test_an_unreadable_value_of_a_variable_is_named(house: House) -> None:
    client = house.client(await house.network())
    answer = await client.execute("query ($d: DateTime) { events(endsAfter: $d) { edges { cursor } } }", d="gisteren")
    assert "'$d'" in answer["errors"][0]["message"]


async def test_refusals_are_data_in_the_callers_language(house: House) -> None:
    gathering = await an_open_event(house, "Ann")
    [ann] = gathering.people
    client = ann.client.with_headers(accept_language="fr")
    payload = await client.change("changeCapacity", "event { id }", eventId=gathering.event_id, capacity=3)
    assert payload == {
        "event": None,
        "errors": [{"code": "PERMISSION_DENIED", "field": None, "message": "Vos rôles ne vous y autorisent pas."}],
    }
    payload = await client.change("register", "registration { id }", eventId="garbage")
    assert payload["errors"][0]["code"] == "INVALID_ARGUMENT"
    assert payload["errors"][0]["field"] == "eventId"


async def test_an_idempotency_key_reaches_the_service_and_holds_for_one_body(house: House) -> None:
    gathering = await an_open_event(house)
    client = gathering.organiser.client.with_headers(idempotency_key="once")
    values = {"mode": "ONLINE", "startsAtLocal": "2030-01-11T09:00", "durationSeconds": 3600, "capacity": 5}
    first = await client.do("createEvent", "event { id }", title="Borrel", **values)
    assert await client.do("createEvent", "event { id }", title="Borrel", **values) == first
    other = await client.change("createEvent", "event { id }", title="Diner", **values)
    assert other["errors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_two_mutations_in_one_document_have_a_key_each(house: House) -> None:
    gathering = await an_open_event(house)
    client = gathering.organiser.client.with_headers(idempotency_key="two at once")
    made = 'mode: ONLINE, startsAtLocal: "2030-01-11T09:00", durationSeconds: 3600, capacity: 5'
    document = f"""mutation {{
      a: createEvent(input: {{title: "A", {made}}}) {{ event {{ id title }} errors {{ code }} }}
      b: createEvent(input: {{title: "B", {made}}}) {{ event {{ id title }} errors {{ code }} }} }}"""
    first = await client.ask(document)
    assert [first[name]["event"]["title"] for name in "ab"] == ["A", "B"]
    assert await client.ask(document) == first


async def test_node_finds_what_is_in_the_network_and_nothing_else(house: House) -> None:
    gathering = await an_open_event(house, "Ann")
    [ann] = gathering.people
    query = "query ($id: ID!) { node(id: $id) { __typename id } }"
    for id_, type_name in (
        (gathering.event_id, "Event"),
        (ann.id, "Member"),
        (gathering.registrations[ann.id], "Registration"),
        (Client.global_id("Network", gathering.network.id), "Network"),
    ):
        assert await ann.client.ask(query, id=id_) == {"node": {"__typename": type_name, "id": id_}}
    stranger = (await an_open_event(house, "Bo")).people[0]
    for id_ in (gathering.event_id, ann.id, gathering.registrations[ann.id]):
        assert await stranger.client.ask(query, id=id_) == {"node": None}


async def test_the_public_keys_and_the_probes_answer(house: House) -> None:
    async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{house.port}") as http:
        keys = (await http.get("/.well-known/jwks.json")).json()["keys"]
        assert keys
        assert all("d" not in key for key in keys)
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 200


async def test_people_sign_in_with_the_code_that_the_mail_brought(house: House) -> None:
    network = await house.network()
    [ann] = await house.people(network, "Ann")
    client = house.client(network)
    asked = await client.do("requestCode", "expiresAt", email=ann.email)
    assert asked["expiresAt"]
    code = await house.code_to(ann.email)
    payload = await client.do(
        "redeemCode", "tokens { accessToken refreshToken accountId } choices { name }", email=ann.email, code=code
    )
    tokens = payload["tokens"]
    assert tokens["accountId"] == ann.id
    assert (await house.client(network, tokens["accessToken"]).ask("{ me { name } }"))["me"] == {"name": "Ann"}
    renewed = await client.do("refreshTokens", "tokens { refreshToken }", refreshToken=tokens["refreshToken"])
    await client.do("signOut", "signedOut", refreshToken=renewed["tokens"]["refreshToken"])
    wrong = await client.change("redeemCode", "tokens { accountId }", email=ann.email, code=code)
    assert wrong["errors"] == [
        {"code": "CODE_INVALID", "field": None, "message": "Deze code klopt niet of is verlopen. Vraag een nieuwe aan."}
    ]


async def test_in_production_there_is_neither_mail_nor_graphiql(house: House) -> None:
    network = await house.network()
    async with house.gateway(environment="production") as port, httpx.AsyncClient(trust_env=False) as http:
        for where, allowed in ((house.port, 200), (port, 404)):
            base, headers = f"http://127.0.0.1:{where}", {"host": network.hosts[0], "accept": "text/html"}
            assert (await http.get(f"{base}/dev/mail", headers=headers)).status_code == allowed
            assert (await http.get(f"{base}/graphql", headers=headers)).status_code == allowed
