"""From a request to the context of its operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi.requests import HTTPConnection

from services.common.refusals import Invalid
from services.gateway.api.context import Context, Surroundings
from services.gateway.api.languages import preferred

LONGEST_KEY = 200


def context_getter(surroundings: Surroundings) -> Callable[[HTTPConnection], Awaitable[Context]]:
    """A function that finds a request's network, caller and language, or refuses the request."""

    async def context_of(connection: HTTPConnection) -> Context:
        headers = connection.headers
        network = await surroundings.addressing.network_of(headers)
        language = preferred(headers.get("accept-language", ""), network.languages)
        connection.state.language = language
        is_request = connection.scope["type"] == "http"
        context = Context(
            surroundings,
            network,
            language=language,
            client_address=client_address(connection, surroundings.trusted_proxies),
            # A WebSocket's headers stand for all its operations, which one key cannot.
            idempotency_key=idempotency_key(headers.get("idempotency-key")) if is_request else None,
        )
        if authorization := headers.get("authorization"):
            await context.sign_in(authorization)
        return context

    return context_of


def idempotency_key(key: str | None) -> str | None:
    """The request's key; refused when it is none that can be sent on."""
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        limit = str(LONGEST_KEY)
        message = f"An idempotency key has 1 to {limit} letters, digits and signs of ASCII."
        raise Invalid("idempotency-key", message, rule="key", limit=limit)
    return key


def client_address(connection: HTTPConnection, trusted_proxies: int) -> str:
    """The address that the request came from: the peer's, or what the outermost of our own proxies saw."""
    peer = connection.client.host if connection.client else ""
    forwarded = [part.strip() for part in connection.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if trusted_proxies and len(forwarded) >= trusted_proxies:
        return forwarded[-trusted_proxies]
    return peer
