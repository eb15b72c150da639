"""Starts events: `python -m services.events.main`."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

import grpc.aio
from ontmoet.events.v1.event_pb2_grpc import add_EventServiceServicer_to_server
from ontmoet.events.v1.registration_pb2_grpc import add_RegistrationServiceServicer_to_server

from services.common import telemetry
from services.common.idempotency import Idempotency
from services.common.identity.keys import FixedKeys, KeySetCache, load_public_keys
from services.common.identity.service_identity import ServiceIdentity
from services.common.identity.tokens import Verifier
from services.common.messaging.bus import Bus, connect
from services.common.messaging.relay import Relay
from services.common.rpc.channel import open_channel
from services.common.rpc.key_set import published_by
from services.common.rpc.lifecycle import Task, run_service
from services.common.rpc.server import AddressTaken, Registration, RpcServer
from services.common.settings import read
from services.common.storage.database import Database, WrongDatabaseRole
from services.events.adapters.membership import Membership
from services.events.api.events import EventApi
from services.events.api.registrations import RegistrationApi
from services.events.jobs import offers_job, retention_job, series_job
from services.events.settings import Settings
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.wire import encode_fact

_CONTRACTS = "ontmoet.events.v1"


async def main(settings: Settings) -> None:
    """Serve until SIGTERM."""
    async with AsyncExitStack() as opened:
        opened.callback(telemetry.configure("events", settings))
        identity = ServiceIdentity.load("events", settings.service_key_file)
        database = Database.connect(settings.database_url, service_role="events_service")
        opened.push_async_callback(database.close)
        await database.verify_role()
        bus = await connect(settings.nats_url, "events")
        opened.push_async_callback(bus.close)
        channel = await opened.enter_async_context(open_channel(settings.membership_address, identity=identity))
        uow = Uow(database, EventsTransaction, encode=encode_fact)
        await run_service(_server(settings, uow, channel), _tasks(uow, bus))


def _server(settings: Settings, uow: Uow, channel: grpc.aio.Channel) -> RpcServer:
    membership = Membership(channel)
    return RpcServer(
        settings.grpc_address,
        registrations(uow, membership),
        verifier=Verifier(KeySetCache(published_by(channel)), FixedKeys(load_public_keys(settings.service_keys_file))),
        idempotency=Idempotency(uow),
        reflection=settings.development,
    )


def registrations(uow: Uow, membership: Membership) -> list[Registration]:
    """The contracts that events serves."""
    return [
        Registration(add_EventServiceServicer_to_server, EventApi(uow, membership), f"{_CONTRACTS}.EventService"),
        Registration(
            add_RegistrationServiceServicer_to_server,
            RegistrationApi(uow, membership),
            f"{_CONTRACTS}.RegistrationService",
        ),
    ]


def _tasks(uow: Uow, bus: Bus) -> Mapping[str, Task]:
    return {
        "relay": Relay(uow, bus, "events").run,
        "offers": offers_job(uow).run,
        "series": series_job(uow).run,
        "retention": retention_job(uow).run,
    }


if __name__ == "__main__":
    try:
        asyncio.run(main(read(Settings)))
    except (WrongDatabaseRole, AddressTaken, ValueError) as error:
        sys.exit(str(error))
