"""The WebSockets that are open."""

from __future__ import annotations

import asyncio

from strawberry.http.async_base_view import AsyncWebSocketAdapter

GOING_AWAY = 1001


class WebSockets:
    """The WebSockets that are open, so that they can be told when the gateway goes away."""

    def __init__(self) -> None:
        self._open: set[AsyncWebSocketAdapter] = set()

    def opened(self, websocket: AsyncWebSocketAdapter) -> None:
        self._open.add(websocket)

    def closed(self, websocket: AsyncWebSocketAdapter) -> None:
        self._open.discard(websocket)

    async def close(self) -> None:
        """Tell everybody to connect elsewhere."""
        goodbyes = [websocket.close(GOING_AWAY, "going away") for websocket in list(self._open)]
        await asyncio.gather(*goodbyes, return_exceptions=True)
