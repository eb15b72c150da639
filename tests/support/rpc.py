"""Real gRPC servers on a free port, keys for everybody, and callers of every kind."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import grpc.aio
from joserfc.jwk import OKPKey

from services.common.caller import Role
from services.common.idempotency import Idempotency
from services.common.identity.keys import FixedKeys, generate_key, private_jwk, private_jwks, public_jwks
from services.common.identity.service_identity import ServiceIdentity
from services.common.identity.tokens import Verifier, service_kid, sign_access_token
from services.common.rpc.server import Registration, RpcServer

SERVICES = ("gateway", "membership", "events", "matching")

Metadata = tuple[tuple[str, str], ...]


def _service_keys() -> dict[str, OKPKey]:
    return {service: generate_key(service_kid(service)) for service in SERVICES}


@dataclass(frozen=True)
class TestIdentity:
    """Keys for all services, and the key that signs access tokens. Each has its own; make one per test module."""

    __test__ = False

    signing_key: OKPKey = field(default_factory=lambda: generate_key("access-1"))
    service_keys: dict[str, OKPKey] = field(default_factory=_service_keys)

    @property
    def verifier(self) -> Verifier:
        """What a service believes: these keys and no others."""
        return Verifier(FixedKeys([self.signing_key]), FixedKeys(self.service_keys.values()))

    def service(self, name: str) -> ServiceIdentity:
        """The identity of a service, for open_channel."""
        return ServiceIdentity(name, self.service_keys[name])

    def user_token(
        self,
        network: UUID,
        account: UUID,
        roles: Iterable[Role] = (Role.MEMBER,),
        *,
        lifetime: timedelta = timedelta(minutes=10),
    ) -> str:
        """An access token, as membership would sign it."""
        now = datetime.now(UTC)
        return sign_access_token(
            self.signing_key, account=account, network=network, roles=roles, lifetime=lifetime, now=now
        )

    def user_metadata(
        self,
        network: UUID,
        account: UUID,
        roles: Iterable[Role] = (Role.MEMBER,),
        *,
        language: str = "en",
        idempotency_key: str | None = None,
    ) -> Metadata:
        """What a call of this account brings along."""
        metadata = [("authorization", f"Bearer {self.user_token(network, account, roles)}")]
        metadata += [("ontmoet-network", str(network)), ("ontmoet-language", language)]
        return (*metadata, *_key(idempotency_key))

    def service_metadata(
        self, service: str, network: UUID | None, *, to: str, idempotency_key: str | None = None
    ) -> Metadata:
        """What a call of this service to that one ("events") brings along; its token holds there alone."""
        metadata = [("authorization", f"Bearer {self.service(service).token(to)}")]
        if network is not None:
            metadata.append(("ontmoet-network", str(network)))
        return (*metadata, *_key(idempotency_key))

    def write(self, folder: Path) -> None:
        """The files that settings point to: <service>.json, services.json and signing.json."""
        for service, key in self.service_keys.items():
            (folder / f"{service}.json").write_text(private_jwk(key))
        (folder / "services.json").write_text(public_jwks(self.service_keys.values()))
        (folder / "signing.json").write_text(private_jwks([self.signing_key]))


@dataclass(frozen=True)
class Running:
    """A server that runs, and a plain channel to it, which adds nothing to a call."""

    server: RpcServer
    channel: grpc.aio.Channel

    @property
    def address(self) -> str:
        return self.server.address


@asynccontextmanager
async def running(
    servicers: Sequence[Registration],
    *,
    identity: TestIdentity,
    idempotency: Idempotency | None = None,
    address: str = "127.0.0.1:0",
    reflection: bool = False,
) -> AsyncGenerator[Running]:
    """Serve these servicers, on a free port when none is named, until the block ends."""
    server = RpcServer(address, servicers, verifier=identity.verifier, idempotency=idempotency, reflection=reflection)
    await server.start()
    try:
        async with grpc.aio.insecure_channel(server.address) as channel:
            yield Running(server, channel)
    finally:
        await server.stop(grace=1)


def _key(idempotency_key: str | None) -> Metadata:
    return () if idempotency_key is None else (("idempotency-key", idempotency_key),)
