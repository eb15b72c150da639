"""What happens to each call before and after its servicer: trace, deadline, caller, access, key, refusal, mask."""

# RpcMethodHandler takes its types in the stubs only.
from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast
from uuid import UUID

import grpc
import grpc.aio
from google.protobuf.message import DecodeError, Message

from services.common import telemetry
from services.common.caller import NOBODY, Caller, calling
from services.common.idempotency import Idempotency
from services.common.identity.tokens import Verifier
from services.common.ids import parse_id
from services.common.logging import logger
from services.common.refusals import Forbidden, Invalid, Refusal, Unauthenticated
from services.common.rpc import deadline
from services.common.rpc.access import Method
from services.common.rpc.refusals import Failure, failure_of

AUTHORIZATION = "authorization"
NETWORK = "ontmoet-network"
LANGUAGE = "ontmoet-language"
IDEMPOTENCY_KEY = "idempotency-key"

_BEARER = "Bearer "
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")

Outcome = bytes | Failure
Context = grpc.aio.ServicerContext[Any, Any]
Servicer = Callable[[Message, Context], Awaitable[Message]]

Request = TypeVar("Request")
Response = TypeVar("Response")

log = logger(__name__)


@dataclass(frozen=True)
class Rpc:
    """One RPC: its contract, its servicer's method, and how its messages are read and written."""

    method: Method
    servicer: Servicer
    read: Callable[[bytes], Message]
    write: Callable[[Message], bytes]


@dataclass
class Call:
    """One call of an RPC, and who turned out to be calling."""

    rpc: Rpc
    request: bytes
    context: Context
    metadata: Mapping[str, str]
    caller: Caller = field(default=NOBODY)

    @property
    def path(self) -> str:
        return self.rpc.method.path

    async def serve(self) -> bytes:
        """What the servicer answers."""
        try:
            message = self.rpc.read(self.request)
        except DecodeError:
            raise Invalid("request", "The request cannot be read.", rule="unreadable") from None
        return self.rpc.write(await self.rpc.servicer(message, self.context))


class Pipeline(grpc.aio.ServerInterceptor):
    """Wraps the servicers of the contracts' RPCs; health and reflection pass as they are."""

    def __init__(self, methods: Mapping[str, Method], *, verifier: Verifier, idempotency: Idempotency | None) -> None:
        self._methods = methods
        self._verifier = verifier
        self._idempotency = idempotency
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def idle(self) -> None:
        """Return once no call is being answered, and the last answer was sent."""
        await self._idle.wait()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Request, Response] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Request, Response] | None:
        """The handler of a call; it takes and gives bytes, so that reading and writing are guarded, too."""
        handler = await continuation(handler_call_details)
        method = self._methods.get(handler_call_details.method)
        if method is None or handler is None:
            return handler
        rpc = Rpc(
            method,
            cast(Servicer, handler.unary_unary),
            cast(Callable[[bytes], Message], handler.request_deserializer),
            cast(Callable[[Message], bytes], handler.response_serializer),
        )

        async def answer(request: bytes, context: Context) -> bytes:
            self._begin(context)
            return await self._answer(Call(rpc, request, context, _texts(context)))

        return grpc.unary_unary_rpc_method_handler(answer)

    def _begin(self, context: Context) -> None:
        self._in_flight += 1
        self._idle.clear()
        # The stubs want a class of theirs where any callable does.
        context.add_done_callback(cast(Any, self._end))

    def _end(self, ctx: Context) -> None:
        self._in_flight -= 1
        if not self._in_flight:
            self._idle.set()

    async def _answer(self, call: Call) -> bytes:
        """The answer's bytes; ends the call with a status when there are none. Traces and counts either."""
        started = time.monotonic()
        code = grpc.StatusCode.CANCELLED
        with telemetry.server_span(call.path, call.metadata) as span:
            try:
                outcome = await self._outcome(call)
                code = grpc.StatusCode.OK if isinstance(outcome, bytes) else outcome.code
            finally:
                telemetry.ended(span, code)
                telemetry.answered(call.path, code, time.monotonic() - started)
        if isinstance(outcome, bytes):
            return outcome
        return await call.context.abort(outcome.code, outcome.status.message, outcome.trailing_metadata)

    async def _outcome(self, call: Call) -> Outcome:
        """The answer's bytes, or the status for what prevented it. No exception's text gets into it."""
        left = cast(float | None, call.context.time_remaining())
        seconds = deadline.DEFAULT if left is None else left
        limit = asyncio.timeout(seconds)
        log.debug("called", rpc=call.path, time_remaining=round(seconds, 3))
        try:
            async with limit:
                with deadline.within(seconds):
                    return await self._as_caller(call)
        except Refusal as refusal:
            log.info("refused", rpc=call.path, reason=refusal.reason, network=call.caller.network_id)
            return failure_of(refusal)
        except Exception as error:
            if isinstance(error, TimeoutError) and limit.expired():
                log.warning("took too long", rpc=call.path, seconds=round(seconds, 3), network=call.caller.network_id)
                return Failure(grpc.StatusCode.DEADLINE_EXCEEDED)
            log.exception("failed", rpc=call.path, network=call.caller.network_id)
            return Failure(grpc.StatusCode.INTERNAL)

    async def _as_caller(self, call: Call) -> bytes:
        """Answer as whoever sent the token, when the contract admits them; once, when the call has a key."""
        method = call.rpc.method
        caller = await self._caller(method, call.metadata)
        call.caller = caller or NOBODY
        with calling(call.caller):
            method.admit(caller)
            key = call.metadata.get(IDEMPOTENCY_KEY)
            if key is None or self._idempotency is None or not method.keyed:
                return await call.serve()
            return await self._idempotency.once(call.caller, method.path, key, call.request, call.serve)

    async def _caller(self, method: Method, metadata: Mapping[str, str]) -> Caller | None:
        """Who calls, for which network, in which language; None without a token."""
        if (authorization := metadata.get(AUTHORIZATION)) is None:
            return None
        if not authorization.startswith(_BEARER):
            raise Unauthenticated("The token is not valid.")
        caller = await self._verifier.verify(authorization.removeprefix(_BEARER), audience=method.area)
        language = metadata.get(LANGUAGE, "")
        if _LANGUAGE.fullmatch(language):
            caller = replace(caller, language=language)
        network = _network(metadata)
        if caller.is_service:
            return replace(caller, network_id=network)
        if network is not None and network != caller.network_id:
            raise Forbidden("This token is for another network.")
        return caller


def _texts(context: Context) -> Mapping[str, str]:
    return {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}


def _network(metadata: Mapping[str, str]) -> UUID | None:
    text = metadata.get(NETWORK)
    return None if text is None else parse_id(text, NETWORK)
