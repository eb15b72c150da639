"""A call is tried again when that is safe and may help, and a service that was restarted is found again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from services.common.caller import Role
from services.common.refusals import Busy
from services.common.rpc.channel import MOST_RETRIES, on_behalf_of, open_channel
from tests.support.rpc import Running, TestIdentity, running
from tests.support.scripted import Context, Networks, networks
from tests.support.slow_service import slow_service

IDENTITY = TestIdentity()
OURS, ACCOUNT = uuid4(), uuid4()


@asynccontextmanager
async def failing(code: grpc.StatusCode, times: int) -> AsyncGenerator[tuple[Networks, Running]]:
    """A server that ends its first calls with this code, as if it went away."""

    async def fail(context: Context) -> None:
        if servicer.calls <= times:
            await context.abort(code, "gone")

    servicer = Networks(fail)
    async with running(networks(servicer), identity=IDENTITY) as server:
        yield servicer, server


async def read(server: Running | str, *, seconds: float = 30) -> grpc.StatusCode:
    return await _call(server, "GetNetwork", None, seconds)


async def change(server: Running | str, *, key: str | None, seconds: float = 30) -> grpc.StatusCode:
    return await _call(server, "UpdateNetwork", key, seconds)


async def _call(server: Running | str, name: str, key: str | None, seconds: float) -> grpc.StatusCode:
    address = server if isinstance(server, str) else server.address
    channel = open_channel(address, identity=None)
    token = IDENTITY.user_token(OURS, ACCOUNT, [Role.OWNER])
    stub = NetworkServiceStub(channel)
    with on_behalf_of(token, network=OURS, language="en", idempotency_key=key):
        if name == "GetNetwork":
            code = await stub.GetNetwork(network_pb2.GetNetworkRequest(), timeout=seconds).code()
        else:
            code = await stub.UpdateNetwork(network_pb2.UpdateNetworkRequest(), timeout=seconds).code()
    await channel.close()
    return code


@pytest.mark.parametrize("times", [1, MOST_RETRIES])
async def test_a_read_is_tried_again_when_the_service_was_away(times: int):
    """R3: up to five times; the sixth try succeeds."""
    async with failing(grpc.StatusCode.UNAVAILABLE, times) as (servicer, server):
        assert await read(server) is grpc.StatusCode.OK
        assert servicer.calls == times + 1


async def test_nothing_is_tried_again_for_ever():
    """R3: at most five times."""
    async with failing(grpc.StatusCode.UNAVAILABLE, 1000) as (servicer, server):
        assert await read(server) is grpc.StatusCode.UNAVAILABLE
        assert servicer.calls == MOST_RETRIES + 1


async def test_a_change_is_tried_again_only_with_a_key():
    """R3: without one, nobody knows whether it happened."""
    async with failing(grpc.StatusCode.UNAVAILABLE, 1) as (servicer, server):
        assert await change(server, key=None) is grpc.StatusCode.UNAVAILABLE
        assert servicer.calls == 1
    async with failing(grpc.StatusCode.UNAVAILABLE, 1) as (servicer, server):
        assert await change(server, key="1") is grpc.StatusCode.OK
        assert servicer.calls == 2


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    ],
)
async def test_only_unavailable_is_tried_again(code: grpc.StatusCode):
    """R3: any other code says that trying again does not help."""
    async with failing(code, 1) as (servicer, server):
        assert await read(server) is code
        assert servicer.calls == 1


async def test_a_service_that_says_it_is_busy_is_not_tried_again_at_once():
    """R3: it is there, and it said when to come back; its answer goes to whoever asked."""

    async def busy(context: Context) -> None:
        raise Busy

    servicer = Networks(busy)
    async with running(networks(servicer), identity=IDENTITY) as server:
        assert await read(server) is grpc.StatusCode.UNAVAILABLE
        assert servicer.calls == 1


async def test_no_try_outlives_the_deadline():
    """R3: the tries share one deadline. Where it comes in a pause the last try's failure is told, else that it came."""
    async with failing(grpc.StatusCode.UNAVAILABLE, 1000) as (servicer, server):
        started = monotonic()
        over = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
        assert await read(server, seconds=0.5) in over
        assert monotonic() - started < 5
        assert servicer.calls <= MOST_RETRIES


async def test_a_read_that_was_in_flight_when_its_service_was_killed_is_answered_by_the_next_one(tmp_path: Path):
    """R3: kill -9 mid-call; a change without a key is not tried again, and fails."""
    async with slow_service(IDENTITY, tmp_path, seconds=3600) as service:
        reading = asyncio.ensure_future(read(service.address))
        changing = asyncio.ensure_future(change(service.address, key=None))
        await service.says("in flight")
        await service.says("in flight")
        service.process.kill()
        await service.process.wait()
        next_one = Networks()
        async with running(networks(next_one), identity=IDENTITY, address=service.address):
            assert await reading is grpc.StatusCode.OK
            assert await changing is grpc.StatusCode.UNAVAILABLE
            assert next_one.calls == 1


async def test_a_service_that_was_away_for_a_while_is_found_again_within_a_second_or_so():
    """R3: by default a channel waits ever longer before it looks again, up to two minutes."""
    async with running(networks(Networks()), identity=IDENTITY) as server:
        address = server.address
        channel = open_channel(address, identity=IDENTITY.service("events"))
        assert await _reached(channel)
    away = monotonic()
    while monotonic() < away + 6:
        assert not await _reached(channel)
        await asyncio.sleep(0.05)
    async with running(networks(Networks()), identity=IDENTITY, address=address):
        back = monotonic()
        while not await _reached(channel):
            await asyncio.sleep(0.05)
            assert monotonic() < back + 2
    await channel.close()


async def _reached(channel: grpc.aio.Channel) -> bool:
    """Whether anybody answers; the call is one that is never tried again."""
    call = NetworkServiceStub(channel).UpdateNetwork(network_pb2.UpdateNetworkRequest())
    return await call.code() is not grpc.StatusCode.UNAVAILABLE
