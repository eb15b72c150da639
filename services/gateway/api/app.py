"""The HTTP application: GraphQL and the few plain routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import FastAPI
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.websockets import WebSocket

from services.common.logging import logger
from services.common.refusals import Invalid, Kind, NotFound, Refusal
from services.gateway.adapters.key_set import KeySet
from services.gateway.api import media_types
from services.gateway.api.body_limit import BodyLimit, TooLarge
from services.gateway.api.context import Surroundings
from services.gateway.api.dev_mail import dev_mail
from services.gateway.api.languages import preferred
from services.gateway.api.messages import Messages
from services.gateway.api.requests import context_getter
from services.gateway.api.router import Router

log = logger(__name__)

_STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.RULE_BROKEN: 409,
    Kind.CONFLICT: 409,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.TOO_MANY: 429,
    Kind.BUSY: 503,
}
# What HTTP has a status of its own for.
_STATUS_OF_RULE = {"post": 405, "accept": 406, "media_type": 415}


def application(
    surroundings: Surroundings,
    key_set: KeySet,
    *,
    development: bool = False,
    allowed_origins: Sequence[str] = (),
    dev_mail_dir: Path | None = None,
) -> FastAPI:
    """The application; GraphiQL and the local mails are there in development only."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(
        Router(
            context_getter(surroundings),
            allowed_origins=allowed_origins,
            graphql_ide="graphiql" if development else None,
        )
    )
    _add_plain_routes(app, key_set)
    if development and dev_mail_dir is not None:
        app.include_router(dev_mail(dev_mail_dir))
    app.add_middleware(BodyLimit, refused=_refusing_bodies(surroundings.messages))
    if allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(allowed_origins),
            allow_methods=["POST"],
            allow_headers=["authorization", "content-type", "idempotency-key", "ontmoet-network", "traceparent"],
        )
    _say_refusals(app, surroundings)
    return app


def _add_plain_routes(app: FastAPI, key_set: KeySet) -> None:
    async def healthz() -> Response:
        return PlainTextResponse("alive")

    async def readyz() -> Response:
        if await key_set.is_known():
            return PlainTextResponse("ready")
        return PlainTextResponse("membership is away", status_code=503)

    async def jwks() -> Response:
        return Response(
            await key_set.document(), media_type="application/jwk-set+json", headers={"Cache-Control": "max-age=60"}
        )

    app.add_api_route("/healthz", healthz)
    app.add_api_route("/readyz", readyz)
    app.add_api_route("/.well-known/jwks.json", jwks)


def _refusing_bodies(messages: Messages) -> Callable[[HTTPConnection, TooLarge], Response]:
    def refused(connection: HTTPConnection, error: TooLarge) -> Response:
        return _as_json(connection, 413, messages.of(error, _language_of(connection, messages)), error.reason)

    return refused


def _say_refusals(app: FastAPI, surroundings: Surroundings) -> None:
    """Refuses a request as a whole, as GraphQL does it and in a language of the caller's."""
    messages = surroundings.messages

    async def refused(connection: HTTPConnection, error: Exception) -> Response | None:
        language = _language_of(connection, messages)
        if not isinstance(error, Refusal):
            log.error("a request failed", exc_info=error)
            return _as_json(connection, 500, messages.plain("UNEXPECTED", language), "UNEXPECTED")
        status = _STATUS_OF_RULE.get(error.details.get("rule", ""), _STATUS[error.kind])
        answer = _as_json(connection, status, messages.of(error, language), error.reason)
        if status == 405:
            answer.headers["allow"] = "POST" if connection.scope.get("method") == "GET" else "GET, POST"
        if isinstance(connection, WebSocket):
            await connection.send_denial_response(answer)
            return None
        return answer

    async def not_routed(connection: HTTPConnection, error: Exception) -> Response | None:
        if isinstance(error, HTTPException) and error.status_code == 405 and connection.url.path == "/graphql":
            return await refused(connection, Invalid("method", "This is sent by POST.", rule="post"))
        return await refused(connection, NotFound("page"))

    app.add_exception_handler(HTTPException, not_routed)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(Refusal, refused)  # pyright: ignore[reportArgumentType] - it answers WebSockets too
    app.add_exception_handler(Exception, refused)  # pyright: ignore[reportArgumentType]


def _language_of(connection: HTTPConnection, messages: Messages) -> str:
    """The language that was settled for the request; before its network is known, any that we speak."""
    settled: str | None = getattr(connection.state, "language", None)
    return settled or preferred(connection.headers.get("accept-language", ""), messages.languages)


def _as_json(connection: HTTPConnection, status: int, message: str, code: str) -> Response:
    errors = [{"message": message, "extensions": {"code": code}}]
    media_type = media_types.preferred(connection.headers.get("accept")) or media_types.JSON
    return JSONResponse({"errors": errors}, status_code=status, media_type=media_type)
