"""A Python program as a part of the local system, and how to see that it can be used."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import grpc
import httpx
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from deploy.local.failures import LocalFailure
from deploy.local.processes import last_lines, spawn, stop

Probe = Callable[[], Awaitable[bool]]

_POLL_SECONDS = 0.05
_TO_BECOME_READY = timedelta(minutes=3)
"""Matching compiles its kernels first where none are kept yet: half a minute on two free cores."""
_TO_DRAIN = timedelta(seconds=20)


@dataclass
class Program:
    """`python -m module`, with its output in a log of its own."""

    name: str
    module: str
    log: Path
    environment: Mapping[str, str]
    ready: Probe
    _process: Process | None = field(default=None, init=False)

    @property
    def process(self) -> Process:
        """The process of the last start."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process

    async def start(self) -> None:
        """Starts the program and waits until its probe says that it can be used."""
        command = [sys.executable, "-m", self.module]
        self._process = await spawn(command, log=self.log, environment={**os.environ, **self.environment})
        try:
            async with asyncio.timeout(_TO_BECOME_READY.total_seconds()):
                while not await self.ready():
                    if self._process.returncode is not None:
                        raise LocalFailure(f"{self.name} does not start, see {self.log}:\n{last_lines(self.log)}")
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            await self.stop()
            raise LocalFailure(f"{self.name} does not become ready, see {self.log}:\n{last_lines(self.log)}") from None

    async def stop(self) -> None:
        """Lets the program drain, and kills it when that takes too long."""
        if self._process is not None:
            await stop(self._process, by=signal.SIGTERM, within=_TO_DRAIN)


def listens(port: int) -> Probe:
    """Whether anything listens at the port."""

    async def probe() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    return probe


def serves_grpc(port: int) -> Probe:
    """Whether the gRPC health service at the port says SERVING."""
    listening = listens(port)

    async def probe() -> bool:
        if not await listening():
            return False
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            check = channel.unary_unary(
                "/grpc.health.v1.Health/Check",
                request_serializer=HealthCheckRequest.SerializeToString,
                response_deserializer=HealthCheckResponse.FromString,
            )
            try:
                answer = await check(HealthCheckRequest(), timeout=2)
            except grpc.aio.AioRpcError:
                return False
        return answer.status == HealthCheckResponse.SERVING

    return probe


def answers_http(port: int, path: str) -> Probe:
    """Whether a GET of the path is answered with 200."""

    async def probe() -> bool:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            try:
                return (await client.get(f"http://127.0.0.1:{port}{path}")).status_code == 200
            except httpx.HTTPError:
                return False

    return probe
