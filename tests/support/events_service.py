"""Events and membership as real gRPC servers on real databases, and people who call them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import grpc.aio
from ontmoet.events.v1.event_pb2_grpc import EventServiceStub
from ontmoet.events.v1.registration_pb2_grpc import RegistrationServiceStub

from services.common.caller import Caller, Role
from services.common.idempotency import Idempotency
from services.common.rpc.channel import open_channel
from services.common.rpc.refusals import refusal_from
from services.common.storage.database import Database
from services.events.adapters.membership import Membership
from services.events.main import registrations as events_registrations
from services.events.storage.transaction import EventsTransaction
from services.events.storage.transaction import Uow as EventsUow
from services.events.wire import encode_fact
from services.membership.adapters.signing import SigningKeys
from services.membership.domain.member import NewMember
from services.membership.domain.texts import EmailAddress
from services.membership.main import registrations as membership_registrations
from services.membership.storage.uow import MembershipTransaction
from services.membership.storage.uow import Uow as MembershipUow
from services.membership.usecases.members import add_members
from services.membership.usecases.networks import found_network
from services.membership.wire import encode_fact as encode_membership_fact
from tests.support.membership import a_network
from tests.support.postgres import TestPostgres
from tests.support.rpc import Metadata, TestIdentity, running


@dataclass(frozen=True)
class Person:
    """Somebody of a network, and what their calls bring along."""

    network: UUID
    account: UUID
    metadata: Metadata


@dataclass
class EventsService:
    """Both services, running."""

    channel: grpc.aio.Channel
    uow: EventsUow
    members: MembershipUow
    identity: TestIdentity
    address: str
    membership_address: str

    def __post_init__(self) -> None:
        self.events = EventServiceStub(self.channel)
        self.registrations = RegistrationServiceStub(self.channel)

    async def network(self, time_zone: str = "Europe/Brussels") -> UUID:
        """A new network."""
        network = a_network(time_zone=time_zone)
        await found_network(self.members, network)
        return network.id

    async def person(self, network: UUID, *roles: Role) -> Person:
        """A new member of it, whom membership knows."""
        owner = Caller(network, uuid4(), frozenset({Role.OWNER}))
        held = frozenset(roles or (Role.MEMBER,))
        newcomer = NewMember(email=EmailAddress(f"{uuid4().hex}@voka.example"), name="Ann", roles=held)
        [member] = await add_members(self.members, owner, [newcomer])
        return self.bearing(network, member.account_id, *held)

    def stranger(self, network: UUID, *roles: Role) -> Person:
        """Somebody with a token whom membership was not told about: enough for what does not ask it."""
        return self.bearing(network, uuid4(), *(roles or (Role.MEMBER,)))

    def bearing(self, network: UUID, account: UUID, *roles: Role) -> Person:
        return Person(network, account, self.identity.user_metadata(network, account, roles))


@asynccontextmanager
async def running_events(postgres: TestPostgres) -> AsyncGenerator[EventsService]:
    """Serve both, on free ports, until the block ends."""
    identity = TestIdentity()
    membership_db, events_db = [await postgres.service_database(area) for area in ("membership", "events")]
    members = Database.connect(membership_db.service_url, service_role="membership_service")
    events = Database.connect(events_db.service_url, service_role="events_service")
    members_uow = MembershipUow(members, MembershipTransaction, encode=encode_membership_fact)
    uow = EventsUow(events, EventsTransaction, encode=encode_fact)
    keys = SigningKeys([identity.signing_key])
    try:
        async with (
            running(membership_registrations(members_uow, keys), identity=identity) as server,
            open_channel(server.address, identity=identity.service("events")) as channel,
        ):
            membership = Membership(channel)
            keyed = Idempotency(uow)
            async with running(events_registrations(uow, membership), identity=identity, idempotency=keyed) as here:
                yield EventsService(here.channel, uow, members_uow, identity, here.address, server.address)
    finally:
        await events.close()
        await members.close()


@dataclass(frozen=True)
class Refused:
    """What a refusal says on the wire."""

    code: grpc.StatusCode
    reason: str
    field: str | None
    details: dict[str, str]


def refused(error: grpc.aio.AioRpcError) -> Refused:
    """Read a refusal from the error that a call raised."""
    refusal = refusal_from(error)
    return Refused(error.code(), refusal.reason, refusal.field, refusal.details)
