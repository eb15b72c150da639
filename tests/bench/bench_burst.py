"""C3 from outside: a burst on one event, keyed, 32 at a time, over gRPC and through the gateway, on all four processes.

Beside each stands what the same way takes without the work: reading the event over gRPC, a query without fields.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from statistics import median
from time import perf_counter
from uuid import uuid4

from ontmoet.events.v1.event_pb2 import GetEventRequest
from ontmoet.events.v1.event_pb2_grpc import EventServiceStub
from ontmoet.events.v1.registration_pb2 import RegisterRequest
from ontmoet.events.v1.registration_pb2_grpc import RegistrationServiceStub

from deploy.local.home import temporary_home
from deploy.local.nats import Nats
from deploy.local.postgres import Postgres
from services.common.rpc.channel import on_behalf_of, open_channel
from services.gateway.api.relay import uuid_of
from tests.support.crowd import a_crowd, at_once
from tests.support.gatherings import Gathering, an_open_event
from tests.support.house import House, running_services
from tests.support.postgres import TestPostgres

ROUNDS = 3
PEOPLE = 300
PLACES = 102

Act = Callable[[], Awaitable[object]]


@asynccontextmanager
async def a_house() -> AsyncGenerator[House]:
    """The four processes, on servers that write to disk."""
    async with AsyncExitStack() as opened:
        postgres = Postgres(opened.enter_context(temporary_home()))
        nats = Nats(opened.enter_context(temporary_home()))
        for server in (postgres, nats):
            opened.push_async_callback(server.stop)
            await server.start()
        house = await opened.enter_async_context(running_services(TestPostgres(postgres), nats))
        gateway = house.system.gateway()
        opened.push_async_callback(gateway.stop)
        await gateway.start()
        yield house


async def rate(acts: list[Act]) -> float:
    """How many a second."""
    began = perf_counter()
    await at_once(acts)
    return len(acts) / (perf_counter() - began)


async def over_grpc(house: House) -> tuple[float, float]:
    """Registrations a second, and readings of the event."""
    gathering = await an_open_event(house, places=PLACES)
    event_id = uuid_of("Event", gathering.event_id, "id")
    async with open_channel(house.system.ports.address("events"), identity=None) as channel:
        registrations, events = RegistrationServiceStub(channel), EventServiceStub(channel)

        async def register(token: str) -> None:
            with on_behalf_of(token, network=gathering.network.id, language="en", idempotency_key=str(uuid4())):
                await registrations.Register(RegisterRequest(event_id=event_id))

        async def read(token: str) -> None:
            with on_behalf_of(token, network=gathering.network.id, language="en"):
                await events.GetEvent(GetEventRequest(event_id=event_id))

        return await _both(gathering, register, read)


async def through_the_gateway(house: House) -> tuple[float, float]:
    """Registrations a second, and queries that ask for nothing."""
    gathering = await an_open_event(house, places=PLACES)
    async with a_crowd(gathering.network.hosts[0], house.port) as crowd:

        async def register(token: str) -> None:
            await crowd.change(token, "register", "registration { id state }", eventId=gathering.event_id)

        async def nothing(token: str) -> None:
            await crowd.ask(token, "{ __typename }")

        return await _both(gathering, register, nothing)


async def _both(
    gathering: Gathering, act: Callable[[str], Awaitable[None]], bare: Callable[[str], Awaitable[None]]
) -> tuple[float, float]:
    tokens = [gathering.house.token(gathering.network, uuid4()) for _ in range(PEOPLE)]
    return await rate([partial(act, token) for token in tokens]), await rate([partial(bare, token) for token in tokens])


async def main() -> None:
    """Print the medians and their ratios."""
    async with a_house() as house:
        for way, measure, baseline in (
            ("over gRPC", over_grpc, "readings of it"),
            ("through the gateway", through_the_gateway, "empty queries"),
        ):
            rounds = [await measure(house) for _ in range(ROUNDS)]
            hot, bare = median(hot for hot, _ in rounds), median(bare for _, bare in rounds)
            print(f"registrations {way}: {hot:.0f}/s; {baseline}: {bare:.0f}/s; ratio {hot / bare:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
