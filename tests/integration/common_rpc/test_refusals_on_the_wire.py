"""What a use case refuses arrives as it was meant; what it did not mean to say stays inside."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, ClassVar, cast
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from services.common.refusals import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Kind,
    NotFound,
    Refusal,
    TooMany,
    Unauthenticated,
)
from services.common.rpc.refusals import refusal_from
from tests.support.rpc import Running, TestIdentity, running
from tests.support.scripted import Context, Networks, networks

IDENTITY = TestIdentity()
METHOD = "/ontmoet.membership.v1.NetworkService/GetNetwork"
SECRET = "postgresql://events_service:hunter2@db/events"


class HallFull(Refusal):
    """The hall has no free seat."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "HALL_FULL"


class Raises:
    """An action that raises what the test says."""

    error: Exception

    async def __call__(self, context: Context) -> None:
        raise self.error


@pytest.fixture
def action() -> Raises:
    return Raises()


@pytest.fixture
async def server(action: Raises) -> AsyncGenerator[Running]:
    async with running(networks(Networks(action)), identity=IDENTITY) as server:
        yield server


async def failed(server: Running, request: bytes = b"") -> grpc.aio.AioRpcError:
    call = server.channel.unary_unary(METHOD, request_serializer=bytes, response_deserializer=bytes)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call(request, metadata=IDENTITY.user_metadata(uuid4(), uuid4()))
    return error.value


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (Invalid("title", "Too long.", limit="80"), grpc.StatusCode.INVALID_ARGUMENT),
        (NotFound("event", field="event_id"), grpc.StatusCode.NOT_FOUND),
        (HallFull(places="50"), grpc.StatusCode.FAILED_PRECONDITION),
        (Conflict(), grpc.StatusCode.ABORTED),
        (Unauthenticated(), grpc.StatusCode.UNAUTHENTICATED),
        (Forbidden(), grpc.StatusCode.PERMISSION_DENIED),
        (TooMany(retry_after=timedelta(seconds=90)), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (Busy(retry_after=timedelta(seconds=1)), grpc.StatusCode.UNAVAILABLE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Refusal) else "",
)
async def test_a_refusal_arrives_as_it_was_raised(
    server: Running, action: Raises, refusal: Refusal, code: grpc.StatusCode
):
    action.error = refusal
    error = await failed(server)
    received = refusal_from(error)
    assert error.code() is code
    assert error.details() == refusal.message
    for part in ("kind", "reason", "message", "field", "details", "retry_after"):
        assert getattr(received, part) == getattr(refusal, part), part


async def test_a_refusal_that_is_raised_again_reaches_the_next_caller_whole(server: Running, action: Raises):
    action.error = HallFull(places="50")
    action.error = refusal_from(await failed(server))
    received = refusal_from(await failed(server))
    assert (received.reason, received.details) == ("HALL_FULL", {"places": "50"})


async def test_other_languages_clients_find_the_details_where_google_puts_them(server: Running, action: Raises):
    action.error = Invalid("title", "Too long.", limit="80")
    error = await failed(server)
    # The reader is untyped, and made for calls that are no exceptions as well.
    status: status_pb2.Status = cast(Any, rpc_status).from_call(error)
    info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(request)
    assert (info.domain, info.reason) == ("ontmoet", "INVALID_ARGUMENT")
    assert dict(info.metadata) == {"limit": "80", "field": "title"}
    assert request.field_violations[0].field == "title"


async def test_busy_and_too_many_always_say_when_to_come_back(server: Running, action: Raises):
    for action.error in (Busy(), TooMany()):
        retry_after = refusal_from(await failed(server)).retry_after
        assert retry_after is not None
        assert retry_after > timedelta(0)


async def test_no_exception_text_gets_out(server: Running, action: Raises):
    """R2: the default of grpc.aio sends it."""
    for action.error in (
        RuntimeError(SECRET),
        ValueError(SECRET),
        ConnectionError(SECRET),
        ExceptionGroup(SECRET, [OSError()]),
    ):
        error = await failed(server)
        assert error.code() is grpc.StatusCode.INTERNAL
        assert error.details() == ""
        assert not any("hunter2" in str(part) for part in (error, *(error.trailing_metadata() or ())))


async def test_no_exception_text_of_a_request_that_cannot_be_read_gets_out(server: Running):
    """R2: grpc.aio sends that of the reader as well."""
    error = await failed(server, b"\xff\xff\xff")
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "The request cannot be read."


async def test_an_error_of_a_service_is_no_refusal(server: Running, action: Raises):
    action.error = RuntimeError()
    error = await failed(server)
    with pytest.raises(grpc.aio.AioRpcError):
        refusal_from(error)


async def test_a_service_that_is_away_is_a_reason_to_try_again():
    async with grpc.aio.insecure_channel("127.0.0.1:1") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await NetworkServiceStub(channel).GetNetwork(network_pb2.GetNetworkRequest())
    assert refusal_from(error.value).kind is Kind.BUSY


@pytest.mark.parametrize("code", [grpc.StatusCode.UNKNOWN, grpc.StatusCode.CANCELLED])
def test_a_connection_that_broke_during_a_call_is_a_reason_to_try_again(code: grpc.StatusCode):
    error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), details="Stream removed")
    assert refusal_from(error).kind is Kind.BUSY
