"""T7: what belongs to another network is, to everybody here, as if it did not exist. Generated from the protos."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import grpc
import pytest
from google.protobuf.descriptor import Descriptor
from nats.js.api import ConsumerConfig

from deploy.local.databases import AREAS
from services.common.messaging.bus import Bus
from services.common.messaging.envelope import Envelope, StoredFact
from services.common.storage.database import plain_engine
from services.common.storage.ddl import service_role
from tests.support.asking import answers, asked_together, ids_of
from tests.support.contracts import Rpc, fact_types, filled, rpcs, slots_of
from tests.support.postgres import TestPostgres
from tests.support.row_security import faults, put_a_row_of_each, sees
from tests.support.two_networks import Two, consumers, network_tables, rows_of, settled

pytestmark = pytest.mark.xdist_group("networks apart")

WITH_IDS = {rpc.path: rpc for rpc in rpcs() if rpc.slots}
WITHOUT_IDS = {rpc.path: rpc for rpc in rpcs() if not rpc.slots}


@pytest.mark.parametrize("rpc", WITH_IDS.values(), ids=list(WITH_IDS))
async def test_t7_an_id_of_another_network_is_answered_as_a_missing_one_is_by_every_rpc(two: Two, rpc: Rpc) -> None:
    """T7: a foreign id is indistinguishable from a missing one: same status, reason, message and details."""
    admitted = 0
    for slots in asked_together(rpc.slots):
        for foreign in ids_of(two.there, slots):
            missing = {slot: str(uuid4()) for slot in slots}
            of_foreign = await answers(two, rpc, two.here, foreign)
            of_missing = await answers(two, rpc, two.here, missing)
            for who, answer in of_foreign.items():
                plain = answer.without(*foreign.values())
                assert plain == of_missing[who].without(*missing.values()), who
                assert not two.told(plain.text), who
                assert answer.code is not grpc.StatusCode.INVALID_ARGUMENT, f"never looked for: {answer}"
                admitted += answer.code is not grpc.StatusCode.PERMISSION_DENIED
    assert admitted, "no caller of the walk is admitted"


@pytest.mark.parametrize("rpc", WITHOUT_IDS.values(), ids=list(WITHOUT_IDS))
async def test_t7_an_rpc_that_takes_no_id_tells_nothing_of_another_network(two: Two, rpc: Rpc) -> None:
    """T7: nothing of network B is in an answer to network A."""
    given = await answers(two, rpc, two.here, {})
    for who, answer in given.items():
        assert not two.told(answer.text), who
        assert answer.code is not grpc.StatusCode.INVALID_ARGUMENT, answer
    assert rpc.access.anyone or any(answer.code is not grpc.StatusCode.PERMISSION_DENIED for answer in given.values())


async def test_t7_a_fact_of_one_network_that_names_ids_of_another_changes_nothing_there(two: Two, bus: Bus) -> None:
    """T7: every fact of every area, as network A's, with the ids of B; each consumer takes those that it listens to."""
    here, there = two.here.network.id, two.there.network.id
    sent = {fact.name: await publish(two, bus, fact) for fact in fact_types()}
    await settled(two.house, bus)
    assert await rows_of(two.house, there) == two.before
    rows = await rows_of(two.house, here)
    handled = "".join(row for area in AREAS for row in rows[f"{area}.inbox"])
    subjects = {subject for each in await consumers(bus) for subject in durable_subjects(each.config)}
    for name, (fact_id, envelope) in sent.items():
        listened_to = envelope.subject.replace(str(here), "*") in subjects
        assert (str(fact_id) in handled) is listened_to, name
    assert not two.told("".join(row for table in rows.values() for row in table))


@pytest.mark.parametrize("area", AREAS)
async def test_t7_the_database_itself_shows_a_service_no_row_of_another_network(two: Two, area: str) -> None:
    """T7: past all queries of ours, with network A set, the service's role finds nothing of B in any table."""
    here, there = two.here.network.id, two.there.network.id
    engine = plain_engine(two.house.system.database_url(area))
    async with engine.connect() as connection:
        for table in network_tables(area):
            assert not await sees(connection, table, here, there), table.name
    await engine.dispose()


@pytest.mark.parametrize("area", AREAS)
async def test_t7_a_table_whose_policy_is_gone_does_not_pass(postgres: TestPostgres, area: str) -> None:
    """T7, the negative control: with each policy in its place there is no fault; with any one of them gone there is."""
    name = f"walk_{area}"
    made = await postgres.service_database(area, database=name)
    own, other = uuid4(), uuid4()
    await put_a_row_of_each(postgres.url("postgres", name), network_tables(area), own, other)
    service = service_role(area)
    for table in network_tables(area):
        takes = f"{table.name} takes rows of another network"
        shows = f"{table.name} shows another network's rows"
        hides = f"{table.name} hides its own network's rows"
        # Nobody but the relay reads the outbox.
        is_read = table.name != "outbox"
        assert await faults(made.service_url, table, own, other) == []
        await postgres.run(f"DROP POLICY {service} ON {table.name}", name)
        assert await faults(made.service_url, table, own, other) == ([hides] if is_read else [])
        await postgres.run(f"CREATE POLICY {service} ON {table.name} TO {service} USING (true)", name)
        assert await faults(made.service_url, table, own, other) == ([shows, takes] if is_read else [takes])
        await postgres.run(f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY", name)
        assert await faults(made.service_url, table, own, other) == ([shows, takes] if is_read else [takes])


async def test_t7_the_walks_left_the_other_network_as_it_was(two: Two, bus: Bus) -> None:
    """T7: whatever was asked with its ids, not one of its rows has changed."""
    await settled(two.house, bus)
    assert await rows_of(two.house, two.there.network.id) == two.before


async def publish(two: Two, bus: Bus, fact: Descriptor) -> tuple[UUID, Envelope]:
    """A fact of the network here about things there."""
    slots = slots_of(fact)
    ids = next(ids_of(two.there, slots))
    stored = StoredFact(
        network=two.here.network.id,
        id=uuid4(),
        aggregate=UUID(ids[slots[0]]),
        version=1_000_000,
        type=fact.full_name,
        payload=filled(fact, {slot: [each] for slot, each in ids.items()}).SerializeToString(),
        traceparent=None,
        occurred_at=datetime.now(UTC),
    )
    envelope = stored.enclose(fact.full_name.split(".")[1])
    await bus.js.publish(envelope.subject, envelope.payload, headers=envelope.headers)
    return stored.id, envelope


def durable_subjects(config: ConsumerConfig) -> list[str]:
    """What a service's consumer listens to; nothing for a gateway's, which comes and goes with it."""
    if not config.durable_name:
        return []
    return config.filter_subjects or [config.filter_subject or ""]
