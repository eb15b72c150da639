"""Searches that take longer than a call: they wait in a queue, are seen on their way, and survive their solver."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import grpc.aio
import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb
from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceStub

from deploy.local.programs import Program, serves_grpc
from services.common.caller import Role
from services.membership.domain.network import Network
from tests.support.house import House, Person
from tests.support.ports import free_port
from tests.support.two_networks import uuid_in

if TYPE_CHECKING:
    from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceAsyncStub

pytestmark = pytest.mark.xdist_group("long searches")

PEOPLE, SIZE, ROUNDS = 12, 3, 5
"""Some must meet again, for no nearly Kirkman system has twelve; but no bound says so, and the search goes on."""
QUEUED, RUNNING = pb.OPERATION_STATE_QUEUED, pb.OPERATION_STATE_RUNNING
DONE, CANCELLED = pb.OPERATION_STATE_DONE, pb.OPERATION_STATE_CANCELLED


class Searches:
    """An organiser's searches, over gRPC with one replica."""

    def __init__(self, house: House, network: Network, organiser: Person, people: list[Person]) -> None:
        self._house = house
        self._network = network
        self._organiser = organiser
        self._people = people
        self.port = house.system.ports.of("matching")
        token = house.token(network, organiser.account, Role.ORGANISER)
        self._metadata = (("authorization", f"Bearer {token}"), ("ontmoet-network", str(network.id)))

    async def an_event(self) -> str:
        """With everybody there."""
        starts = datetime.now(ZoneInfo(self._network.time_zone)) + timedelta(minutes=5)
        client = self._organiser.client
        about = {"title": "Friday", "description": "A Friday", "mode": "ONLINE", "durationSeconds": 7200}
        local = starts.strftime("%Y-%m-%dT%H:%M")
        event = (await client.do("createEvent", "event { id }", **about, startsAtLocal=local, capacity=50))["event"]
        await client.do("openRegistration", "event { state }", eventId=event["id"])
        for person in self._people:
            found = await person.client.do("register", "registration { id }", eventId=event["id"])
            await client.do("checkIn", "registration { id }", registrationId=found["registration"]["id"])
        return event["id"]

    async def begin(self, event: str, seconds: int) -> str:
        """A long search."""
        async with self._stub() as stub:
            request = pb.ProposeBreakoutRequest(
                event_id=uuid_in(event), rounds=ROUNDS, group_size=SIZE, seconds=seconds
            )
            answer = await stub.ProposeBreakout(request, metadata=self._metadata)
        assert not answer.HasField("breakout")
        return answer.operation.id

    async def look(self, operation: str) -> pb.GetOperationResponse:
        async with self._stub() as stub:
            request = pb.GetOperationRequest(operation_id=operation)
            return await stub.GetOperation(request, metadata=self._metadata)

    async def cancel(self, operation: str) -> pb.Operation:
        async with self._stub() as stub:
            request = pb.CancelOperationRequest(operation_id=operation)
            return (await stub.CancelOperation(request, metadata=self._metadata)).operation

    async def breakout(self, id: str) -> pb.Breakout:
        async with self._stub() as stub:
            request = pb.GetBreakoutRequest(breakout_id=id)
            return (await stub.GetBreakout(request, metadata=self._metadata)).breakout

    async def plan(self, event: str) -> pb.Breakout:
        """A short search."""
        async with self._stub() as stub:
            request = pb.ProposeBreakoutRequest(event_id=uuid_in(event), rounds=1, group_size=SIZE, seconds=1)
            return (await stub.ProposeBreakout(request, metadata=self._metadata)).breakout

    async def open_a_round(self, breakout: pb.Breakout) -> pb.Breakout:
        async with self._stub() as stub:
            publish = pb.PublishRoundRequest(breakout_id=breakout.id, round_number=1)
            return (await stub.PublishRound(publish, metadata=self._metadata)).breakout

    async def until(
        self, operation: str, holds: Callable[[pb.GetOperationResponse], bool], within: float = 40.0
    ) -> pb.GetOperationResponse:
        """Looks until it holds."""
        async with asyncio.timeout(within):
            while True:
                found = await self.look(operation)
                if holds(found):
                    return found
                await asyncio.sleep(0.2)

    @asynccontextmanager
    async def _stub(self) -> AsyncGenerator[BreakoutServiceAsyncStub]:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{self.port}") as channel:
            yield BreakoutServiceStub(channel)


@pytest.fixture(scope="module")
async def searches(house: House) -> Searches:
    network = await house.network()
    organiser = await house.organiser(network)
    people = await house.people(network, *(f"Person {number}" for number in range(PEOPLE)))
    return Searches(house, network, organiser, people)


@asynccontextmanager
async def another_replica(house: House) -> AsyncGenerator[tuple[Program, int]]:
    """One more matching of the same house, and its port."""
    first, port = house.programs["matching"], free_port()
    environment = {**first.environment, "ONTMOET_GRPC_ADDRESS": f"127.0.0.1:{port}"}
    log = first.log.with_name(f"matching-{port}.log")
    replica = Program("matching", "services.matching.main", log, environment, serves_grpc(port))
    await replica.start()
    try:
        yield replica, port
    finally:
        await replica.stop()


async def test_a_long_search_is_seen_on_its_way_and_its_plan_becomes_the_break_out(searches: Searches):
    event = await searches.an_event()
    operation = await searches.begin(event, seconds=8)
    assert await searches.begin(event, seconds=9) == operation
    first = await searches.until(operation, lambda found: found.HasField("best"))
    assert (first.operation.state, len(first.best.rounds), first.best.id) == (RUNNING, ROUNDS, "")
    assert first.operation.repeats > first.operation.repeats_bound
    later = await searches.until(operation, lambda found: found.operation.seconds > first.operation.seconds + 2)
    assert later.operation.repeats <= first.operation.repeats
    done = (await searches.until(operation, lambda found: found.operation.state == DONE)).operation
    assert 7 < done.seconds < 15
    breakout = await searches.breakout(done.breakout_id)
    assert (len(breakout.rounds), breakout.repeats, breakout.event_id) == (ROUNDS, done.repeats, uuid_in(event))
    assert not (await searches.look(operation)).HasField("best")
    assert (await searches.cancel(operation)).state == DONE


async def test_a_search_that_is_cancelled_keeps_the_best_plan_so_far(searches: Searches):
    operation = await searches.begin(await searches.an_event(), seconds=60)
    best = await searches.until(operation, lambda found: found.HasField("best"))
    await searches.cancel(operation)
    ended = (await searches.until(operation, lambda found: found.operation.state != RUNNING, within=10)).operation
    assert (ended.state, ended.failure) == (CANCELLED, "")
    assert ended.repeats <= best.operation.repeats
    assert (await searches.breakout(ended.breakout_id)).repeats == ended.repeats


async def test_a_search_comes_to_nothing_when_a_round_was_opened_meanwhile(searches: Searches):
    event = await searches.an_event()
    planned = await searches.plan(event)
    operation = await searches.begin(event, seconds=8)
    await searches.until(operation, lambda found: found.HasField("best"))
    opened = await searches.open_a_round(planned)
    ended = (await searches.until(operation, lambda found: found.operation.state != RUNNING)).operation
    assert (ended.state, ended.failure) == (pb.OPERATION_STATE_FAILED, "BREAKOUT_STARTED")
    assert await searches.breakout(opened.id) == opened


async def test_one_solver_takes_one_search_after_the_other_and_two_share_them(house: House, searches: Searches):
    """What waits can be cancelled as well; nothing comes of it."""
    events = [await searches.an_event() for _ in range(3)]
    first, second, third = [await searches.begin(event, seconds=60) for event in events]
    await searches.until(first, lambda found: found.operation.state == RUNNING)
    await asyncio.sleep(2)
    assert (await searches.look(second)).operation.state == QUEUED
    async with another_replica(house):
        await searches.until(second, lambda found: found.HasField("best"))  # its solver is warm and can be told to stop
        assert (await searches.look(first)).operation.state == RUNNING
        waiting = await searches.cancel(third)
        assert (waiting.state, waiting.breakout_id) == (CANCELLED, "")
        for operation in (first, second):
            await searches.cancel(operation)
            await searches.until(operation, lambda found: found.operation.state == CANCELLED, within=10)


async def test_the_search_of_a_replica_that_is_killed_is_finished_by_another(house: House, searches: Searches):
    """kill -9 in the middle of it: the other one goes on from the best plan, for the rest of the time."""
    operation = await searches.begin(await searches.an_event(), seconds=12)
    before = (await searches.until(operation, lambda found: found.HasField("best"))).operation
    killed = house.programs["matching"]
    killed.process.kill()
    await killed.process.wait()
    try:
        async with another_replica(house) as (_, searches.port):
            found = (await searches.look(operation)).operation
            assert (found.state, found.HasField("repeats")) == (RUNNING, True), "it was over before its replica died"
            done = (await searches.until(operation, lambda found: found.operation.state == DONE)).operation
            assert UUID((await searches.breakout(done.breakout_id)).id)
    finally:
        searches.port = house.system.ports.of("matching")
        await killed.start()
    assert done.repeats <= before.repeats
    assert done.seconds > before.seconds


async def test_a_search_outlives_the_replica_that_took_it_from_one_that_slept(house: House, searches: Searches):
    """Who lost it leaves it on the queue: it is not theirs to take off, for the other one may die as well."""
    event, next_event = await searches.an_event(), await searches.an_event()
    first = await searches.begin(event, seconds=15)
    await searches.until(first, lambda found: found.HasField("best"))
    asleep = house.programs["matching"].process
    asleep.send_signal(signal.SIGSTOP)
    try:
        async with another_replica(house) as (taker, searches.port):
            before = (await searches.look(first)).operation.seconds
            await searches.until(first, lambda found: found.operation.seconds > before)
            waiting = await searches.begin(next_event, seconds=60)
            asleep.send_signal(signal.SIGCONT)
            await searches.until(waiting, lambda found: found.operation.state == RUNNING)  # it let go of the first
            assert (await searches.look(first)).operation.state == RUNNING
            taker.process.kill()
            await taker.process.wait()
        searches.port = house.system.ports.of("matching")
        await searches.cancel(waiting)
        await searches.until(first, lambda found: found.operation.state == DONE)
    finally:
        asleep.send_signal(signal.SIGCONT)
        searches.port = house.system.ports.of("matching")


async def test_a_replica_that_slept_while_another_finished_its_search_changes_nothing_when_it_wakes(
    house: House, searches: Searches
):
    operation = await searches.begin(await searches.an_event(), seconds=10)
    await searches.until(operation, lambda found: found.HasField("best"))
    asleep = house.programs["matching"].process
    asleep.send_signal(signal.SIGSTOP)
    try:
        async with another_replica(house) as (_, searches.port):
            done = (await searches.until(operation, lambda found: found.operation.state == DONE)).operation
            breakout = await searches.breakout(done.breakout_id)
            asleep.send_signal(signal.SIGCONT)
            await asyncio.sleep(5)
            assert (await searches.look(operation)).operation == done
            assert await searches.breakout(done.breakout_id) == breakout
    finally:
        asleep.send_signal(signal.SIGCONT)
        searches.port = house.system.ports.of("matching")
