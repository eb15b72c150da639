"""A GraphQL client as a tenant's frontend has one: HTTP for questions and changes, a WebSocket for what is live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import websockets

Json = dict[str, Any]

ACKNOWLEDGED_WITHIN = 30.0
"""Seconds that a subscription may take to be taken on."""


class DemoError(Exception):
    """The system answered with something the play cannot go on with."""


@dataclass(frozen=True)
class Address:
    """Where one network is served: the host name that it is known by, and the machine that answers."""

    host: str
    port: int
    machine: str = "127.0.0.1"

    @property
    def base(self) -> str:
        return f"http://{self.machine}:{self.port}"

    @property
    def host_header(self) -> str:
        return f"{self.host}:{self.port}"


class Screen:
    """What one subscription shows, in order."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Json | DemoError] = asyncio.Queue()

    def show(self, news: Json | DemoError) -> None:
        """Puts it behind what was not looked at yet."""
        self._waiting.put_nowait(news)

    async def look(self) -> Json:
        """What came next; raises DemoError when the subscription ended instead."""
        news = await self._waiting.get()
        if isinstance(news, DemoError):
            raise news
        return news

    @property
    def seen(self) -> bool:
        """Whether everything that came was looked at."""
        return self._waiting.empty()


class Client:
    """One person's connection to their network. `http` may be shared by many."""

    def __init__(self, address: Address, http: httpx.AsyncClient, token: str | None = None) -> None:
        self.address = address
        self.http = http
        self.token = token

    async def ask(self, document: str, **variables: object) -> Json:
        """Answer a query's data. Errors of the transport or of GraphQL end the play."""
        headers = {"Host": self.address.host_header}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if document.lstrip().startswith("mutation"):
            headers["Idempotency-Key"] = str(uuid4())
        answer = await self.http.post(
            f"{self.address.base}/graphql", json={"query": document, "variables": variables}, headers=headers
        )
        body: Json = answer.json()
        if answer.status_code != 200 or body.get("errors"):
            raise DemoError(f"{answer.status_code}: {json.dumps(body.get('errors', body))[:400]}")
        return body["data"]

    async def change(self, name: str, selection: str, **values: object) -> Json:
        """Call the mutation `name` with its input, and answer its payload. A refusal ends the play."""
        type_name = name[0].upper() + name[1:] + "Input"
        call = f"{name}(input: $input) {{ {selection} errors {{ code field message }} }}"
        document = f"mutation {name}($input: {type_name}!) {{ {call} }}"
        payload: Json = (await self.ask(document, input=values))[name]
        if payload["errors"]:
            raise DemoError(f"{name} was refused: {payload['errors']}")
        return payload

    @asynccontextmanager
    async def watch(self, document: str, **variables: object) -> AsyncGenerator[Screen]:
        """Subscribe over graphql-transport-ws; what arrives is on the screen, the present state first."""
        uri = f"ws://{self.address.host_header}/graphql"
        screen = Screen()
        async with websockets.connect(
            uri,
            host=self.address.machine,
            port=self.address.port,
            subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
        ) as socket:
            await socket.send(
                json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}})
            )
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                if json.loads(await socket.recv())["type"] != "connection_ack":
                    raise DemoError("the subscription was not acknowledged")
            payload = {"query": document, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            reader = asyncio.create_task(_read(socket, screen))
            try:
                yield screen
            finally:
                reader.cancel()


async def _read(socket: websockets.ClientConnection, screen: Screen) -> None:
    with suppress(websockets.ConnectionClosedError):
        async for text in socket:
            message: Json = json.loads(text)
            if message["type"] == "ping":
                await socket.send(json.dumps({"type": "pong"}))
            elif message["type"] == "next" and not message["payload"].get("errors"):
                screen.show(message["payload"]["data"])
            else:
                screen.show(DemoError(f"a subscription ended: {message}"))
                return
    screen.show(DemoError("a subscription was cut off"))
