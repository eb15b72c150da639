"""One trace runs from the first caller to the last statement, and every call is counted."""

from uuid import uuid4

import grpc
import pytest
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from structlog.testing import capture_logs

from services.common import telemetry
from services.common.caller import Role
from services.common.rpc.channel import open_channel
from services.common.storage.database import plain_engine
from tests.support.postgres import TestPostgres
from tests.support.rpc import TestIdentity, running
from tests.support.scripted import Context, Networks, networks
from tests.support.telemetry import Probe

IDENTITY = TestIdentity()
REQUEST = network_pb2.GetNetworkRequest()
GET = "ontmoet.membership.v1.NetworkService/GetNetwork"
UPDATE = "ontmoet.membership.v1.NetworkService/UpdateNetwork"


async def test_a_trace_runs_on_through_every_hop(probe: Probe):
    """Two servers and a client: each span's parent is the one that called it."""
    async with running(networks(Networks()), identity=IDENTITY) as behind:
        channel = open_channel(behind.address, identity=IDENTITY.service("events"))

        async def ask(context: Context) -> None:
            await NetworkServiceStub(channel).GetNetwork(REQUEST)

        async with running(networks(Networks(ask)), identity=IDENTITY) as front:
            trace = uuid4().hex
            metadata = (*IDENTITY.user_metadata(uuid4(), uuid4()), ("traceparent", f"00-{trace}-00f067aa0ba902b7-01"))
            await NetworkServiceStub(front.channel).GetNetwork(REQUEST, metadata=metadata)
        await channel.close()
    last, client, first = probe.spans(int(trace, 16))
    assert [span.kind for span in (first, client, last)] == [SpanKind.SERVER, SpanKind.CLIENT, SpanKind.SERVER]
    parents = [span.parent and span.parent.span_id for span in (first, client, last)]
    assert parents == [0x00F067AA0BA902B7, *(span.context and span.context.span_id for span in (first, client))]


async def test_sqlalchemys_statements_are_traced_without_their_parameters(probe: Probe, postgres: TestPostgres):
    """Through the asyncpg instrumentation, which covers the prepared statements that SQLAlchemy makes."""
    engine = plain_engine(postgres.admin_url)
    with telemetry.tracer.start_as_current_span("outer") as outer:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT :secret"), {"secret": "ann@example.org"})
    await engine.dispose()
    traced = [span for span in probe.spans(outer.get_span_context().trace_id) if span.name == "SELECT"]
    assert traced
    assert not any("example.org" in str(span.attributes) for span in traced)


@pytest.mark.parametrize(
    ("roles", "code"), [([Role.OWNER], grpc.StatusCode.OK), ([], grpc.StatusCode.PERMISSION_DENIED)]
)
async def test_every_call_is_counted_with_its_code_and_how_long_it_took(
    probe: Probe, roles: list[Role], code: grpc.StatusCode
):
    """Rate, errors, duration."""
    labels = {"rpc.method": UPDATE, "rpc.grpc.status_code": code.name}

    def count(metric: str) -> float:
        return sum(value for found, value in probe.points(metric) if found == labels)

    metrics = ("ontmoet.rpc.server.requests", "ontmoet.rpc.server.errors", "rpc.server.duration")
    before = [count(metric) for metric in metrics]
    async with running(networks(Networks()), identity=IDENTITY) as server:
        metadata = IDENTITY.user_metadata(uuid4(), uuid4(), roles)
        await (
            NetworkServiceStub(server.channel)
            .UpdateNetwork(network_pb2.UpdateNetworkRequest(), metadata=metadata)
            .code()
        )
    failed = 0 if code is grpc.StatusCode.OK else 1
    assert [count(metric) - earlier for metric, earlier in zip(metrics, before, strict=True)] == [1, failed, 1]


async def test_an_error_is_logged_with_its_network(probe: Probe):
    """So that an operator finds whom it hit; the trace id is added to every line (see the tests of logging)."""

    async def fail(context: Context) -> None:
        raise RuntimeError

    network = uuid4()
    with capture_logs() as lines:
        async with running(networks(Networks(fail)), identity=IDENTITY) as server:
            call = NetworkServiceStub(server.channel).GetNetwork(
                REQUEST, metadata=IDENTITY.user_metadata(network, uuid4())
            )
            assert await call.code() is grpc.StatusCode.INTERNAL
    (failed,) = (line for line in lines if line["event"] == "failed")
    assert failed["network"] == network
