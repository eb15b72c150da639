"""A limit on what a request may send."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000


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
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
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
            await response(scope, receive, send)

    @staticmethod
    def _announced(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0
