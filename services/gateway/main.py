"""Starts the gateway: `python -m services.gateway.main`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import grpc.aio

from services.common import telemetry
from services.common.identity.keys import FixedKeys, KeySetCache
from services.common.identity.service_identity import ServiceIdentity
from services.common.identity.tokens import Verifier
from services.common.messaging.bus import connect
from services.common.messaging.live import listen
from services.common.rpc.channel import open_channel
from services.common.rpc.key_set import published_by
from services.common.settings import read
from services.gateway.adapters.key_set import KeySet
from services.gateway.adapters.networks import NetworkDirectory
from services.gateway.adapters.services import Services
from services.gateway.api.address import Addressing
from services.gateway.api.app import application
from services.gateway.api.context import Surroundings
from services.gateway.api.messages import Messages
from services.gateway.api.server import AddressTaken, HttpServer
from services.gateway.api.websockets import WebSockets
from services.gateway.settings import Settings

# Live changes come from these areas' facts.
AREAS = ("membership", "events", "matching")


async def main(settings: Settings) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    shut_down = telemetry.configure("gateway", settings)
    try:
        async with serving(settings):
            await stop.wait()
    finally:
        shut_down()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[HttpServer]:
    """A gateway that serves for the length of the block; subscribers are told when it goes away."""
    async with AsyncExitStack() as opened:
        identity = ServiceIdentity.load("gateway", settings.service_key_file)

        async def channel(address: str) -> grpc.aio.Channel:
            return await opened.enter_async_context(open_channel(address, identity=identity))

        membership = await channel(settings.membership_address)
        services = Services.over(
            membership=membership,
            events=await channel(settings.events_address),
            matching=await channel(settings.matching_address),
        )
        bus = await connect(settings.nats_url, "gateway")
        opened.push_async_callback(bus.close)
        fetch_keys = published_by(membership)
        live = await opened.enter_async_context(listen(bus, AREAS))
        directory, websockets = NetworkDirectory(services), WebSockets()
        opened.callback(asyncio.create_task(directory.follow(live)).cancel)
        surroundings = Surroundings(
            services=services,
            directory=directory,
            addressing=Addressing(directory.find, settings.public_host),
            verifier=Verifier(KeySetCache(fetch_keys), FixedKeys(())),
            live=live,
            messages=Messages.load(),
            websockets=websockets,
            trusted_proxies=settings.trusted_proxies,
        )
        app = application(
            surroundings,
            KeySet(fetch_keys),
            development=settings.development,
            allowed_origins=settings.allowed_origins,
            dev_mail_dir=settings.dev_mail_dir,
        )
        server = HttpServer(app, settings.http_address)
        await server.start()
        opened.push_async_callback(server.stop)
        opened.push_async_callback(websockets.close)
        yield server


if __name__ == "__main__":
    try:
        asyncio.run(main(read(Settings)))
    except (AddressTaken, ValueError) as error:
        sys.exit(str(error))
