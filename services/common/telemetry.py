"""Traces and metrics: configured once per process, sent only where somebody asked for them."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import grpc
from opentelemetry import metrics, propagate, trace
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.common import logging

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Where a histogram of durations is cut: the default is made for milliseconds."""

tracer = trace.get_tracer("ontmoet")
meter = metrics.get_meter("ontmoet")

_requests = meter.create_counter("ontmoet.rpc.server.requests", description="Calls answered, by method")
_errors = meter.create_counter("ontmoet.rpc.server.errors", description="Calls answered with a code other than OK")
_duration = meter.create_histogram(
    "rpc.server.duration",
    unit="s",
    description="How long answers took",
    explicit_bucket_boundaries_advisory=SECONDS,
)


class TelemetrySettings(Protocol):
    """What telemetry needs of a process's settings."""

    @property
    def otlp_endpoint(self) -> str | None: ...
    @property
    def log_level(self) -> str: ...


def configure(service_name: str, settings: TelemetrySettings) -> Callable[[], None]:
    """Logs, traces and metrics of this process; the answer sends what is still under way, at the end."""
    logging.configure(service_name, settings.log_level)
    if settings.otlp_endpoint is None:
        return provide(service_name)
    return provide(
        service_name,
        spans=[BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp_endpoint))],
        readers=[PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=settings.otlp_endpoint))],
    )


def provide(
    service_name: str, *, spans: Sequence[SpanProcessor] = (), readers: Sequence[MetricReader] = ()
) -> Callable[[], None]:
    """The providers of traces and metrics, once per process; the answer shuts them down."""
    resource = Resource.create({SERVICE_NAME: service_name})
    tracer_provider = TracerProvider(resource=resource)
    for processor in spans:
        tracer_provider.add_span_processor(processor)
    meter_provider = MeterProvider(metric_readers=readers, resource=resource)
    trace.set_tracer_provider(tracer_provider)
    metrics.set_meter_provider(meter_provider)
    # Only the trace: a baggage header would carry whatever a caller put there.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    # SQLAlchemy prepares each statement, which this one covers; statements are traced without their parameters.
    AsyncPGInstrumentor().instrument(tracer_provider=tracer_provider)

    def shutdown() -> None:
        AsyncPGInstrumentor().uninstrument()
        tracer_provider.shutdown()
        meter_provider.shutdown()

    return shutdown


@contextmanager
def server_span(path: str, metadata: Mapping[str, str]) -> Generator[Span, None, None]:
    """The span of a call being answered, within the trace that the caller began."""
    context = propagate.extract(metadata)
    with tracer.start_as_current_span(
        path.removeprefix("/"),
        context=context,
        kind=SpanKind.SERVER,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        span.set_attribute("rpc.system", "grpc")
        yield span


@contextmanager
def client_span(path: str) -> Generator[Span, None, None]:
    """The span of a call to another service."""
    with tracer.start_as_current_span(
        path.removeprefix("/"), kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
    ) as span:
        span.set_attribute("rpc.system", "grpc")
        yield span


def outgoing() -> dict[str, str]:
    """The headers that carry the current trace on (W3C traceparent)."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


def ended(span: Span, code: grpc.StatusCode) -> None:
    """Note on the span with which code a call ended; errors of a server's own are marked as such."""
    span.set_attribute("rpc.grpc.status_code", code.value[0])
    if code in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED):
        span.set_status(Status(StatusCode.ERROR))


def answered(path: str, code: grpc.StatusCode, seconds: float) -> None:
    """Count an answered call: rate, errors, duration."""
    labels = {"rpc.method": path.removeprefix("/"), "rpc.grpc.status_code": code.name}
    _requests.add(1, labels)
    _duration.record(seconds, labels)
    if code is not grpc.StatusCode.OK:
        _errors.add(1, labels)
