"""A screen of the demo that goes dark says why."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve

from deploy.local.demo.client import Address, Client, DemoError

STATE = {"id": "1", "type": "next", "payload": {"data": {"myGroup": {"group": None}}}}
BUSY = {"message": "Het is nu druk.", "extensions": {"code": "BUSY"}}


@asynccontextmanager
async def a_screen_of(*messages: dict[str, Any]) -> AsyncGenerator[Client]:
    """A client of a gateway that sends these messages and goes away."""

    async def gateway(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps({"type": "connection_ack"}))
        await socket.recv()
        for message in messages:
            await socket.send(json.dumps(message))

    async with serve(gateway, "127.0.0.1", 0) as server, httpx.AsyncClient() as http:
        port = next(iter(server.sockets)).getsockname()[1]
        yield Client(Address("voka.localhost", port), http, "token")


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ({"id": "1", "type": "next", "payload": {"data": None, "errors": [BUSY]}}, "BUSY"),
        ({"id": "1", "type": "error", "payload": [BUSY]}, "BUSY"),
        ({"id": "1", "type": "complete"}, "complete"),
        (None, "cut off"),
    ],
)
async def test_a_subscription_that_ends_is_told_to_whoever_looks_on(last: dict[str, Any] | None, said: str):
    messages = [STATE, last] if last else [STATE]
    async with a_screen_of(*messages) as client, client.watch("subscription { myGroup { group { id } } }") as screen:
        assert await screen.look() == {"myGroup": {"group": None}}
        with pytest.raises(DemoError, match=said):
            await screen.look()
