"""What of an error gets out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from ontmoet.membership.v1.network_pb2 import GetNetworkRequest, Network

from services.common.identity.keys import FixedKeys
from services.common.identity.tokens import Verifier
from services.common.messaging.bus import Bus
from services.common.messaging.jetstream import NatsClient
from services.common.messaging.live import Live
from services.common.refusals import Busy, Invalid
from services.common.rpc.channel import open_channel
from services.gateway.adapters.networks import NetworkDirectory
from services.gateway.adapters.services import Services
from services.gateway.api.address import Addressing
from services.gateway.api.context import Context, Surroundings
from services.gateway.api.extensions import Errors
from services.gateway.api.messages import Messages
from services.gateway.api.schema import Schema
from services.gateway.api.websockets import WebSockets

DSN = "postgresql://events_service:hunter2@db/events"


@strawberry.type
class Query:
    @strawberry.field
    async def broken(self) -> str:
        raise RuntimeError(f"cannot connect to {DSN}")

    @strawberry.field
    async def missing(self) -> str:
        return None  # pyright: ignore[reportReturnType] - what a resolver with a mistake does

    @strawberry.field
    async def busy(self) -> str:
        raise Busy

    @strawberry.field
    async def invalid(self, first_name: str) -> str:
        raise Invalid("first_name", f"{first_name} is too long.", rule="too_long", limit="3")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def broken(self) -> AsyncIterator[str]:
        yield "fine so far"
        raise RuntimeError(f"cannot connect to {DSN}")


SCHEMA = Schema(query=Query, subscription=Subscription, extensions=[Errors])
NETWORK = Network(id="018f0000-0000-7000-8000-000000000001", languages=["nl-BE"])


@pytest.fixture
async def context() -> AsyncIterator[Context]:
    async with open_channel("127.0.0.1:1", identity=None) as nowhere:
        services = Services.over(membership=nowhere, events=nowhere, matching=nowhere)
        directory = NetworkDirectory(services)
        surroundings = Surroundings(
            services=services,
            directory=directory,
            addressing=Addressing(directory.find, "ontmoet.example"),
            verifier=Verifier(FixedKeys(()), FixedKeys(())),
            live=Live(Bus(NatsClient(), asyncio.create_task(asyncio.sleep(0))), ()),
            messages=Messages.load(),
            websockets=WebSockets(),
        )
        yield Context(surroundings, NETWORK, language="nl-BE", client_address="203.0.113.7")


async def errors_of(context: Context, document: str) -> list[Any]:
    result = await SCHEMA.execute(document, context_value=context)
    return [error.formatted for error in result.errors or []]


@pytest.mark.parametrize("field", ["broken", "missing"])
async def test_g6_what_nobody_expected_says_nothing_of_what_it_was(context: Context, field: str) -> None:
    """G6: no resolver error's text gets out."""
    [error] = await errors_of(context, f"{{ {field} }}")
    assert error["message"] == "Er liep aan onze kant iets mis. Probeer het opnieuw."
    assert error["extensions"] == {"code": "UNEXPECTED"}
    assert error["path"] == [field]
    assert "hunter2" not in json.dumps(error)


async def test_g6_a_subscription_that_breaks_says_nothing_of_what_it_was(context: Context) -> None:
    """G6: no resolver error's text gets out, of a stream neither."""
    results = [result async for result in await SCHEMA.subscribe("subscription { broken }", context_value=context)]
    assert results[0].data == {"broken": "fine so far"}
    assert "hunter2" not in str(results)
    assert [error.message for error in results[1].errors or []] == [
        "Er liep aan onze kant iets mis. Probeer het opnieuw."
    ]


async def test_a_refusal_is_said_in_the_callers_language_with_its_code_and_field(context: Context) -> None:
    [busy] = await errors_of(context, "{ busy }")
    assert (busy["message"], busy["extensions"]) == ("Het is nu druk. Probeer het opnieuw.", {"code": "BUSY"})
    [invalid] = await errors_of(context, '{ invalid(firstName: "Maximiliaan") }')
    assert invalid["message"] == "Hier passen hoogstens 3 tekens."
    assert invalid["extensions"] == {"code": "INVALID_ARGUMENT", "field": "firstName"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ nope }", "Cannot query field 'nope' on type 'Query'."),
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("{ invalid }", "Argument 'Query.invalid(firstName:)' of type 'String!' is required, but it was not provided."),
    ],
)
async def test_g6_errors_of_the_document_come_through(context: Context, document: str, message: str) -> None:
    """G6: validation errors do, with a lead in the caller's language, which English needs none of."""
    [error] = await errors_of(context, document)
    assert error["message"] == f"Dit verzoek past niet bij het schema: {message}"
    assert error["extensions"] == {"code": "INVALID_ARGUMENT"}
    context.language = "en"
    assert [error["message"] for error in await errors_of(context, document)] == [message]


async def test_a_service_that_is_away_is_a_refusal(context: Context) -> None:
    with pytest.raises(Busy):
        await context.calls.call_as_gateway(context.calls.services.networks.GetNetwork, GetNetworkRequest())
