"""A service as a process: `python -m tests.support.slow_service <address> <folder with keys> <seconds>`.

Its one servicer says "in flight" on standard output and takes that long; a task beside it beats until it is stopped.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc.aio

from services.common import logging
from services.common.identity.keys import FixedKeys, load_public_keys, load_signing_keys
from services.common.identity.tokens import Verifier
from services.common.rpc.lifecycle import run_service
from services.common.rpc.server import AddressTaken, RpcServer
from tests.support.rpc import TestIdentity
from tests.support.scripted import Context, Networks, networks


@dataclass(frozen=True)
class SlowService:
    """The process, and a plain channel to it."""

    process: Process
    address: str
    channel: grpc.aio.Channel

    async def says(self, line: str) -> None:
        """Wait for this line on its standard output; it must be the next one."""
        assert self.process.stdout
        assert (await self.process.stdout.readline()).decode().strip() == line

    async def logged(self) -> list[str]:
        """What it logged since it serves, once it has ended."""
        assert self.process.stderr
        lines = (await self.process.stderr.read()).decode().splitlines()
        return [json.loads(line)["event"] for line in lines]


@asynccontextmanager
async def slow_service(identity: TestIdentity, folder: Path, *, seconds: float) -> AsyncGenerator[SlowService]:
    """The service in a process of its own, with keys in this folder; killed at the end if it still runs."""
    identity.write(folder)
    command = ["-m", "tests.support.slow_service", "127.0.0.1:0", str(folder), str(seconds)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE, stderr=PIPE)
    assert process.stderr
    try:
        address = json.loads(await process.stderr.readline())["address"]
        async with grpc.aio.insecure_channel(address) as channel:
            yield SlowService(process, address, channel)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def main(address: str, folder: Path, seconds: float) -> None:
    """Serve until SIGTERM."""
    logging.configure("slow")
    keys = FixedKeys(load_signing_keys(folder / "signing.json"))
    verifier = Verifier(keys, FixedKeys(load_public_keys(folder / "services.json")))

    async def take_long(context: Context) -> None:
        print("in flight", flush=True)
        await asyncio.sleep(seconds)

    async def beat() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            print("task stopped", flush=True)

    server = RpcServer(address, networks(Networks(take_long)), verifier=verifier, idempotency=None, reflection=False)
    await run_service(server, {"beat": beat})


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])))
    except AddressTaken as error:
        sys.exit(str(error))
