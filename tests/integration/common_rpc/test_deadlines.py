"""Every call has a deadline, and whoever is called gets what is left of it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub
from structlog.testing import capture_logs

from services.common.rpc import deadline
from services.common.rpc.channel import open_channel
from services.common.rpc.refusals import refusal_from
from tests.support.rpc import Running, TestIdentity, running
from tests.support.scripted import Context, Networks, networks

IDENTITY = TestIdentity()
REQUEST = network_pb2.GetNetworkRequest()
ROUNDED_UP = 0.1
"""The seconds by which what is left may grow on the wire: gRPC writes 10 to 100 s in tenths, rounded up."""


@asynccontextmanager
async def two_hops(last: Networks, *, pause: float = 0.0) -> AsyncGenerator[Running]:
    """A server whose answer needs another one's, after a pause."""
    async with running(networks(last), identity=IDENTITY) as behind:
        channel = open_channel(behind.address, identity=IDENTITY.service("events"))

        async def ask(context: Context) -> None:
            await asyncio.sleep(pause)
            try:
                await NetworkServiceStub(channel).GetNetwork(REQUEST)
            except grpc.aio.AioRpcError as error:
                raise refusal_from(error) from None

        async with running(networks(Networks(ask)), identity=IDENTITY) as front:
            yield front
        await channel.close()


def get(
    server: Running, timeout: float | None
) -> "grpc.aio.UnaryUnaryCall[network_pb2.GetNetworkRequest, network_pb2.GetNetworkResponse]":
    stub = NetworkServiceStub(server.channel)
    return stub.GetNetwork(REQUEST, timeout=timeout, metadata=IDENTITY.user_metadata(uuid4(), uuid4()))


async def test_every_call_has_a_deadline_and_hands_the_remainder_on():
    """R1: a hop logs time_remaining: less than the first one had, by what the first one used."""
    pause = 0.5
    with capture_logs() as lines:
        async with two_hops(Networks(), pause=pause) as front:
            await get(front, timeout=60)
    first, second = (line["time_remaining"] for line in lines if line["event"] == "called")
    assert 55 < first <= 60 + ROUNDED_UP
    assert first - 5 < second <= first - pause + ROUNDED_UP


async def test_a_call_without_a_deadline_gets_one():
    """R1: of ten seconds, and so do the calls that it makes."""
    with capture_logs() as lines:
        async with two_hops(Networks()) as front:
            await get(front, timeout=None)
    remaining = [line["time_remaining"] for line in lines if line["event"] == "called"]
    assert len(remaining) == 2
    assert all(deadline.DEFAULT - 5 < one <= deadline.DEFAULT + ROUNDED_UP for one in remaining)


async def test_nobody_goes_on_working_after_the_deadline():
    """R1: the last hop is told, however many there are before it."""
    given_up = asyncio.Event()

    async def hang(context: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    async with two_hops(Networks(hang)) as front:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await get(front, timeout=1)
        assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        async with asyncio.timeout(5):
            await given_up.wait()


async def test_a_servicer_that_hangs_is_stopped_without_a_clients_deadline(monkeypatch: pytest.MonkeyPatch):
    """R1: the server's own deadline ends it."""
    monkeypatch.setattr(deadline, "DEFAULT", 0.2)

    async def hang(context: Context) -> None:
        await asyncio.Event().wait()

    async with running(networks(Networks(hang)), identity=IDENTITY) as server:
        assert await get(server, timeout=None).code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_timeout_inside_a_servicer_is_no_deadline():
    """R1: only the call's own deadline says DEADLINE_EXCEEDED; anything else is a mistake of the servicer."""

    async def time_out(context: Context) -> None:
        raise TimeoutError("inside")

    async with running(networks(Networks(time_out)), identity=IDENTITY) as server:
        assert await get(server, timeout=5).code() is grpc.StatusCode.INTERNAL
