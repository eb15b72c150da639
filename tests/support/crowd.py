"""Many people at a network's gateway at once, each a real client: it tries again for a while, with the same key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4

import httpx

Json = dict[str, Any]
AT_ONCE = 32
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
PATIENCE = 30.0
"""Seconds after which a client gives up."""
TRY_AGAIN = {"BUSY", "IDEMPOTENCY_IN_FLIGHT"}

T = TypeVar("T")


class Crowd:
    """Everyone who talks to one gateway, over connections that they share."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.answered = 0
        """How many changes were answered."""
        self.in_flight = 0
        self.unanswered = 0
        """How many tries ended without an answer: nobody could know what became of them."""
        self.put_off = 0
        """How many tries were answered with "try again"."""
        self.longest = 0.0
        """The most seconds that a change took, all its tries together."""
        self._http = http

    async def change(self, token: str | None, name: str, selection: str, **values: object) -> Json:
        """A mutation's payload, once it is done. A refusal that is not about being busy fails the test."""
        type_name = name[0].upper() + name[1:] + "Input"
        payload = f"{selection} errors {{ code field message }}"
        document = f"mutation {name}($input: {type_name}!) {{ {name}(input: $input) {{ {payload} }} }}"
        headers = {"Idempotency-Key": str(uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
        body = {"query": document, "variables": {"input": values}}
        began, pause = monotonic(), FIRST_PAUSE
        while (answer := await self._try(name, body, headers)) is None:
            assert monotonic() - began < PATIENCE, f"{name} was tried for {PATIENCE:g} s"
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self.answered += 1
        self.longest = max(self.longest, monotonic() - began)
        return answer

    async def ask(self, token: str, document: str) -> Json:
        """A query's data."""
        response = await self._http.post(
            "/graphql", json={"query": document}, headers={"Authorization": f"Bearer {token}"}
        )
        answer: Json = response.json()
        assert not answer.get("errors"), answer
        return answer["data"]

    async def _try(self, name: str, body: Json, headers: dict[str, str]) -> Json | None:
        """The payload of one try, or None when it has to be repeated."""
        self.in_flight += 1
        try:
            response = await self._http.post("/graphql", json=body, headers=headers)
        except httpx.TransportError:
            self.unanswered += 1
            return None
        finally:
            self.in_flight -= 1
        answer: Json = response.json()
        if response.status_code == 503:
            self.put_off += 1
            return None
        assert not answer.get("errors"), answer
        payload: Json = answer["data"][name]
        codes = {error["code"] for error in payload["errors"]}
        assert codes <= TRY_AGAIN, payload
        if codes:
            self.put_off += 1
            return None
        return payload


@asynccontextmanager
async def a_crowd(host: str, port: int) -> AsyncGenerator[Crowd]:
    """A crowd in front of a gateway, at the host name of its network."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    base = f"http://127.0.0.1:{port}"
    headers = {"Host": f"{host}:{port}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, limits=limits, timeout=15, trust_env=False) as http:
        yield Crowd(http)


async def at_once(acts: Iterable[Callable[[], Awaitable[T]]], limit: int = AT_ONCE) -> list[T]:
    """Does all of these, so many at a time; the first failure ends it."""
    gate = asyncio.Semaphore(limit)

    async def one(act: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await act()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(act)) for act in acts]
    return [task.result() for task in tasks]
