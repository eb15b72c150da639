"""G1: what the specification of GraphQL over HTTP asks of a server, in both of its media types.

The ids are those of the audits in the npm package graphql-http.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.gatherings import Gathering, an_open_event
from tests.support.graphql import Json
from tests.support.house import House

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
BOTH = pytest.mark.parametrize("accept", [JSON, GRAPHQL])

TYPE = {"query": "query T($n: String!) { __type(name: $n) { name } }", "variables": {"n": "Event"}}
NAMED = {"query": "query Q { __typename }", "operationName": "Q"}
PLAIN = {"query": "{ __typename }"}
OF_ANOTHER_KIND: dict[str, list[Any]] = {
    "query": [{"obj": "ect"}, 0, False, ["array"], None],
    "operationName": [{"obj": "ect"}, 0, False, ["array"]],
    "variables": ["string", 0, False, ["array"]],
    "extensions": ["string", 0, False, ["array"]],
}


@pytest.fixture(scope="module")
async def gathering(house: House) -> Gathering:
    return await an_open_event(house)


async def asked(house: House, gathering: Gathering, content: bytes, **headers: str) -> httpx.Response:
    """The answer to a body as it stands, with these headers and no others of our choice."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        for name in ("accept", "user-agent"):
            del http.headers[name]
        url = f"http://127.0.0.1:{house.port}/graphql"
        host = {"host": gathering.network.hosts[0]}
        token = {"authorization": f"Bearer {gathering.organiser.client.token}"}
        return await http.post(url, content=content, headers={**host, **token, **named})


