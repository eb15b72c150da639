"""What surrounds every operation: its deadline, its trace and figures, and errors that say no more than they should."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import cast

from graphql import GraphQLError
from opentelemetry import metrics, propagate, trace
from opentelemetry.trace import Span, Status, StatusCode
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from services.common.caller import calling
from services.common.refusals import Invalid, Refusal
from services.common.rpc.deadline import within
from services.common.telemetry import SECONDS
from services.gateway.api.context import Context
from services.gateway.api.mutation import camel_path

SECONDS_PER_OPERATION = 10.0
# Names come from clients; beyond this many the figures put them together.
MOST_NAMES = 300

_tracer = trace.get_tracer("ontmoet.gateway")
_meter = metrics.get_meter("ontmoet.gateway")
_duration = _meter.create_histogram(
    "graphql.server.duration",
    unit="s",
    description="How long GraphQL operations took, by name, type and outcome.",
    explicit_bucket_boundaries_advisory=SECONDS,
)
_names: set[str] = set()


class Reading(SchemaExtension):
    """Each operation reads anew, hands its deadline on to the services, and is logged with its network."""

    def on_operation(self) -> Iterator[None]:
        cast(Context, self.execution_context.context).start_reading()
        yield

    def on_execute(self) -> Iterator[None]:
        context = cast(Context, self.execution_context.context)
        with within(SECONDS_PER_OPERATION), calling(context.identity):
            yield


class Telemetry(SchemaExtension):
    """One span and one measurement per operation, under the trace that the client sent."""

    def on_operation(self) -> Iterator[None]:
        request = cast(Context, self.execution_context.context).request
        parent = propagate.extract(dict(request.headers)) if request else None
        self._span = _tracer.start_span("graphql", parent, kind=trace.SpanKind.SERVER)
        started = time.perf_counter()
        try:
            yield
        finally:
            self._finish(self._span, time.perf_counter() - started)

    def on_execute(self) -> Iterator[None]:
        with trace.use_span(self._span, record_exception=False, set_status_on_exception=False):
            yield

    def _finish(self, span: Span, seconds: float) -> None:
        kind, name = self._operation()
        failed = bool(getattr(self.execution_context.result, "errors", None))
        failed = failed or bool(self.execution_context.pre_execution_errors)
        span.update_name(f"{kind} {name}")
        span.set_attributes({"graphql.operation.type": kind, "graphql.operation.name": name})
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end()
        if kind != OperationType.SUBSCRIPTION.value:
            outcome = "error" if failed else "ok"
            _duration.record(seconds, {"operation.type": kind, "operation.name": name, "outcome": outcome})

    def _operation(self) -> tuple[str, str]:
        try:
            kind = self.execution_context.operation_type.value
        except RuntimeError:
            return "unknown", "unknown"
        name = self.execution_context.operation_name or "anonymous"
        if name not in _names and len(_names) >= MOST_NAMES:
            return kind, "other"
        _names.add(name)
        return kind, name


class Errors(MaskErrors):
    """Says refusals, and what is wrong with a document, in the caller's language; everything else is masked."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        context = cast(Context, self.execution_context.context)
        cause = cause_of(error) or Invalid("", error.message, rule="document", problem=error.message)
        if isinstance(cause, Refusal):
            extensions: dict[str, object] = {"code": cause.reason}
            if cause.field:
                extensions["field"] = camel_path(cause.field)
            return _replaced(error, context.say(cause), extensions)
        return _replaced(error, context.say_unexpected(), {"code": "UNEXPECTED"})


def cause_of(error: GraphQLError) -> BaseException | None:
    """The exception behind an error that came up while executing; None for an error in the document itself."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return (
        None
        if isinstance(cause, CannotGetOperationTypeError | InvalidOperationTypeError | MissingQueryError)
        else cause
    )


def _replaced(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
