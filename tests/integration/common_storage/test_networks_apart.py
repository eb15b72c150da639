"""What one network's transaction leaves behind, another one never sees."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.common_storage.sample.service import SampleUow, a_hall
from tests.integration.common_storage.sample.storage.tables import halls, tickets


async def test_a_connection_used_for_a_network_shows_nothing_to_the_next_transaction_without_one(
    single: SampleUow, ours: UUID
):
    """T3: pool of one connection: our network, then none: no rows and no error."""
    async with single.begin(ours) as tx:
        assert await tx.hall_codes() == [(ours, "Aula")]
    async with single.database.transaction() as connection:
        assert (await connection.execute(text("SELECT code FROM halls"))).all() == []
        assert await connection.scalar(text("SELECT current_setting('ontmoet.network', true)")) == ""


async def test_a_network_set_for_the_session_would_leak_to_the_next_transaction(single: SampleUow, ours: UUID):
    """T3: negative control: with is_local = false the next one sees our rows."""
    async with single.database.transaction() as connection:
        await connection.execute(text("SELECT set_config('ontmoet.network', :us, false)"), {"us": str(ours)})
    async with single.database.transaction() as connection:
        assert (await connection.execute(text("SELECT code FROM halls"))).all() == [("Aula",)]


async def test_a_rolled_back_transaction_leaves_no_network_behind(single: SampleUow, ours: UUID):
    """T3: nor does one that failed."""
    with pytest.raises(ZeroDivisionError):
        async with single.begin(ours):
            raise ZeroDivisionError
    async with single.database.transaction() as connection:
        assert (await connection.execute(text("SELECT code FROM halls"))).all() == []


async def test_a_transaction_sees_and_changes_its_own_network_only(uow: SampleUow, ours: UUID, theirs: UUID):
    """T2: also where a query forgets to filter."""
    async with uow.begin(ours) as tx:
        assert await tx.hall_codes() == [(ours, "Aula")]
        changed = await tx.connection.execute(update(halls).values(free=0))
        assert changed.rowcount == 1
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with uow.begin(ours) as tx:
            await tx.connection.execute(insert(halls).values(a_hall(theirs, code="Ours in theirs")))
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with uow.begin(ours) as tx:
            await tx.connection.execute(update(halls).values(network_id=theirs))


async def test_a_child_cannot_have_another_networks_parent(uow: SampleUow, ours: UUID, theirs: UUID):
    """T6: a plain foreign key would accept it, because PostgreSQL checks it past row-level security."""
    async with uow.begin(theirs) as tx:
        their_hall = await tx.hall()
    with pytest.raises(IntegrityError, match="foreign key"):
        async with uow.begin(ours) as tx:
            await tx.connection.execute(
                insert(tickets).values(network_id=ours, id=uuid4(), hall_id=their_hall, holder="Ann")
            )


async def test_a_value_that_another_network_uses_is_free(uow: SampleUow, ours: UUID, theirs: UUID):
    """T6: a refusal would tell that it exists there."""
    async with uow.begin(theirs) as tx:
        await tx.connection.execute(insert(halls).values(a_hall(theirs, code="Secret")))
    async with uow.begin(ours) as tx:
        await tx.connection.execute(insert(halls).values(a_hall(ours, code="Secret")))
    with pytest.raises(IntegrityError, match="unique"):
        async with uow.begin(ours) as tx:
            await tx.connection.execute(insert(halls).values(a_hall(ours, code="Secret")))


async def test_views_show_a_network_its_own_rows_only(uow: SampleUow, ours: UUID, theirs: UUID):
    """T5: read as one network, then as the other."""
    for network in (ours, theirs):
        async with uow.begin(network) as tx:
            rows = (await tx.connection.execute(text("SELECT network_id FROM hall_codes"))).scalars().all()
            assert rows == [network]


async def test_no_statement_stays_prepared_on_a_connection(single: SampleUow, ours: UUID):
    """PgBouncer may hand the next transaction to another backend."""
    async with single.begin(ours) as tx:
        await tx.hall_codes()
        await tx.sell(await tx.hall(), "Ann")
    async with single.database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0


async def test_the_outbox_is_insert_only_for_the_service(uow: SampleUow, ours: UUID):
    """E1: what is told cannot be read, changed or taken back by the one who tells it."""
    async with uow.begin(ours) as tx:
        await tx.sell(await tx.hall(), "Ann")
    for statement in (
        "SELECT 1 FROM outbox",
        "UPDATE outbox SET published_at = now()",
        "DELETE FROM outbox",
        "INSERT INTO outbox (network_id, id, aggregate_id, aggregate_version, type, payload, occurred_at) "
        f"VALUES ('{ours}', '{uuid4()}', '{uuid4()}', 1, '', '', now()) RETURNING position",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with uow.begin(ours) as tx:
                await tx.connection.execute(text(statement))


async def test_a_migration_sees_the_rows_of_the_network_it_names_and_of_no_other(
    owner: AsyncConnection, ours: UUID, theirs: UUID
):
    """T2: FORCE binds the owner as well."""
    seen = text("SELECT network_id FROM halls")
    assert (await owner.execute(seen)).all() == []
    for network in (ours, theirs):
        await owner.execute(text("SELECT set_config('ontmoet.network', :network, true)"), {"network": str(network)})
        assert (await owner.execute(seen)).scalars().all() == [network]
