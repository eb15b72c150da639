"""A change with an idempotency key happens once, however often it is sent; other calls take no notice of the key."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from services.common.caller import Role, current_caller
from services.common.facts import Fact
from services.common.idempotency import Idempotency
from services.common.rpc.refusals import refusal_from
from services.common.storage.database import Database
from services.common.storage.uow import Transaction, UnitOfWork
from tests.support.postgres import TestPostgres
from tests.support.rpc import Running, TestIdentity, running
from tests.support.scripted import Context, Networks, networks

IDENTITY = TestIdentity()
OURS, ACCOUNT = uuid4(), uuid4()


def no_facts(fact: Fact) -> network_pb2.Network:
    raise NotImplementedError


class Effects:
    """What an answer changes: counted within the transaction of the network that is called for."""

    def __init__(self, database: Database) -> None:
        self.uow = UnitOfWork(database, Transaction, encode=no_facts)
        self.happened = 0

    async def happen(self, context: Context) -> None:
        async with self.uow.begin(current_caller().network):
            self.happened += 1


@pytest.fixture
async def effects(postgres: TestPostgres) -> AsyncGenerator[Effects]:
    url = (await postgres.service_database("membership")).service_url
    database = Database.connect(url, service_role="membership_service")
    yield Effects(database)
    await database.close()


@pytest.fixture
async def server(effects: Effects) -> AsyncGenerator[Running]:
    once = Idempotency(effects.uow)
    async with running(networks(Networks(effects.happen)), identity=IDENTITY, idempotency=once) as server:
        yield server


async def update(server: Running, key: str | None, name: str = "") -> network_pb2.Network:
    metadata = IDENTITY.user_metadata(OURS, ACCOUNT, [Role.OWNER], idempotency_key=key)
    request = network_pb2.UpdateNetworkRequest(name=name)
    return (await NetworkServiceStub(server.channel).UpdateNetwork(request, metadata=metadata)).network


async def test_a_change_that_is_sent_again_with_its_key_happens_once(server: Running, effects: Effects):
    """C6: fifty at a time, and once more afterwards; all get the same answer."""
    key = str(uuid4())
    answers = await asyncio.gather(*(update(server, key) for _ in range(50)))
    answers.append(await update(server, key))
    assert effects.happened == 1
    assert all(answer == answers[0] for answer in answers)


async def test_a_key_that_comes_with_another_request_is_refused(server: Running, effects: Effects):
    """C6: other body, refused."""
    key = str(uuid4())
    await update(server, key, "Voka")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await update(server, key, "Flox")
    assert error.value.code() is grpc.StatusCode.ABORTED
    assert refusal_from(error.value).reason == "IDEMPOTENCY_KEY_REUSED"


async def test_without_a_key_every_call_counts(server: Running, effects: Effects):
    for _ in range(3):
        await update(server, key=None)
    assert effects.happened == 3


async def test_a_read_is_answered_anew_whatever_its_key(server: Running, effects: Effects):
    key = str(uuid4())
    metadata = IDENTITY.user_metadata(OURS, ACCOUNT, idempotency_key=key)
    for _ in range(3):
        await NetworkServiceStub(server.channel).GetNetwork(network_pb2.GetNetworkRequest(), metadata=metadata)
    assert effects.happened == 3
