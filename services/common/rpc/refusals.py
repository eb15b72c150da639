"""Refusals on the wire: one place maps a refusal to a gRPC status, and back."""

from dataclasses import dataclass, field
from datetime import timedelta

import grpc
import grpc.aio
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from services.common.refusals import Busy, Kind, Refusal

DOMAIN = "ontmoet"
DETAILS_KEY = "grpc-status-details-bin"
FIELD = "field"

_CODES = {
    Kind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.RULE_BROKEN: grpc.StatusCode.FAILED_PRECONDITION,
    Kind.CONFLICT: grpc.StatusCode.ABORTED,
    Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Kind.TOO_MANY: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.BUSY: grpc.StatusCode.UNAVAILABLE,
}
_KINDS = {code: kind for kind, code in _CODES.items()}
# Our servers answer neither UNKNOWN nor CANCELLED: they are what gRPC makes of a connection that broke during a call.
_AWAY = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.CANCELLED,
}
_DEFAULT_RETRY = {Kind.TOO_MANY: timedelta(seconds=60), Kind.BUSY: timedelta(milliseconds=100)}


class Received(Refusal):
    """A refusal that another service gave; raised again, it reaches the caller as it came."""

    def __init__(self, status: status_pb2.Status, kind: Kind, info: error_details_pb2.ErrorInfo) -> None:
        details = dict(info.metadata)
        field = details.pop(FIELD, None)
        super().__init__(status.message, field=field)
        # Of this object, where other refusals have them of their class.
        vars(self).update(kind=kind, reason=info.reason)
        self.details = details
        self.retry_after = _retry_after(status)


@dataclass(frozen=True)
class Failure:
    """How a call ends that has no answer: a code and, for refusals, public details."""

    code: grpc.StatusCode
    status: status_pb2.Status = field(default_factory=status_pb2.Status)

    @property
    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """The details, where grpcio-status and others look for them."""
        return ((DETAILS_KEY, self.status.SerializeToString()),) if self.status.details else ()


def failure_of(refusal: Refusal) -> Failure:
    """The refusal with google.rpc details: ErrorInfo always, BadRequest and RetryInfo where they apply."""
    code = _CODES[refusal.kind]
    metadata = dict(refusal.details)
    if refusal.field is not None:
        metadata[FIELD] = refusal.field
    status = status_pb2.Status(code=_number(code), message=refusal.message)
    _pack(status, error_details_pb2.ErrorInfo(domain=DOMAIN, reason=refusal.reason, metadata=metadata))
    if refusal.kind is Kind.INVALID and refusal.field is not None:
        violation = error_details_pb2.BadRequest.FieldViolation(field=refusal.field, description=refusal.message)
        _pack(status, error_details_pb2.BadRequest(field_violations=[violation]))
    delay = refusal.retry_after or _DEFAULT_RETRY.get(refusal.kind)
    if delay is not None:
        pause = duration_pb2.Duration()
        pause.FromTimedelta(max(delay, timedelta(0)))
        _pack(status, error_details_pb2.RetryInfo(retry_delay=pause))
    return Failure(code, status)


def is_refusal(error: grpc.aio.AioRpcError) -> bool:
    """Whether a failed call brought a refusal, and not just a code."""
    return _received(error) is not None


def refusal_from(error: grpc.aio.AioRpcError) -> Refusal:
    """The refusal that a failed call brought; Busy when the service is away or slow. Other errors are raised again."""
    if (received := _received(error)) is not None:
        return received
    if error.code() in _AWAY:
        return Busy("A part of the system cannot be reached at the moment; try again.")
    raise error


def _received(error: grpc.aio.AioRpcError) -> Received | None:
    status = _status_in(error)
    kind = _KINDS.get(error.code())
    if status is None or kind is None:
        return None
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info) and info.domain == DOMAIN:
            return Received(status, kind, info)
    return None


def _status_in(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return status_pb2.Status.FromString(value)
    return None


def _retry_after(status: status_pb2.Status) -> timedelta | None:
    for detail in status.details:
        retry = error_details_pb2.RetryInfo()
        if detail.Unpack(retry):
            return retry.retry_delay.ToTimedelta()
    return None


def _pack(
    status: status_pb2.Status,
    detail: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo,
) -> None:
    packed = any_pb2.Any()
    packed.Pack(detail)
    status.details.append(packed)


def _number(code: grpc.StatusCode) -> int:
    number, _ = code.value
    return number
