"""One transaction, one network: what may stand inside of what, and what happens to all of it together."""

import asyncio
import contextvars
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import Busy
from services.common.storage.uow import UnitOfWork, WrongNesting
from tests.integration.common_storage.sample.service import SampleTransaction, SampleUow, encode
from tests.integration.common_storage.sample.storage.system_paths import DOORS, RELAY, RETENTION
from tests.integration.common_storage.sample.storage.tables import doors, halls, platform


async def told(uow: SampleUow, network: UUID) -> int:
    """How many facts the network's outbox holds."""
    outbox = platform.outbox
    async with uow.system(RELAY) as connection:
        facts = select(func.count()).select_from(outbox).where(outbox.c.network_id == network)
        return (await connection.execute(facts)).scalar_one()


async def holders(uow: SampleUow, network: UUID) -> list[str]:
    async with uow.begin(network) as tx:
        return await tx.holders()


async def test_a_nested_begin_for_another_network_is_refused(uow: SampleUow, ours: UUID, theirs: UUID):
    """T8: and the outer transaction still is for the network it was opened for."""
    async with uow.begin(ours) as tx:
        with pytest.raises(WrongNesting):
            async with uow.begin(theirs):
                pytest.fail("the other network was entered")
        assert await tx.hall_codes() == [(ours, "Aula")]


async def test_a_setting_made_inside_a_savepoint_would_stick_after_it(single: SampleUow, ours: UUID, theirs: UUID):
    """T8: negative control: this is why a savepoint is no way to visit another network."""
    async with single.begin(ours) as tx:
        async with tx.connection.begin_nested():
            await tx.connection.execute(
                text("SELECT set_config('ontmoet.network', :them, true)"), {"them": str(theirs)}
            )
        assert await tx.hall_codes() == [(theirs, "Aula")]


async def test_a_nested_begin_for_the_same_network_joins_and_commits_with_the_outer_one(uow: SampleUow, ours: UUID):
    """T8: nothing of it is stored before, and its facts are told once."""
    async with uow.begin(ours) as outer:
        async with uow.begin(ours) as inner:
            assert inner is outer
            await inner.sell(await inner.hall(), "Ann")
        assert await asyncio.create_task(holders(uow, ours), context=contextvars.Context()) == []
        await outer.sell(await outer.hall(), "Bo")
    assert await holders(uow, ours) == ["Ann", "Bo"]
    assert await told(uow, ours) == 2


async def test_when_a_joined_block_fails_the_whole_fails_even_if_the_failure_is_caught(uow: SampleUow, ours: UUID):
    """T8: half of what the inner block did must not be committed by the outer one."""
    with pytest.raises(WrongNesting):
        async with uow.begin(ours) as outer:
            with pytest.raises(ZeroDivisionError):
                async with uow.begin(ours) as inner:
                    await inner.sell(await inner.hall(), "Ann")
                    raise ZeroDivisionError
            await outer.sell(await outer.hall(), "Bo")
    assert await holders(uow, ours) == []
    assert await told(uow, ours) == 0


async def test_a_task_started_inside_a_transaction_cannot_join_it(uow: SampleUow, ours: UUID):
    """T8: two tasks on one connection would mix their statements, and one may outlive the other's commit."""
    async with uow.begin(ours):
        with pytest.raises(WrongNesting, match="another task"):
            await asyncio.create_task(holders(uow, ours))


async def test_a_task_that_outlives_the_transaction_it_was_started_in_opens_its_own(uow: SampleUow, ours: UUID):
    """T8: it inherits nothing from a transaction that is over."""
    over = asyncio.Event()

    async def later() -> list[str]:
        await over.wait()
        return await holders(uow, ours)

    async with uow.begin(ours) as tx:
        task = asyncio.create_task(later())
        await tx.sell(await tx.hall(), "Ann")
    over.set()
    assert await task == ["Ann"]


async def test_another_units_transaction_cannot_be_opened_inside_one(uow: SampleUow, ours: UUID):
    """T8: a second connection, held while waiting for the first, is how pools run dry."""
    other = UnitOfWork(uow.database, SampleTransaction, encode=encode)
    async with uow.begin(ours):
        with pytest.raises(WrongNesting):
            async with other.begin(ours):
                pytest.fail("it was opened")


async def test_facts_are_stored_if_and_only_if_the_changes_are(uow: SampleUow, ours: UUID):
    """E1: a failing use case tells nothing."""
    with pytest.raises(ZeroDivisionError):
        async with uow.begin(ours) as tx:
            await tx.sell(await tx.hall(), "Ann")
            raise ZeroDivisionError
    assert await told(uow, ours) == 0
    assert not uow.committed.is_set()
    async with uow.begin(ours) as tx:
        await tx.sell(await tx.hall(), "Bo")
    assert await told(uow, ours) == 1
    assert uow.committed.is_set()


async def test_a_system_path_crosses_networks_for_its_own_tables_and_nothing_else(
    uow: SampleUow, ours: UUID, theirs: UUID
):
    """T2: the relay reads every outbox and no hall; it cannot write a fact."""
    for network in (ours, theirs):
        async with uow.begin(network) as tx:
            await tx.sell(await tx.hall(), "Ann")
    async with uow.system(RELAY) as connection:
        networks = (await connection.execute(select(platform.outbox.c.network_id))).scalars().all()
        assert {ours, theirs} <= set(networks)
    for statement in ("SELECT 1 FROM halls", "UPDATE outbox SET payload = ''", "SELECT 1 FROM doors"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with uow.system(RELAY) as connection:
                await connection.execute(text(statement))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with uow.system(RETENTION) as connection:
            await connection.execute(text("SELECT response FROM idempotency_keys"))


async def test_a_table_across_networks_is_reached_through_its_path_only(single: SampleUow, ours: UUID):
    """T2: the service's own role sees nothing of it, before the path, after it, or in another transaction."""
    host = f"{uuid4()}.example"
    async with single.system(DOORS) as connection:
        await connection.execute(insert(doors).values(host=host, network=ours))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with single.begin(ours) as tx:
            async with single.system(DOORS) as connection:
                found = await connection.execute(select(doors.c.network).where(doors.c.host == host))
                assert found.scalar_one() == ours
            await tx.connection.execute(select(doors))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with single.database.transaction() as connection:
            await connection.execute(select(doors))


async def test_a_path_inside_a_networks_transaction_commits_with_it(uow: SampleUow, ours: UUID):
    """T8: it is the same connection; when either fails neither is stored."""
    kept, lost = f"{uuid4()}.example", f"{uuid4()}.example"
    async with uow.begin(ours) as tx:
        async with uow.system(DOORS) as connection:
            assert connection is tx.connection
            await connection.execute(insert(doors).values(host=kept, network=ours))
        await tx.sell(await tx.hall(), "Ann")
    with pytest.raises(ZeroDivisionError):
        async with uow.begin(ours):
            async with uow.system(DOORS) as connection:
                await connection.execute(insert(doors).values(host=lost, network=ours))
            raise ZeroDivisionError
    async with uow.system(DOORS) as connection:
        found = await connection.execute(select(doors.c.host).where(doors.c.host.in_([kept, lost])))
        assert found.scalars().all() == [kept]


async def test_a_path_that_fails_inside_a_transaction_fails_it_even_if_the_failure_is_caught(
    uow: SampleUow, ours: UUID
):
    """T8: the rest would go on under the path's role."""
    with pytest.raises(WrongNesting):
        async with uow.begin(ours):
            with pytest.raises(ZeroDivisionError):
                async with uow.system(DOORS):
                    raise ZeroDivisionError


async def test_inside_a_path_neither_a_network_nor_another_path_can_be_opened(uow: SampleUow, ours: UUID):
    """T8: whether the path stands alone or in a network's transaction."""
    async with uow.system(RELAY):
        with pytest.raises(WrongNesting):
            async with uow.begin(ours):
                pytest.fail("a network was entered")
        with pytest.raises(WrongNesting):
            async with uow.system(DOORS):
                pytest.fail("a second path was entered")
    async with uow.begin(ours), uow.system(RELAY):
        with pytest.raises(WrongNesting):
            async with uow.begin(ours):
                pytest.fail("the network was entered again")


async def test_waiting_for_a_lock_is_bounded_and_a_reason_to_try_again(uow: SampleUow, ours: UUID):
    """C4: three seconds, then Busy."""
    held, waiting = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with uow.begin(ours) as tx:
            await tx.connection.execute(select(halls).with_for_update())
            held.set()
            await waiting.wait()

    holder = asyncio.create_task(hold())
    await held.wait()
    started = asyncio.get_running_loop().time()
    with pytest.raises(Busy):
        async with uow.begin(ours) as tx:
            await tx.connection.execute(select(halls).with_for_update())
    assert 2.5 < asyncio.get_running_loop().time() - started < 8
    waiting.set()
    await holder


async def test_a_transactions_time_is_the_databases_and_goes_on(uow: SampleUow, ours: UUID):
    """F6: not the time at which the transaction began."""
    async with uow.begin(ours) as tx:
        first = await tx.now()
        assert first < await tx.now()
        began = (await tx.connection.execute(select(func.now()))).scalar_one()
        assert began < first
        assert first.tzinfo is not None


async def test_a_connection_killed_by_the_server_is_replaced_before_its_next_use(
    uow: SampleUow, ours: UUID, admin: AsyncConnection
):
    """F3: healthy again within 5 s, and whoever was in the middle is told to try again."""
    with pytest.raises(Busy):
        async with uow.begin(ours) as tx:
            pid = await tx.connection.scalar(text("SELECT pg_backend_pid()"))
            await admin.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            await tx.hall_codes()
    await asyncio.gather(*(holders(uow, ours) for _ in range(5)))
    kill = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'sample_service'")
    assert len((await admin.execute(kill)).all()) >= 1
    assert await holders(uow, ours) == []
    assert await uow.database.ready()
