"""Membership as it runs, in the test's own process: real gRPC, PostgreSQL and SMTP."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import grpc.aio
from joserfc.jwk import OKPKey
from ontmoet.membership.v1 import member_pb2_grpc, network_pb2_grpc, sign_in_pb2, sign_in_pb2_grpc

from services.common.caller import Caller, Role
from services.common.idempotency import Idempotency
from services.common.identity.keys import FixedKeys, generate_key, public_keys
from services.common.identity.service_identity import ServiceIdentity
from services.common.identity.tokens import Verifier, service_kid
from services.common.rpc.channel import as_service, on_behalf_of, open_channel
from services.common.rpc.server import RpcServer
from services.common.storage.database import Database
from services.membership import wire
from services.membership.adapters.letters import Letters
from services.membership.adapters.mail import Mailer
from services.membership.adapters.signing import SigningKeys
from services.membership.domain.member import Member, NewMember
from services.membership.domain.network import Network
from services.membership.jobs import mail_job
from services.membership.main import registrations
from services.membership.storage.uow import MembershipTransaction, Uow
from services.membership.usecases.members import add_members
from services.membership.usecases.networks import found_network
from tests.support.mail import MailSink
from tests.support.membership import a_network
from tests.support.postgres import TestPostgres

SERVICES = ("gateway", "events", "matching")
SENDER = "noreply@ontmoet.example"


@dataclass
class RunningMembership:
    """The service, and what tests speak to it with."""

    uow: Uow
    sink: MailSink
    keys: SigningKeys
    letters: Letters
    verifier: Verifier
    address: str
    postgres: TestPostgres
    channels: dict[str, grpc.aio.Channel]

    @property
    def mailer(self) -> Mailer:
        return Mailer(f"127.0.0.1:{self.sink.port}", SENDER)

    def sign_in(self, service: str = "gateway") -> "sign_in_pb2_grpc.SignInServiceAsyncStub":
        return sign_in_pb2_grpc.SignInServiceStub(self.channels[service])

    def members(self, service: str = "gateway") -> "member_pb2_grpc.MemberServiceAsyncStub":
        return member_pb2_grpc.MemberServiceStub(self.channels[service])

    def networks(self, service: str = "gateway") -> "network_pb2_grpc.NetworkServiceAsyncStub":
        return network_pb2_grpc.NetworkServiceStub(self.channels[service])

    async def network(self, *people: NewMember, **values: Any) -> Network:
        """A new network with these people in it."""
        network = await found_network(self.uow, a_network(**values))
        await self.add(network, people)
        return network

    async def add(self, network: Network, people: Sequence[NewMember]) -> list[Member]:
        founder = Caller(network.id, None, frozenset({Role.OWNER}))
        return await add_members(self.uow, founder, people)

    @contextmanager
    def as_member(self, network: UUID, member: Member, *, called: UUID | None = None) -> Generator[None, None, None]:
        """Calls in this block are made by a member of the network, for that network or for the one `called`."""
        token = self.keys.sign(member, network, lifetime=timedelta(minutes=5), now=datetime.now(UTC))
        with on_behalf_of(token, network=called or network, language="en"):
            yield

    async def request(
        self, network: Network, email: str, *, language: str = "", client_address: str = "203.0.113.7"
    ) -> sign_in_pb2.RequestCodeResponse:
        request = sign_in_pb2.RequestCodeRequest(email=email, language=language, client_address=client_address)
        with as_service(network.id):
            return await self.sign_in().RequestCode(request)

    async def redeem(self, network: Network, email: str, code: str, **values: Any) -> sign_in_pb2.RedeemCodeResponse:
        values = {"client_address": "203.0.113.7"} | values
        with as_service(network.id):
            return await self.sign_in().RedeemCode(sign_in_pb2.RedeemCodeRequest(email=email, code=code, **values))

    async def signed_in(self, network: Network, email: str, **values: Any) -> sign_in_pb2.Tokens:
        """The tokens of who asks for a code, reads the mail and redeems it."""
        await self.request(network, email)
        return (await self.redeem(network, email, await self.sink.code_to(email), **values)).tokens

    async def refresh(self, network: Network, token: str) -> sign_in_pb2.Tokens:
        with as_service(network.id):
            answer = await self.sign_in().RefreshTokens(sign_in_pb2.RefreshTokensRequest(refresh_token=token))
        return answer.tokens

    async def as_admin(self, statement: str) -> None:
        """Change what only time or an operator would."""
        await self.postgres.run(statement, "membership")


@asynccontextmanager
async def running_membership(postgres: TestPostgres, sink: MailSink) -> AsyncGenerator[RunningMembership]:
    """Membership, serving, with its mail job at work."""
    async with AsyncExitStack() as opened:
        url = (await postgres.service_database("membership")).service_url
        database = Database.connect(url, service_role="membership_service")
        opened.push_async_callback(database.close)
        uow = Uow(database, MembershipTransaction, encode=wire.encode_fact)
        keys, letters = SigningKeys([generate_key("first"), generate_key("second")]), Letters()
        service_keys = {name: generate_key(service_kid(name)) for name in SERVICES}
        verifier = Verifier(FixedKeys(public_keys(keys.public_json)), FixedKeys(service_keys.values()))
        server = RpcServer(
            "127.0.0.1:0", registrations(uow, keys), verifier=verifier, idempotency=Idempotency(uow), reflection=True
        )
        await server.start()
        opened.push_async_callback(server.stop, 1.0)
        channels = {name: open_channel(server.address, identity=_identity(name, service_keys)) for name in SERVICES}
        for channel in channels.values():
            opened.push_async_callback(channel.close)
        running = RunningMembership(uow, sink, keys, letters, verifier, server.address, postgres, channels)
        mailing = asyncio.create_task(mail_job(uow, keys, letters, running.mailer).run())
        opened.callback(mailing.cancel)
        yield running


def _identity(name: str, keys: dict[str, OKPKey]) -> ServiceIdentity:
    return ServiceIdentity(name, keys[name])
