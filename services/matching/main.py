"""Starts matching: `python -m services.matching.main`."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

import grpc.aio
from ontmoet.matching.v1.breakout_pb2_grpc import add_BreakoutServiceServicer_to_server
from ontmoet.matching.v1.introduction_pb2_grpc import add_IntroductionServiceServicer_to_server
from ontmoet.matching.v1.rule_pb2_grpc import add_RuleServiceServicer_to_server
from ontmoet.matching.v1.solve_pb2_grpc import add_SolverServiceServicer_to_server

from services.common import telemetry
from services.common.idempotency import Idempotency
from services.common.identity.keys import FixedKeys, KeySetCache, load_public_keys
from services.common.identity.service_identity import ServiceIdentity
from services.common.identity.tokens import Verifier
from services.common.messaging.bus import Bus, connect
from services.common.messaging.relay import Relay
from services.common.rpc.channel import open_channel
from services.common.rpc.key_set import published_by
from services.common.rpc.lifecycle import Task, run_service
from services.common.rpc.server import AddressTaken, Registration, RpcServer
from services.common.settings import read
from services.common.storage.database import Database, WrongDatabaseRole
from services.matching.adapters.events import Events
from services.matching.adapters.members import Members
from services.matching.adapters.queue import SearchQueue
from services.matching.adapters.solver import Solver
from services.matching.api.breakouts import BreakoutApi
from services.matching.api.introductions import IntroductionApi
from services.matching.api.rules import RuleApi
from services.matching.api.solver import SolverApi
from services.matching.consumers import member_consumer, search_consumer
from services.matching.domain.limits import Limits
from services.matching.jobs import retention_jobs
from services.matching.settings import Settings
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.usecases.search import run_operation
from services.matching.wire.facts import encode_fact

_CONTRACTS = "ontmoet.matching.v1"


async def main(settings: Settings) -> None:
    """Serve until SIGTERM."""
    async with AsyncExitStack() as opened:
        opened.callback(telemetry.configure("matching", settings))
        identity = ServiceIdentity.load("matching", settings.service_key_file)
        database = Database.connect(settings.database_url, service_role="matching_service")
        opened.push_async_callback(database.close)
        await database.verify_role()
        bus = await connect(settings.nats_url, "matching")
        opened.push_async_callback(bus.close)
        membership = await opened.enter_async_context(open_channel(settings.membership_address, identity=identity))
        members = Members(membership)
        events = Events(await opened.enter_async_context(open_channel(settings.events_address, identity=identity)))
        solver = await opened.enter_async_context(Solver(settings.matching_kernel_cache))
        uow = Uow(database, MatchingTransaction, encode=encode_fact)
        limits = _limits(settings)
        servicers = registrations(uow, events, members, solver, limits)
        tasks = _tasks(uow, bus, events, members, solver, limits)
        await run_service(_server(settings, uow, membership, servicers), tasks)


def _limits(settings: Settings) -> Limits:
    return Limits(
        people=settings.matching_most_people,
        rounds=settings.matching_most_rounds,
        seconds=settings.matching_most_seconds,
        searches=settings.matching_most_searches,
    )


def _server(settings: Settings, uow: Uow, membership: grpc.aio.Channel, servicers: list[Registration]) -> RpcServer:
    keys = KeySetCache(published_by(membership))
    return RpcServer(
        settings.grpc_address,
        servicers,
        verifier=Verifier(keys, FixedKeys(load_public_keys(settings.service_keys_file))),
        idempotency=Idempotency(uow),
        reflection=settings.development,
    )


def registrations(uow: Uow, events: Events, members: Members, solver: Solver, limits: Limits) -> list[Registration]:
    """The contracts that matching serves."""
    return [
        Registration(
            add_BreakoutServiceServicer_to_server,
            BreakoutApi(uow, events, members, solver, limits),
            f"{_CONTRACTS}.BreakoutService",
        ),
        Registration(
            add_IntroductionServiceServicer_to_server, IntroductionApi(uow), f"{_CONTRACTS}.IntroductionService"
        ),
        Registration(add_RuleServiceServicer_to_server, RuleApi(uow, members), f"{_CONTRACTS}.RuleService"),
        Registration(
            add_SolverServiceServicer_to_server, SolverApi(uow, solver, limits), f"{_CONTRACTS}.SolverService"
        ),
    ]


def _tasks(uow: Uow, bus: Bus, events: Events, members: Members, solver: Solver, limits: Limits) -> Mapping[str, Task]:
    queue = SearchQueue(bus)
    return {
        "relay": Relay(uow, bus, "matching").run,
        "members": member_consumer(uow, bus, members).run,
        "searches": search_consumer(uow, bus, queue).run,
        "search": lambda: queue.work(partial(run_operation, uow, events, solver, limits)),
        **{job.name: job.run for job in retention_jobs(uow)},
    }


if __name__ == "__main__":
    try:
        asyncio.run(main(read(Settings)))
    except (WrongDatabaseRole, AddressTaken, ValueError) as error:
        sys.exit(str(error))
