"""The way of a sign-up in one process, where its spans, figures and log lines can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from deploy.local.databases import AREAS
from deploy.local.home import temporary_home
from deploy.local.nats import Nats
from services.common.caller import Caller, Role
from services.common.idempotency import Idempotency
from services.common.messaging.bus import connect, ensure_streams
from services.common.messaging.relay import Relay
from services.common.rpc.channel import open_channel
from services.common.storage.database import Database
from services.events.adapters.membership import Membership
from services.events.main import registrations as events_registrations
from services.events.storage.transaction import EventsTransaction
from services.events.storage.transaction import Uow as EventsUow
from services.events.wire import encode_fact
from services.gateway.main import serving
from services.gateway.settings import Settings
from services.matching.adapters.members import Members
from services.matching.consumers import member_consumer
from services.matching.storage.transaction import MatchingTransaction
from services.matching.storage.transaction import Uow as MatchingUow
from services.matching.wire.facts import encode_fact as encode_matching_fact
from services.membership.adapters.signing import SigningKeys
from services.membership.domain.member import NewMember
from services.membership.domain.network import Network
from services.membership.domain.texts import EmailAddress
from services.membership.main import registrations as membership_registrations
from services.membership.storage.uow import MembershipTransaction
from services.membership.storage.uow import Uow as MembershipUow
from services.membership.usecases.members import add_members
from services.membership.usecases.networks import found_network
from services.membership.wire import encode_fact as encode_membership_fact
from tests.support.graphql import Client
from tests.support.membership import a_network
from tests.support.ports import free_port
from tests.support.postgres import TestPostgres
from tests.support.rpc import TestIdentity, running


@dataclass(frozen=True)
class Traced:
    """A gateway, events and membership with their relays, and matching's consumer, all in this process."""

    network: Network
    port: int
    members: MembershipUow
    identity: TestIdentity

    async def person(self, name: str, *roles: Role) -> Client:
        """A new member, signed in."""
        founder = Caller(self.network.id, uuid4(), frozenset({Role.OWNER}))
        newcomer = NewMember(email=EmailAddress(f"{uuid4().hex}@secret.example"), name=name, roles=frozenset(roles))
        [member] = await add_members(self.members, founder, [newcomer])
        return self.client(member.account_id, *roles)

    def client(self, account: UUID, *roles: Role) -> Client:
        """Somebody's GraphQL client."""
        token = self.identity.user_token(self.network.id, account, roles or (Role.MEMBER,))
        return Client(self.network.hosts[0], self.port, token)


@asynccontextmanager
async def running_traced(postgres: TestPostgres) -> AsyncGenerator[Traced]:
    """Start it with databases and a NATS of its own, so that no other process of the tests takes part."""
    async with AsyncExitStack() as opened:
        folder = opened.enter_context(temporary_home())
        identity = TestIdentity()
        identity.write(folder)
        nats = Nats(folder / "nats", durable=False)
        opened.push_async_callback(nats.stop)
        await nats.start()
        rooms = await opened.enter_async_context(_rooms(postgres))
        membership, events = await opened.enter_async_context(_serving(rooms, identity))
        await opened.enter_async_context(_telling(rooms, identity, membership, nats.url))
        port = free_port()
        settings = Settings(
            environment="development",
            http_address=f"127.0.0.1:{port}",
            public_url=f"http://localhost:{port}",
            membership_address=membership,
            events_address=events,
            matching_address="127.0.0.1:1",
            nats_url=nats.url,
            service_key_file=folder / "gateway.json",
        )
        await opened.enter_async_context(serving(settings))
        network = a_network()
        await found_network(rooms.members, network)
        yield Traced(network, port, rooms.members, identity)


@dataclass(frozen=True)
class _Rooms:
    members: MembershipUow
    events: EventsUow
    matching: MatchingUow


@asynccontextmanager
async def _rooms(postgres: TestPostgres) -> AsyncGenerator[_Rooms]:
    databases: dict[str, Database] = {}
    for area in AREAS:
        urls = await postgres.service_database(area, database=f"traced_{area}")
        databases[area] = Database.connect(urls.service_url, service_role=f"{area}_service")
    try:
        yield _Rooms(
            MembershipUow(databases["membership"], MembershipTransaction, encode=encode_membership_fact),
            EventsUow(databases["events"], EventsTransaction, encode=encode_fact),
            MatchingUow(databases["matching"], MatchingTransaction, encode=encode_matching_fact),
        )
    finally:
        for database in databases.values():
            await database.close()


@asynccontextmanager
async def _serving(rooms: _Rooms, identity: TestIdentity) -> AsyncGenerator[tuple[str, str]]:
    """Where membership and events listen."""
    servicers = membership_registrations(rooms.members, SigningKeys([identity.signing_key]))
    async with (
        running(servicers, identity=identity) as membership,
        open_channel(membership.address, identity=identity.service("events")) as channel,
        running(
            events_registrations(rooms.events, Membership(channel)),
            identity=identity,
            idempotency=Idempotency(rooms.events),
        ) as events,
    ):
        yield membership.address, events.address


@asynccontextmanager
async def _telling(rooms: _Rooms, identity: TestIdentity, membership: str, nats_url: str) -> AsyncGenerator[None]:
    """The relays of both, and matching's consumer."""
    bus = await connect(nats_url, "traced")
    await ensure_streams(bus, AREAS)
    async with open_channel(membership, identity=identity.service("matching")) as channel:
        tasks = [
            asyncio.create_task(Relay(rooms.events, bus, "events").run()),
            asyncio.create_task(Relay(rooms.members, bus, "membership").run()),
            asyncio.create_task(member_consumer(rooms.matching, bus, Members(channel)).run()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await bus.close()
