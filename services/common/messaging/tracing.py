"""One trace from a request to everything that its facts cause."""

from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()


def current_traceparent() -> str | None:
    """The W3C traceparent of the current span, if there is one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def trace_of(traceparent: str | None) -> Context:
    """The context in which a span continues that trace; of a new trace when there is none."""
    return _propagator.extract({"traceparent": traceparent} if traceparent else {}, Context())
