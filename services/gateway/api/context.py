"""What one operation knows: its network, its caller, its language, and what it has looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

import strawberry
from ontmoet.membership.v1.network_pb2 import Network
from strawberry.fastapi import BaseContext

from services.common.caller import Caller
from services.common.identity.tokens import Verifier
from services.common.messaging.live import Live
from services.common.refusals import Refusal, Unauthenticated
from services.gateway.adapters.networks import NetworkDirectory
from services.gateway.adapters.services import Calls, Services
from services.gateway.api.address import Addressing
from services.gateway.api.events.loaders import EventsLoaders
from services.gateway.api.matching.loaders import MatchingLoaders
from services.gateway.api.membership.loaders import MembershipLoaders
from services.gateway.api.messages import Messages
from services.gateway.api.websockets import WebSockets


@dataclass(frozen=True)
class Surroundings:
    """What all requests share."""

    services: Services
    directory: NetworkDirectory
    addressing: Addressing
    verifier: Verifier
    live: Live
    messages: Messages
    websockets: WebSockets
    trusted_proxies: int = 0


class Loaders:
    """One loader per batch RPC; what it has found is remembered until the next reading starts."""

    def __init__(self, calls: Calls) -> None:
        self.membership = MembershipLoaders(calls)
        self.events = EventsLoaders(calls)
        self.matching = MatchingLoaders(calls)


class Context(BaseContext):
    """One HTTP request, or one WebSocket with all its operations."""

    def __init__(
        self,
        surroundings: Surroundings,
        network: Network,
        *,
        language: str,
        client_address: str,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.language = language
        self.client_address = client_address
        self.idempotency_key = idempotency_key
        self.caller: Caller | None = None
        self.expires_at: datetime | None = None
        self.live = surroundings.live
        self.websockets = surroundings.websockets
        self._surroundings = surroundings
        self._become(None)

    async def sign_in(self, authorization: str) -> None:
        """Everything from now on is done as the person whose token this is; refused when it is not of this network."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        verified = await self._surroundings.verifier.read(token.strip())
        if verified.caller.account_id is None or verified.caller.network_id != UUID(self.network.id):
            raise Unauthenticated("This token is not for this network.")
        self.caller = verified.caller
        self.expires_at = verified.expires_at
        self._become(token.strip())

    def token_is_over(self) -> None:
        """Let what is seen live under this token end now, as if it had expired."""
        self.expires_at = datetime.now(UTC)

    @property
    def identity(self) -> Caller:
        """Who calls, be it nobody, in this network."""
        return self.caller or Caller(network_id=UUID(self.network.id), account_id=None, language=self.language)

    def start_reading(self) -> None:
        """Forget what was looked up: what comes now may have changed since."""
        self.loaders = Loaders(self.calls)

    def network_changed(self) -> None:
        """Look the network up anew at the next request."""
        self._surroundings.directory.forget(self.network.id)

    def say(self, refusal: Refusal) -> str:
        """The refusal in the caller's language."""
        return self._surroundings.messages.of(refusal, self.language)

    def say_unexpected(self) -> str:
        """That something went wrong, in the caller's language, and nothing of what it was."""
        return self._surroundings.messages.plain("UNEXPECTED", self.language)

    def _become(self, token: str | None) -> None:
        self.calls = Calls(
            self._surroundings.services, network=UUID(self.network.id), token=token, language=self.language
        )
        self.start_reading()


Info: TypeAlias = strawberry.Info[Context, None]
