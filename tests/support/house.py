"""The whole house for tests: the three services as processes, gateways in the test's own process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local.databases import AREAS
from deploy.local.home import Home, temporary_home
from deploy.local.nats import Nats
from deploy.local.ports import Ports
from deploy.local.programs import Program
from deploy.local.system import LocalSystem
from services.common.caller import Caller, Role
from services.common.identity.keys import load_signing_keys
from services.common.identity.tokens import sign_access_token
from services.common.messaging.bus import connect, ensure_streams
from services.common.storage.database import Database
from services.gateway.main import serving
from services.gateway.settings import Settings
from services.membership.domain.member import NewMember
from services.membership.domain.network import Network
from services.membership.domain.texts import EmailAddress
from services.membership.storage.uow import MembershipTransaction, Uow
from services.membership.usecases.members import add_members
from services.membership.usecases.networks import found_network
from services.membership.wire import encode_fact
from tests.support.graphql import Client
from tests.support.membership import a_network
from tests.support.ports import free_port, free_row
from tests.support.postgres import TestPostgres


@dataclass(frozen=True)
class Person:
    """Somebody of a network, signed in."""

    account: UUID
    name: str
    email: str
    client: Client

    @property
    def id(self) -> str:
        """The global id of the member."""
        return self.client.global_id("Member", self.account)


class House:
    """Membership, events and matching, running; a gateway of its own, and more on demand."""

    def __init__(self, system: LocalSystem, programs: dict[str, Program], members: Uow) -> None:
        self.system = system
        self.programs = programs
        self._members = members
        self.signing_key = load_signing_keys(system.keys.signing)[0]

    @property
    def port(self) -> int:
        """Where the first gateway listens."""
        return self.system.ports.of("gateway")

    def settings(self, port: int, **values: Any) -> Settings:
        """Those of a gateway at this port."""
        environment = self.system.gateway().environment
        named = {key.removeprefix("ONTMOET_").lower(): value for key, value in environment.items()}
        known = {name: value for name, value in named.items() if name in Settings.model_fields}
        return Settings.model_validate({**known, "http_address": f"127.0.0.1:{port}", **values})

    @asynccontextmanager
    async def gateway(self, **values: Any) -> AsyncGenerator[int]:
        """One more gateway, and its port."""
        port = free_port()
        async with serving(self.settings(port, **values)):
            yield port

    async def network(self, **values: Any) -> Network:
        """A new network, with a host name of its own."""
        network = a_network(**values)
        await found_network(self._members, network)
        return network

    async def people(self, network: Network, *names: str, roles: frozenset[Role] | None = None) -> list[Person]:
        """New members of a network, signed in; their addresses are unique."""
        founder = Caller(network.id, uuid4(), frozenset({Role.OWNER}))
        held = roles or frozenset({Role.MEMBER})
        added = await add_members(
            self._members,
            founder,
            [NewMember(email=EmailAddress(f"{uuid4().hex}@test.example"), name=name, roles=held) for name in names],
        )
        return [
            Person(
                member.account_id,
                member.name,
                str(member.email),
                self.client(network, self.token(network, member.account_id, *held)),
            )
            for member in added
        ]

    async def organiser(self, network: Network) -> Person:
        """A new organiser of a network."""
        [person] = await self.people(network, "Olga Organiser", roles=frozenset({Role.ORGANISER}))
        return person

    async def code_to(self, email: str) -> str:
        """The six digits of the latest mail to an address, as soon as it is there."""
        async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as http:
            while True:
                mails = (await http.get(f"http://127.0.0.1:{self.port}/dev/mail", params={"to": email})).json()
                for mail in mails:
                    if found := re.search(r"^\s*(\d{6})\s*$", mail["text"], re.MULTILINE):
                        return found.group(1)
                await asyncio.sleep(0.05)

    def token(self, network: Network, account: UUID, *roles: Role, lifetime: timedelta = timedelta(minutes=10)) -> str:
        """An access token as membership signs it."""
        return sign_access_token(
            self.signing_key,
            account=account,
            network=network.id,
            roles=roles or (Role.MEMBER,),
            lifetime=lifetime,
            now=datetime.now(UTC),
        )

    def client(self, network: Network, token: str | None = None, *, port: int | None = None) -> Client:
        """Somebody's GraphQL client, at the network's own host name."""
        return Client(network.hosts[0], port or self.port, token)


@asynccontextmanager
async def running_house(postgres: TestPostgres, nats: Nats) -> AsyncGenerator[House]:
    """Start everything, on free ports and in a folder of its own, until the block ends."""
    async with running_services(postgres, nats) as house, serving(house.settings(house.port)):
        yield house


@asynccontextmanager
async def running_services(postgres: TestPostgres, nats: Nats) -> AsyncGenerator[House]:
    """The same without a gateway; its place and its port are free."""
    async with AsyncExitStack() as opened:
        folder = opened.enter_context(temporary_home())
        system = LocalSystem(Home(folder / "home"), Ports(free_row()))
        system.home.prepare()
        system.keys.prepare()
        system.postgres, system.nats = postgres.server, nats
        await _prepare(postgres, nats)
        programs = {program.name: program for program in (system.mail_sink(), *system.services())}
        for program in programs.values():
            opened.push_async_callback(program.stop)
        await asyncio.gather(*(program.start() for program in programs.values()))
        database = Database.connect(system.database_url("membership"), service_role="membership_service", pool_size=2)
        opened.push_async_callback(database.close)
        yield House(system, programs, Uow(database, MembershipTransaction, encode=encode_fact))


async def _prepare(postgres: TestPostgres, nats: Nats) -> None:
    for area in AREAS:
        await postgres.service_database(area)
    bus = await connect(nats.url, "house")
    try:
        await ensure_streams(bus, AREAS)
    finally:
        await bus.close()
