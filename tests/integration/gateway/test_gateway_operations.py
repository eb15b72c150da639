"""Which operation of a document is executed: the one that is named, or the only one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.graphql import Client, Json
from tests.support.house import House

TWO = "query A { a: __typename } query B { b: __typename }"
SUBSCRIPTION_FIRST = 'subscription S { breakout(eventId: "x") { breakout { id } } } query B { b: __typename }'
NAMELESS = "Must provide operation name if query contains multiple operations."
UNKNOWN = "Unknown operation named 'C'."
NONE = "Must provide an operation."
UNCLEAR: list[tuple[Json, str]] = [
    ({"query": TWO}, NAMELESS),
    ({"query": TWO, "operationName": None}, NAMELESS),
    ({"query": TWO, "operationName": "C"}, UNKNOWN),
    ({"query": SUBSCRIPTION_FIRST}, NAMELESS),
    ({"query": "fragment F on Query { __typename }"}, NONE),
]


async def english(house: House) -> Client:
    return house.client(await house.network(languages=("en",)))


def error(message: str) -> list[Json]:
    return [{"message": message, "extensions": {"code": "INVALID_ARGUMENT"}}]


async def over_a_websocket(client: Client, operation: Json) -> Any:
    """The first message for the operation."""
    async with client.socket() as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": operation}))
        return json.loads(await socket.recv())


@pytest.mark.parametrize(("operation", "message"), UNCLEAR)
async def test_g1_an_operation_that_is_not_clear_is_refused_over_http(
    house: House, operation: Json, message: str
) -> None:
    """G1: the operation cannot be determined: a request error."""
    answer = await (await english(house)).post(operation)
    assert answer.status_code == 200
    assert answer.json()["errors"] == error(message)
    assert not answer.json().get("data")


@pytest.mark.parametrize(("operation", "message"), UNCLEAR)
async def test_g1_an_operation_that_is_not_clear_is_refused_in_a_stream(
    house: House, operation: Json, message: str
) -> None:
    answer = await (await english(house)).post(operation, accept="text/event-stream")
    [sent] = [json.loads(line.removeprefix("data:")) for line in answer.text.splitlines() if "errors" in line]
    assert sent["errors"] == error(message)


@pytest.mark.parametrize(("operation", "message"), UNCLEAR)
async def test_g4_an_operation_that_is_not_clear_is_refused_over_a_websocket(
    house: House, operation: Json, message: str
) -> None:
    """G4: it gets an error and the socket stays open for others."""
    sent = await over_a_websocket(await english(house), operation)
    assert sent == {"id": "1", "type": "error", "payload": error(message)}


@pytest.mark.parametrize("name", ["A", "B"])
async def test_the_operation_that_is_named_is_executed(house: House, name: str) -> None:
    client = await english(house)
    operation = {"query": TWO, "operationName": name}
    expected = {"data": {name.lower(): "Query"}}
    assert (await client.post(operation)).json() == expected
    assert (await over_a_websocket(client, operation))["payload"] == expected


async def test_an_operation_that_may_not_be_posted_does_not_keep_its_neighbour_from_it(house: House) -> None:
    answer = await (await english(house)).post({"query": SUBSCRIPTION_FIRST, "operationName": "B"})
    assert answer.json() == {"data": {"b": "Query"}}
