"""What was traced and counted reaches whoever asked for it (OTLP), from a process of its own."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import grpc
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import (
    add_MetricsServiceServicer_to_server,  # pyright: ignore[reportUnknownVariableType]
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    add_TraceServiceServicer_to_server,  # pyright: ignore[reportUnknownVariableType]
)

PROCESS = """
import sys
from types import SimpleNamespace
from grpc import StatusCode
from services.common import telemetry

end = telemetry.configure("events", SimpleNamespace(otlp_endpoint=sys.argv[1], log_level="INFO"))
with telemetry.server_span("/ontmoet.events.v1.EventService/GetEvent", {}):
    telemetry.answered("/ontmoet.events.v1.EventService/GetEvent", StatusCode.OK, 0.02)
end()
"""


class Collector:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.traces: list[ExportTraceServiceRequest] = []
        self.metrics: list[ExportMetricsServiceRequest] = []

    async def Export(  # noqa: N802 - gRPC names it
        self, request: ExportTraceServiceRequest | ExportMetricsServiceRequest, context: object
    ) -> ExportTraceServiceResponse | ExportMetricsServiceResponse:
        if isinstance(request, ExportTraceServiceRequest):
            self.traces.append(request)
            return ExportTraceServiceResponse()
        self.metrics.append(request)
        return ExportMetricsServiceResponse()


@asynccontextmanager
async def a_collector() -> AsyncGenerator[tuple[Collector, str]]:
    server, collector = grpc.aio.server(), Collector()
    add_TraceServiceServicer_to_server(collector, server)
    add_MetricsServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield collector, f"http://127.0.0.1:{port}"
    finally:
        await server.stop(None)


async def test_spans_and_figures_are_sent_at_the_latest_when_the_process_ends():
    async with a_collector() as (collector, endpoint):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, endpoint)
        assert await process.wait() == 0
    [spans] = [
        scope.spans for request in collector.traces for each in request.resource_spans for scope in each.scope_spans
    ]
    assert [span.name for span in spans] == ["ontmoet.events.v1.EventService/GetEvent"]
    resources = [each for request in collector.metrics for each in request.resource_metrics]
    names = {metric.name for resource in resources for scope in resource.scope_metrics for metric in scope.metrics}
    assert {"ontmoet.rpc.server.requests", "rpc.server.duration"} <= names
    services = {
        item.value.string_value for each in resources for item in each.resource.attributes if item.key == "service.name"
    }
    assert services == {"events"}
