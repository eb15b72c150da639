"""GraphQL as a frontend speaks it: POST for questions and changes, graphql-transport-ws and SSE for what is live."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import websockets
from websockets.asyncio.client import ClientConnection

Json = dict[str, Any]
PATIENCE = 10.0


class Subscription:
    """One operation on a WebSocket; what arrives is taken in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def message(self, patience: float = PATIENCE) -> Json:
        """The next message for it."""
        async with asyncio.timeout(patience):
            while True:
                message: Json = json.loads(await self._socket.recv())
                if message["type"] != "ping":
                    return message
                await self._socket.send(json.dumps({"type": "pong"}))

    async def next(self, patience: float = PATIENCE) -> Json:
        """The data of the next result."""
        message = await self.message(patience)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]


@dataclass(frozen=True)
class Client:
    """Somebody's connection to their network at one gateway."""

    host: str
    port: int
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])

    @staticmethod
    def global_id(type_name: str, uuid: UUID | str) -> str:
        """The id as GraphQL writes it."""
        return base64.b64encode(f"{type_name}:{uuid}".encode()).decode()

    def at(self, port: int) -> Client:
        """The same person at another gateway."""
        return Client(self.host, port, self.token, self.headers)

    def with_headers(self, **headers: str) -> Client:
        """The same person, with further headers; underscores stand for hyphens."""
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(self.host, self.port, self.token, {**self.headers, **added})

    async def post(self, body: object, **headers: str) -> httpx.Response:
        """Post JSON, and answer whatever comes."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            given = {**self._headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
            return await http.post(f"http://127.0.0.1:{self.port}/graphql", json=body, headers=given)

    async def execute(self, document: str, **variables: object) -> Json:
        """The whole answer, errors and all."""
        response = await self.post({"query": document, "variables": variables})
        return response.json()

    async def ask(self, document: str, **variables: object) -> Json:
        """The data; errors fail the test."""
        answer = await self.execute(document, **variables)
        assert not answer.get("errors"), answer
        return answer["data"]

    async def change(self, name: str, selection: str, /, **values: object) -> Json:
        """A mutation's payload, refusals included."""
        type_name = name[0].upper() + name[1:] + "Input"
        payload = f"{selection} errors {{ code field message }}"
        document = f"mutation ($input: {type_name}!) {{ {name}(input: $input) {{ {payload} }} }}"
        return (await self.ask(document, input=values))[name]

    async def do(self, name: str, selection: str, /, **values: object) -> Json:
        """A mutation's payload; a refusal fails the test."""
        payload = await self.change(name, selection, **values)
        assert not payload["errors"], payload
        return payload

    @asynccontextmanager
    async def socket(self, *, origin: str | None = None) -> AsyncGenerator[ClientConnection]:
        """A WebSocket at the network's host name, before `connection_init`."""
        async with websockets.connect(
            f"ws://{self.host}:{self.port}/graphql",
            host="127.0.0.1",
            port=self.port,
            proxy=None,
            origin=websockets.Origin(origin) if origin else None,
            subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
            additional_headers=self.headers,
        ) as socket:
            yield socket

    @asynccontextmanager
    async def subscribe(self, document: str, **variables: object) -> AsyncGenerator[Subscription]:
        """A subscription over a WebSocket of its own, signed in by `connection_init`."""
        async with self.socket() as socket:
            payload = {"authorization": f"Bearer {self.token}"} if self.token else {}
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            acknowledged = json.loads(await socket.recv())
            assert acknowledged["type"] == "connection_ack", acknowledged
            subscribe = {"query": document, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": subscribe}))
            yield Subscription(socket)

    def _headers(self) -> dict[str, str]:
        headers = {"Host": f"{self.host}:{self.port}", **self.headers}
        return {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers
