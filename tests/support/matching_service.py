"""Matching as it runs, beside real events and membership: real gRPC, PostgreSQL and solver processes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import grpc.aio
from ontmoet.matching.v1 import breakout_pb2 as pb
from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceStub
from ontmoet.matching.v1.introduction_pb2_grpc import IntroductionServiceStub
from ontmoet.matching.v1.rule_pb2_grpc import RuleServiceStub
from ontmoet.matching.v1.solve_pb2_grpc import SolverServiceStub
from sqlalchemy import delete

from services.common.caller import Caller, Role
from services.common.idempotency import Idempotency
from services.common.rpc.channel import open_channel
from services.common.storage.database import Database
from services.events.domain.moderator import Moderator
from services.events.storage.tables import registrations as registration_table
from services.events.usecases.attend import check_in, check_out
from services.events.usecases.moderate import withdraw_moderator
from services.events.usecases.places import register
from services.matching.adapters.events import Events
from services.matching.adapters.members import Members
from services.matching.adapters.solver import Solver
from services.matching.domain.limits import Limits
from services.matching.main import registrations
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.usecases.profiles import rebuild_members
from services.matching.wire.facts import encode_fact
from services.membership.domain.member import NewMember
from services.membership.domain.texts import EmailAddress
from services.membership.usecases.members import add_members
from tests.support.events_network import an_open_event, move_event
from tests.support.events_service import EventsService, running_events
from tests.support.postgres import TestPostgres
from tests.support.rpc import Metadata, running

LIMITS = Limits(people=1_000, rounds=20, seconds=60, searches=2)


@dataclass(frozen=True)
class Friday:
    """An event that is about to begin, with the people who are there."""

    network: UUID
    event: UUID
    organiser: UUID
    participants: tuple[UUID, ...]
    moderators: tuple[UUID, ...]


@dataclass
class MatchingService:
    """The three services, running."""

    channel: grpc.aio.Channel
    uow: Uow
    members: Members
    solver: Solver
    beside: EventsService
    address: str

    def __post_init__(self) -> None:
        self.breakouts = BreakoutServiceStub(self.channel)
        self.rules = RuleServiceStub(self.channel)
        self.solving = SolverServiceStub(self.channel)
        self.introductions = IntroductionServiceStub(self.channel)

    async def friday(self, participants: int, moderators: int = 0, **values: Any) -> Friday:
        """A new network with an event that began five minutes ago; so many people are checked in."""
        network = await self.beside.network()
        organiser, *people = await self.people(network, participants + 1, **values)
        leading = await self.people(network, moderators, roles=frozenset({Role.MODERATOR}))
        event = (await an_open_event(self.beside.uow, network, places=500, starts_in=timedelta(minutes=5))).id
        friday = Friday(network, event, organiser, (), tuple(sorted(leading)))
        await self.lead(friday, *leading)
        await self.arrive(friday, *people)
        await move_event(self.beside.uow, network, event, starts_in=timedelta(minutes=-5))
        return Friday(network, event, organiser, tuple(sorted(people)), tuple(sorted(leading)))

    @asynccontextmanager
    async def events(self) -> AsyncGenerator[Events]:
        """The events service, as matching sees it."""
        async with self.channel_to_events() as channel:
            yield Events(channel)

    def channel_to_events(self) -> AbstractAsyncContextManager[grpc.aio.Channel]:
        """Matching's own."""
        return open_channel(self.beside.address, identity=self.beside.identity.service("matching"))

    async def another_week(self, friday: Friday) -> Friday:
        """The same people at the network's next event."""
        event = (await an_open_event(self.beside.uow, friday.network, places=500, starts_in=timedelta(minutes=5))).id
        following = replace(friday, event=event)
        await self.arrive(following, *friday.participants)
        return following

    async def copy_members(self, friday: Friday) -> None:
        """Matching has copies of the network's members."""
        await rebuild_members(self.uow, self.members, friday.network)

    async def colleagues(self, friday: Friday, company: str) -> set[str]:
        """Who of the participants works there, as matching knows it."""
        async with self.uow.begin(friday.network) as tx:
            known = await tx.profiles.of(friday.participants)
        return {str(account) for account, copy in known.items() if copy.company.casefold() == company}

    async def people(self, network: UUID, count: int, companies: Sequence[str] = (), **values: Any) -> list[UUID]:
        """New members of a network; the first ones, after one, work for these companies."""
        owner = Caller(network, uuid4(), frozenset({Role.OWNER}))
        newcomers = [
            NewMember(
                email=EmailAddress(f"{uuid4().hex}@voka.example"),
                name=f"Person {number}",
                company=companies[number - 1] if 0 < number <= len(companies) else "",
                **values,
            )
            for number in range(count)
        ]
        return (
            [member.account_id for member in await add_members(self.beside.members, owner, newcomers)] if count else []
        )

    async def arrive(self, friday: Friday, *people: UUID) -> None:
        """These people register and check in."""
        for account in people:
            caller = Caller(friday.network, account, frozenset({Role.MEMBER}))
            registration = await register(self.beside.uow, caller, friday.event)
            await check_in(self.beside.uow, caller, registration.id)

    async def check_out(self, friday: Friday, *people: UUID) -> None:
        """These people leave the event, and it is noted."""
        for account in people:
            caller = Caller(friday.network, account, frozenset({Role.MEMBER}))
            registration = await register(self.beside.uow, caller, friday.event)
            await check_out(self.beside.uow, caller, registration.id)

    async def leave(self, friday: Friday, *people: UUID) -> None:
        """These people are no longer there."""
        table = registration_table.c
        async with self.beside.uow.begin(friday.network) as tx:
            mine = (table.network_id == friday.network, table.event_id == friday.event, table.account_id.in_(people))
            await tx.connection.execute(delete(registration_table).where(*mine))

    async def lead(self, friday: Friday, *moderators: UUID) -> None:
        """These people moderate."""
        async with self.beside.uow.begin(friday.network) as tx:
            await tx.moderators.save(friday.event, [Moderator(account=account) for account in moderators])

    async def withdraw(self, friday: Friday, moderator: UUID) -> None:
        """A moderator drops out."""
        caller = Caller(friday.network, moderator, frozenset({Role.MODERATOR}))
        await withdraw_moderator(self.beside.uow, caller, friday.event, moderator)

    def organiser(self, friday: Friday) -> Caller:
        return Caller(friday.network, friday.organiser, frozenset({Role.ORGANISER}))

    def as_organiser(self, friday: Friday, **values: Any) -> Metadata:
        return self.bearing(friday.network, friday.organiser, Role.ORGANISER, **values)

    def as_member(self, friday: Friday, account: UUID) -> Metadata:
        return self.bearing(friday.network, account, Role.MEMBER)

    def bearing(self, network: UUID, account: UUID, *roles: Role, **values: Any) -> Metadata:
        """What calls of somebody in a network bring along."""
        return self.beside.identity.user_metadata(network, account, roles, **values)

    async def propose(self, friday: Friday, *, rounds: int = 3, group_size: int = 3) -> pb.Breakout:
        """The organiser plans a break-out."""
        request = pb.ProposeBreakoutRequest(event_id=str(friday.event), rounds=rounds, group_size=group_size)
        answer = await self.breakouts.ProposeBreakout(request, metadata=self.as_organiser(friday))
        return answer.breakout

    async def publish(self, friday: Friday, breakout: pb.Breakout, number: int) -> pb.Breakout:
        """The organiser opens a round."""
        request = pb.PublishRoundRequest(breakout_id=breakout.id, round_number=number)
        return (await self.breakouts.PublishRound(request, metadata=self.as_organiser(friday))).breakout

    async def close(self, friday: Friday, breakout: pb.Breakout, number: int) -> pb.Breakout:
        """The organiser closes a round."""
        request = pb.CloseRoundRequest(breakout_id=breakout.id, round_number=number)
        return (await self.breakouts.CloseRound(request, metadata=self.as_organiser(friday))).breakout

    async def replan(self, friday: Friday, breakout: pb.Breakout) -> pb.ReplanBreakoutResponse:
        """The organiser has the rest planned anew."""
        request = pb.ReplanBreakoutRequest(breakout_id=breakout.id)
        return await self.breakouts.ReplanBreakout(request, metadata=self.as_organiser(friday))

    async def held(self, friday: Friday, *numbers: int, rounds: int = 1, group_size: int = 3) -> pb.Breakout:
        """A break-out of which these rounds were held."""
        breakout = await self.propose(friday, rounds=rounds, group_size=group_size)
        for number in numbers:
            await self.publish(friday, breakout, number)
            breakout = await self.close(friday, breakout, number)
        return breakout


