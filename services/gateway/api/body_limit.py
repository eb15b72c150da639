"""A limit on what a request may send."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000
DRAIN_BYTES = 10_000_000
DRAIN_SECONDS = 5.0


class TooLarge(Exception):
    """The body is over the limit."""


class BodyLimit:
    """Answers 413 to a body over the limit, whether its length was announced or not, before anybody reads it all."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        self._app = app
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
                raise TooLarge
            return message

        try:
            if self._announced(scope) > self._most:
                raise TooLarge
            await self._app(scope, counted, send)
        except TooLarge:
            response = JSONResponse(
                {"errors": [{"message": f"A request has at most {self._most} bytes."}]},
                status_code=413,
                headers={"connection": "close"},
            )
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
