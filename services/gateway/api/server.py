"""uvicorn as a part of a process that has other things to do as well."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from services.gateway.api.body_limit import MOST_BYTES

KEEP_ALIVE = 75
"""Seconds; longer than clients and load balancers keep an idle connection, or a request may meet its closing."""
# Answers under way, and streams, may take this long to end.
DRAIN = 5


class AddressTaken(Exception):
    """Something else listens at the address."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are the process's own business."""
        yield


class HttpServer:
    """Serves an application until it is stopped."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host, int(port)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            ws_max_size=MOST_BYTES,
            ws="websockets-sansio",
            timeout_graceful_shutdown=DRAIN,
            timeout_keep_alive=KEEP_ALIVE,
        )
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listens; raises AddressTaken when something else does."""
        try:
            listener = socket.create_server((self._host, self._port), backlog=2048)
        except OSError as error:
            raise AddressTaken(f"{self._host}:{self._port} cannot be listened at: {error.strerror}") from None
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.listening.wait()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    async def stop(self) -> None:
        """Takes nothing new, lets answers under way end, and stops."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
