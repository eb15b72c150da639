"""Calls of a running house over gRPC, as anybody."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import grpc.aio
from google.protobuf.message import Message

from deploy.local.databases import AREAS
from deploy.local.keys import SERVICES
from services.common.caller import Role
from services.common.identity.service_identity import ServiceIdentity
from services.common.identity.tokens import sign_access_token
from tests.support.contracts import Answer, Rpc, call
from tests.support.house import House

__all__ = ["SERVICES", "Door", "opened"]


@dataclass(frozen=True)
class Door:
    """The house's three services, without the gateway."""

    house: House
    channels: dict[str, grpc.aio.Channel]

    def token(self, network: UUID, *roles: Role, account: UUID | None = None) -> str:
        """Somebody's access token, with just these roles; a stranger's when no account is named."""
        return sign_access_token(
            self.house.signing_key,
            account=account or uuid4(),
            network=network,
            roles=roles,
            lifetime=timedelta(minutes=10),
            now=datetime.now(UTC),
        )

    async def as_account(self, rpc: Rpc, request: Message, token: str | None, *, network: UUID | None = None) -> Answer:
        """Call with this token, or with none; for a network, where one is named."""
        metadata = [("authorization", f"Bearer {token}")] if token else []
        return await self._call(rpc, request, [*metadata, *_for(network)])

    async def as_service(self, rpc: Rpc, request: Message, service: str, network: UUID) -> Answer:
        """Call as a service does under its own identity."""
        identity = ServiceIdentity.load(service, self.house.system.keys.of(service))
        return await self._call(rpc, request, [("authorization", f"Bearer {identity.token(rpc.area)}"), *_for(network)])

    async def _call(self, rpc: Rpc, request: Message, metadata: Sequence[tuple[str, str]]) -> Answer:
        return await call(self.channels[rpc.area], rpc, request, metadata)


@asynccontextmanager
async def opened(house: House) -> AsyncGenerator[Door]:
    """A door, until the block ends."""
    async with AsyncExitStack() as stack:
        yield Door(
            house,
            {
                area: await stack.enter_async_context(grpc.aio.insecure_channel(house.system.ports.address(area)))
                for area in AREAS
            },
        )


def _for(network: UUID | None) -> list[tuple[str, str]]:
    return [] if network is None else [("ontmoet-network", str(network))]
