"""A limit on what a request may send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.refusals import Kind, Refusal

MOST_BYTES = 1_000_000
DRAIN_BYTES = 10_000_000
DRAIN_SECONDS = 5.0


class TooLarge(Refusal):
    """The body is over the limit."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "TOO_LARGE"


class _Stop(Exception):
    """What reads the body goes no further."""


class BodyLimit:
    """Answers 413 to a body over the limit, whether its length was announced or not, before anybody reads it all."""

    def __init__(
        self, app: ASGIApp, *, refused: Callable[[HTTPConnection, TooLarge], Response], most: int = MOST_BYTES
    ) -> None:
        """`refused` makes the answer to who sends too much."""
        self._app = app
        self._refused = refused
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received, comes_more = 0, True

        async def counted() -> Message:
            nonlocal received, comes_more
            message = await receive()
            received += len(message.get("body", b""))
            comes_more = message.get("more_body", False)
            if received > self._most:
                raise _Stop
            return message

        try:
            if self._announced(scope) > self._most:
                raise _Stop
            await self._app(scope, counted, send)
        except _Stop:
            response = self._refused(HTTPConnection(scope), TooLarge(limit=str(self._most)))
            response.headers["connection"] = "close"
            if comes_more:
                await _drain(receive)
            await response(scope, receive, send)

    @staticmethod
    def _announced(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0


async def _drain(receive: Receive) -> None:
    """Let the rest of a body go by, within limits: who is cut off while sending may never see the answer."""
    passed = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while passed < DRAIN_BYTES:
                message = await receive()
                passed += len(message.get("body", b""))
                if not message.get("more_body"):
                    return