async def posted(house: House, gathering: Gathering, body: object, **headers: str) -> httpx.Response:
    content = json.dumps(body, ensure_ascii=False).encode()
    return await asked(house, gathering, content, **{"content_type": JSON, **headers})


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PLAIN, id="34A2 13EE 03D4 2C94 78D5"),
        pytest.param(NAMED, id="8161 B8B3"),
        pytest.param({**PLAIN, "variables": None}, id="94B0 0220"),
        pytest.param({**PLAIN, "operationName": None}, id="94B1 0221"),
        pytest.param({**PLAIN, "extensions": None}, id="94B2 0222"),
        pytest.param(TYPE, id="2EA1 28B9"),
        pytest.param({**PLAIN, "extensions": {"some": "value"}}, id="428F 1B7A"),
        pytest.param({"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}, id="BF61"),
    ],
)
async def test_a_request_of_the_right_form_is_answered_with_200(
    house: House, gathering: Gathering, body: Json, accept: str
) -> None:
    answer = await posted(house, gathering, body, accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{accept}; charset=utf-8")
    assert "errors" not in json.loads(answer.content.decode("utf-8"))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        pytest.param(GRAPHQL, GRAPHQL, id="22EB"),
        pytest.param(JSON, JSON, id="4655"),
        pytest.param("*/*", JSON, id="47DE"),
        pytest.param(None, JSON, id="80D8"),
        ("application/*", JSON),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{JSON};q=0.1, */*;q=0.2", GRAPHQL),
        ("Application/GraphQL-Response+JSON", GRAPHQL),
        ("text/html, */*;q=0.1", JSON),
    ],
)
async def test_the_answer_is_of_the_media_type_that_is_liked_best(
    house: House, gathering: Gathering, accept: str | None, media_type: str
) -> None:
    for token in ("", "Bearer nonsense"):
        headers = {name: value for name, value in (("accept", accept), ("authorization", token)) if value}
        answer = await posted(house, gathering, PLAIN, **headers)
        assert answer.status_code == (401 if token else 200)
        assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", "application/xml, image/*"])
async def test_who_takes_no_media_type_of_ours_is_told_which_there_are(
    house: House, gathering: Gathering, accept: str
) -> None:
    answer = await posted(house, gathering, PLAIN, accept=accept)
    assert answer.status_code == 406
    [error] = answer.json()["errors"]
    assert error["message"] == "We antwoorden in application/json of application/graphql-response+json."


@BOTH
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{ "not a JSON', id="B6DC BCF8 B7N8"),
        pytest.param(b"", id="A5BF"),
        pytest.param(b'{"qeury": "{ __typename }"}', id="423L 8764 3E3A"),
        *(
            pytest.param(json.dumps({**PLAIN, name: value}).encode(), id=f"LKJ 6C0 476 58B {name} {value}")
            for name, values in OF_ANOTHER_KIND.items()
            for value in values
        ),
    ],
)
async def test_a_request_of_another_form_is_400(
    house: House, gathering: Gathering, content: bytes, accept: str
) -> None:
    answer = await asked(house, gathering, content, accept=accept, content_type=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (400, f"{accept}; charset=utf-8")
    assert list(answer.json()) == ["errors"]


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 400)])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"query": "{"}, id="572B 865D 556A D586"),
        pytest.param({"query": "{ nobodyHasThisField }"}, id="FDE2 51FE 74FF 5E5B"),
        pytest.param({**TYPE, "variables": {"n": None}}, id="7B9B 86EE"),
        pytest.param({**NAMED, "operationName": "Other"}, id="unknown operation"),
        pytest.param({"query": "query A { a: __typename } query B { b: __typename }"}, id="one of two operations"),
    ],
)
async def test_a_request_error_has_no_data_and_is_400_where_a_status_may_tell_so(
    house: House, gathering: Gathering, body: Json, accept: str, status: int
) -> None:
    answer = await posted(house, gathering, body, accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (status, f"{accept}; charset=utf-8")
    assert list(answer.json()) == ["errors"]


@BOTH
@pytest.mark.parametrize("token", [True, False])
async def test_a_field_that_fails_while_executing_is_200(
    house: House, gathering: Gathering, accept: str, token: bool
) -> None:
    query = "{ events { edges { cursor } } }" if not token else '{ node(id: "garbage") { id } }'
    headers = {} if token else {"authorization": ""}
    answer = await posted(house, gathering, {"query": query}, accept=accept, **headers)
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"data", "errors"})
    assert body["errors"][0]["path"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/graphql", ""])
async def test_what_is_not_sent_as_json_is_415(house: House, gathering: Gathering, content_type: str) -> None:
    """9ABE, too: what is sent without saying as what."""
    headers = {"content_type": content_type} if content_type else {}
    answer = await asked(house, gathering, json.dumps(PLAIN).encode(), **headers)
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["message"] == "Stuur dit als application/json."


async def gotten(house: House, gathering: Gathering, method: str, accept: str, **parameters: str) -> httpx.Response:
    headers = {"host": gathering.network.hosts[0], "accept": accept}
    headers["authorization"] = f"Bearer {gathering.organiser.client.token}"
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.request(method, f"http://127.0.0.1:{house.port}/graphql", params=parameters, headers=headers)


@BOTH
@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"query": "{ __typename }"}, id="5A70"),
        pytest.param({**TYPE, "variables": json.dumps(TYPE["variables"])}, id="D6D5"),
        pytest.param({"query": "{ __typename }", "extensions": '{"some": "value"}'}, id="6A70"),
        pytest.param(NAMED, id="with operationName"),
    ],
)
async def test_a_query_may_come_by_get(
    house: House, gathering: Gathering, parameters: dict[str, str], accept: str
) -> None:
    answer = await gotten(house, gathering, "GET", accept, **parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{accept}; charset=utf-8")
    assert answer.json()["data"] is not None


@pytest.mark.parametrize(
    "parameters",
    [{}, {"query": "{ __typename }", "variables": "{"}, {"query": "{ __typename }", "variables": "[1]"}],
)
async def test_a_get_of_another_form_is_400(house: House, gathering: Gathering, parameters: dict[str, str]) -> None:
    answer = await gotten(house, gathering, "GET", GRAPHQL, **parameters)
    assert (answer.status_code, list(answer.json())) == (400, ["errors"])


@pytest.mark.parametrize(
    ("method", "query", "allowed"),
    [
        pytest.param("GET", "mutation { __typename }", "POST", id="9C48"),
        ("PUT", "{ __typename }", "GET, POST"),
        ("DELETE", "{ __typename }", "GET, POST"),
    ],
)
async def test_nothing_is_changed_but_by_post(
    house: House, gathering: Gathering, method: str, query: str, allowed: str
) -> None:
    answer = await gotten(house, gathering, method, GRAPHQL, query=query)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert list(answer.json()) == ["errors"]


async def test_a_subscription_by_get_is_told_how_it_is_followed(house: House, gathering: Gathering) -> None:
    query = 'subscription S { breakout(eventId: "x") { breakout { id } } }'
    answer = await gotten(house, gathering, "GET", GRAPHQL, query=query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith("Een subscription volgt u")
