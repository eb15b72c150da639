"""Channels to other services: who calls, by when, in which trace, and what is tried again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import grpc
import grpc.aio

from services.common import telemetry
from services.common.caller import current_caller
from services.common.identity.service_identity import ServiceIdentity
from services.common.rpc import deadline
from services.common.rpc.access import Method, find_method
from services.common.rpc.pipeline import AUTHORIZATION, IDEMPOTENCY_KEY, LANGUAGE, NETWORK
from services.common.rpc.refusals import is_refusal
from services.common.rpc.server import MESSAGE_LIMIT

MOST_RETRIES = 5
_FIRST_PAUSE = 0.1

# Pings agree with the server's options. A service that was restarted is reached again within a second.
_OPTIONS = (
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    # What is tried again is decided here, not by whoever answers the name service.
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.lb_policy_name", "round_robin"),
)

Request = TypeVar("Request")
Response = TypeVar("Response")


@dataclass(frozen=True)
class _As:
    """As whom the calls of a block are made."""

    token: str | None
    network: UUID | None
    language: str | None
    idempotency_key: str | None = None


_as: ContextVar[_As | None] = ContextVar("calls_as", default=None)


@contextmanager
def on_behalf_of(
    token: str, *, network: UUID, language: str, idempotency_key: str | None = None
) -> Generator[None, None, None]:
    """Calls in this block carry the user's own token; with a key, changes may be tried again and happen once."""
    with _calling_as(_As(token, network, language, idempotency_key)):
        yield


@contextmanager
def as_service(network: UUID | None, *, language: str | None = None) -> Generator[None, None, None]:
    """Calls in this block are made by the service itself, for this network."""
    with _calling_as(_As(None, network, language)):
        yield


def open_channel(address: str, *, identity: ServiceIdentity | None) -> grpc.aio.Channel:
    """A channel to a service; it connects when it is first used, and again whenever it must. Close it at the end.

    Outside on_behalf_of and as_service, calls are the service's own, for the network of the call being answered.
    """
    return grpc.aio.insecure_channel(address, options=_OPTIONS, interceptors=[_Outgoing(identity)])


class _Outgoing(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, identity: ServiceIdentity | None) -> None:
        self._identity = identity

    async def intercept_unary_unary(
        self,
        continuation: Callable[
            [grpc.aio.ClientCallDetails, Request], Awaitable[grpc.aio.UnaryUnaryCall[Request, Response]]
        ],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Request,
    ) -> Response:
        """The answer; raises AioRpcError after the last try."""
        path = _text(client_call_details.method)
        method = find_method(path)
        given = {key: _text(value) for key, value in client_call_details.metadata or ()}
        with deadline.within(client_call_details.timeout), telemetry.client_span(path) as span:
            metadata = {**self._metadata(method), **given, **telemetry.outgoing()}
            again = _retries(method, metadata)
            tries = 0
            while True:
                details = grpc.aio.ClientCallDetails(
                    client_call_details.method,
                    deadline.remaining(),
                    grpc.aio.Metadata(*metadata.items()),
                    client_call_details.credentials,
                    client_call_details.wait_for_ready,
                )
                try:
                    answer = await (await continuation(details, request))
                except grpc.aio.AioRpcError as error:
                    pause = _pause(error, tries)
                    if tries >= again or pause is None:
                        telemetry.ended(span, error.code())
                        raise
                    tries += 1
                    await asyncio.sleep(pause)
                else:
                    telemetry.ended(span, grpc.StatusCode.OK)
                    return answer

    def _metadata(self, method: Method | None) -> Mapping[str, str]:
        calls_as = _as.get() or _As(None, current_caller().network_id, current_caller().language)
        token = calls_as.token
        if token is None and self._identity is not None and method is not None:
            token = self._identity.token(method.area)
        metadata = {
            AUTHORIZATION: None if token is None else f"Bearer {token}",
            NETWORK: None if calls_as.network is None else str(calls_as.network),
            LANGUAGE: calls_as.language,
            IDEMPOTENCY_KEY: calls_as.idempotency_key,
        }
        return {key: value for key, value in metadata.items() if value is not None}


@contextmanager
def _calling_as(calls_as: _As) -> Generator[None, None, None]:
    token = _as.set(calls_as)
    try:
        yield
    finally:
        _as.reset(token)


def _retries(method: Method | None, metadata: Mapping[str, str]) -> int:
    """How often a failed call may be tried again: reads always, changes with a key, everything else never."""
    if method is None:
        return 0
    return MOST_RETRIES if method.reads or (method.keyed and IDEMPOTENCY_KEY in metadata) else 0


def _pause(error: grpc.aio.AioRpcError, tries: int) -> float | None:
    """Seconds to wait before the next try; None when there is no sense in it, or no time left.

    A service that answers that it is busy is not away: its refusal goes to the caller, with the time to come back.
    """
    if error.code() is not grpc.StatusCode.UNAVAILABLE or is_refusal(error):
        return None
    longest = _FIRST_PAUSE * 2**tries
    pause = random.uniform(longest / 2, longest)
    left = deadline.remaining()
    return pause if left is None or pause < left else None


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
