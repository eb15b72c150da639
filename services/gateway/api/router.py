"""GraphQL over HTTP, Server-Sent Events and WebSocket."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Literal, cast

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from fastapi.requests import HTTPConnection, Request
from fastapi.responses import Response
from strawberry import UNSET
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, Message
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from services.common.refusals import Invalid, Kind, NotFound, Refusal
from services.gateway.api import media_types
from services.gateway.api.context import Context
from services.gateway.api.schema import schema

UNAUTHORIZED = 4401
TRY_AGAIN = 1013

TO_INITIALISE = timedelta(seconds=10)
SUBSCRIPTIONS_PER_CONNECTION = 20

# How a surrogate begins. Two of them are one character; a single one is none, and nothing behind us takes it.
_HALF_A_CHARACTER = rb"\ud"


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """One WebSocket: whoever opens it signs in with `connection_init`, or did so with a header."""

    async def handle(self) -> None:
        sockets = self.context.websockets
        sockets.opened(self.websocket)
        try:
            await super().handle()
        finally:
            sockets.closed(self.websocket)

    async def handle_message(self, message: Message) -> None:
        if has_its_form(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Failed to parse message")

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        payload: object = message.get("payload")
        if isinstance(payload, dict) and not self.connection_init_received:
            try:
                await self._sign_in(payload)
            except Refusal as refusal:
                code = UNAUTHORIZED if refusal.kind is Kind.UNAUTHENTICATED else TRY_AGAIN
                await self.websocket.close(code, self.context.say(refusal))
                return
        await super().handle_connection_init(message)

    async def _sign_in(self, payload: dict[Any, Any]) -> None:
        for key, value in payload.items():
            if str(key).lower() == "authorization":
                await self.context.sign_in(str(value))


def has_its_form(message: object) -> bool:
    """Whether its parts are of the kinds that graphql-transport-ws says, on which the library relies unseen."""
    match message:
        case {"type": "subscribe", "id": str(), "payload": {"query": str()}}:
            operation: dict[str, object] = cast(dict[str, Any], message)["payload"]
            named = isinstance(operation.get("operationName"), str | None)
            return named and isinstance(operation.get("variables"), dict | None)
        case {"type": "complete", "id": str()}:
            return True
        case {"type": str(kind)}:
            return kind not in ("subscribe", "complete")
        case _:
            return False


def decoded(data: str | bytes) -> object:
    """The JSON; raises JSONDecodeError for whatever is none, half a character and endless nesting included."""
    try:
        value: object = json.loads(data)
        if _HALF_A_CHARACTER in (data.encode() if isinstance(data, str) else data).lower():
            json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeError, RecursionError) as error:
        raise json.JSONDecodeError(type(error).__name__, "", 0) from None
    return value


class Router(GraphQLRouter[Context, None]):
    """The /graphql route: queries by POST of JSON or by GET, mutations by POST, subscriptions by WebSocket and SSE."""

    graphql_transport_ws_handler_class = Handler

    def __init__(
        self,
        context_getter: Callable[[HTTPConnection], Awaitable[Context]],
        *,
        allowed_origins: Sequence[str],
        graphql_ide: Literal["graphiql"] | None,
    ) -> None:
        super().__init__(
            schema,
            "/graphql",
            graphql_ide=graphql_ide,
            context_getter=context_getter,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=TO_INITIALISE,
            max_subscriptions_per_connection=SUBSCRIPTIONS_PER_CONNECTION,
            allowed_origins=allowed_origins,
        )

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """Answers a request; what the library would refuse in plain English is refused in the caller's language."""
        try:
            answer = await cast(Any, super()).run(request, context, root_value)
        except HTTPException as error:
            if error.status_code == 404:
                raise NotFound("page") from None
            match error.__cause__:
                case InvalidOperationTypeError(operation_type=OperationType.SUBSCRIPTION):
                    raise Invalid("query", "It needs a WebSocket or an event stream.", rule="stream") from None
                case InvalidOperationTypeError():
                    raise Invalid("method", "This is sent by POST.", rule="post") from None
                case _:
                    raise _unreadable() from None
        media_type = media_types.preferred(request.headers.get("accept"))
        if isinstance(answer, Response) and answer.media_type == "application/json" and media_type:
            answer.headers["content-type"] = media_type
            if request.state.refused and media_type == media_types.GRAPHQL:
                answer.status_code = 400
        return answer

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> Any:
        """What is asked; refused in the caller's language where it is not as GraphQL over HTTP says."""
        if request.method == "POST" and "application/json" not in (request.content_type or ""):
            raise Invalid("content-type", "This is sent as JSON.", rule="media_type")
        accept = request.headers.get("accept", "")
        if not media_types.preferred(accept) and "text/event-stream" not in accept.lower():
            raise Invalid("accept", "An answer comes as JSON.", rule="accept")
        asked = await super().parse_http_body(request)
        if isinstance(asked, GraphQLRequestData) and not isinstance(cast(object, asked.operation_name), str | None):
            raise _unreadable()
        return asked

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """What is sent of a result; no data, not even null, where nothing was executed."""
        response = await super().process_result(request, result)
        request.state.refused = result.data is None and not any(error.path for error in result.errors or ())
        if request.state.refused:
            del response["data"]
        return response

    def decode_json(self, data: str | bytes) -> object:
        """What came over HTTP or a WebSocket."""
        return decoded(data)

    def parse_json(self, data: str | bytes) -> Any:
        """A request's body; refused in the caller's language."""
        try:
            body = self.decode_json(data)
        except json.JSONDecodeError:
            body = None
        if not isinstance(body, dict | list):
            raise _unreadable()
        return cast(object, body)


def _unreadable() -> Invalid:
    return Invalid("body", "The request cannot be read.", rule="unreadable")