@asynccontextmanager
async def running_matching(postgres: TestPostgres) -> AsyncGenerator[MatchingService]:
    """Serve matching, events and membership, on free ports, until the block ends."""
    urls = await postgres.service_database("matching")
    database = Database.connect(urls.service_url, service_role="matching_service")
    await database.verify_role()
    uow = Uow(database, MatchingTransaction, encode=encode_fact)
    try:
        async with running_events(postgres) as beside, Solver(workers=1) as solver:
            me = beside.identity.service("matching")
            async with (
                open_channel(beside.address, identity=me) as events,
                open_channel(beside.membership_address, identity=me) as membership,
            ):
                members = Members(membership)
                servicers = registrations(uow, Events(events), members, solver, LIMITS)
                async with running(servicers, identity=beside.identity, idempotency=Idempotency(uow)) as here:
                    yield MatchingService(here.channel, uow, members, solver, beside, here.address)
    finally:
        await database.close()


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = 20.0) -> None:
    """Waits until it holds; fails with TimeoutError when it takes too long."""
    async with asyncio.timeout(within):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.05)


def groups_of(breakout: pb.Breakout) -> list[list[frozenset[str]]]:
    """Who sits together, round by round."""
    return [[frozenset(seat.account_id for seat in group.seats) for group in each.groups] for each in breakout.rounds]
