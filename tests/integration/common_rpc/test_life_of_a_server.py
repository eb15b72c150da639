"""A server listens alone, takes no more than it can, and leaves only when it is done."""

# The stubs of grpc.aio take types that its classes do not.
from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path
from time import monotonic
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from services.common.caller import Role
from services.common.rpc.channel import open_channel
from services.common.rpc.lifecycle import TaskEnded, run_service
from services.common.rpc.server import AddressTaken, RpcServer
from tests.support.rpc import Metadata, TestIdentity, running
from tests.support.scripted import Networks, networks
from tests.support.slow_service import SlowService, slow_service

IDENTITY = TestIdentity()
Health = grpc.aio.UnaryStreamCall[health_pb2.HealthCheckRequest, health_pb2.HealthCheckResponse]
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


def owner() -> Metadata:
    return IDENTITY.user_metadata(uuid4(), uuid4(), [Role.OWNER])


def get(
    service: SlowService,
) -> grpc.aio.UnaryUnaryCall[network_pb2.GetNetworkRequest, network_pb2.GetNetworkResponse]:
    stub = NetworkServiceStub(service.channel)
    return stub.GetNetwork(network_pb2.GetNetworkRequest(), metadata=owner(), timeout=30)


def watch(channel: grpc.aio.Channel) -> Health:
    method = channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )
    return method(health_pb2.HealthCheckRequest(service="ontmoet.membership.v1.NetworkService"))


async def test_on_sigterm_it_says_not_serving_then_drains_then_stops_and_a_2_s_call_in_flight_finishes(tmp_path: Path):
    """R4: also with a watcher of its health, who would hold it up for the whole grace."""
    async with asyncio.timeout(60), slow_service(IDENTITY, tmp_path, seconds=2) as service:
        health = watch(service.channel)
        assert await _next(health) == SERVING
        in_flight = asyncio.ensure_future(get(service))
        await service.says("in flight")
        told = monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert await _next(health) == NOT_SERVING
        assert not in_flight.done()
        assert (await in_flight).network.version == 1
        await service.says("task stopped")
        assert await service.process.wait() == 0
        assert monotonic() - told < 15
        assert await service.logged() == ["not serving", "drained", "stopped"]


async def test_whoever_does_not_finish_within_the_grace_is_cut_off():
    """R4: a server that is told to stop does stop."""
    reached = asyncio.Event()

    async def hang(context: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    server = RpcServer(
        "127.0.0.1:0", networks(Networks(hang)), verifier=IDENTITY.verifier, idempotency=None, reflection=False
    )
    await server.start()
    async with grpc.aio.insecure_channel(server.address) as channel:
        call = NetworkServiceStub(channel).GetNetwork(network_pb2.GetNetworkRequest(), metadata=owner(), timeout=60)
        answer = asyncio.ensure_future(call.code())
        await reached.wait()
        async with asyncio.timeout(10):
            await server.stop(grace=0.2)
            assert await answer in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


async def test_a_process_outlives_servers_that_stop_without_a_grace():
    """R4: two ends of one server at once had the library call into what was gone already: signal 11."""
    program = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.stops", stderr=DEVNULL)
    assert await program.wait() == 0


async def test_a_task_that_ends_takes_the_service_down():
    """R4: half a service is none; whoever supervises it starts it anew."""

    async def crash() -> None:
        raise ConnectionError

    server = RpcServer("127.0.0.1:0", [], verifier=IDENTITY.verifier, idempotency=None, reflection=False)
    with pytest.raises(TaskEnded, match="relay"):
        await run_service(server, {"relay": crash})


async def test_a_double_bind_fails():
    """R5: so_reuseport=0; by default a second server would take half of the calls."""
    async with running(networks(Networks()), identity=IDENTITY) as first:
        with pytest.raises(AddressTaken):
            async with running(networks(Networks()), identity=IDENTITY, address=first.address):
                pass


@pytest.mark.parametrize(("megabytes", "code"), [(3, grpc.StatusCode.OK), (5, grpc.StatusCode.RESOURCE_EXHAUSTED)])
async def test_5_mb_are_refused(megabytes: int, code: grpc.StatusCode):
    """R5: the limit is 4 MiB; 3 MB pass."""
    async with running(networks(Networks()), identity=IDENTITY) as server:
        request = network_pb2.UpdateNetworkRequest(name="a" * megabytes * 1024 * 1024)
        call = NetworkServiceStub(server.channel).UpdateNetwork(request, metadata=owner())
        assert await call.code() is code


@pytest.mark.parametrize("reflection", [True, False])
async def test_reflection_is_there_only_when_asked_for(reflection: bool):
    """R7: on in development, off in production."""
    async with running(networks(Networks()), identity=IDENTITY, reflection=reflection) as server:
        call = server.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=bytes,
            response_deserializer=bytes,
        )()
        await call.done_writing()
        assert (await call.code() is grpc.StatusCode.OK) is reflection


async def _next(health: Health) -> int:
    answer = await health.read()
    assert isinstance(answer, health_pb2.HealthCheckResponse)
    return answer.status


@pytest.mark.soak
async def test_a_stream_that_is_idle_for_100_s_lives():
    """R6: the client's pings are welcome to the server, so neither end gives the other one up."""
    async with running(networks(Networks()), identity=IDENTITY) as server:
        channel = open_channel(server.address, identity=None)
        health = watch(channel)
        assert await _next(health) == SERVING
        await asyncio.sleep(100)
        assert not health.done()
        await server.server.stop(grace=1)
        assert await _next(health) == NOT_SERVING
        await channel.close()
