"""Plans as they are stored: what a new plan leaves as it was is not written again."""

from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import text

from services.matching.domain.breakout import Breakout, Round
from services.matching.storage.transaction import MatchingTransaction
from tests.support.matching import a_breakout, a_group, people
from tests.support.matching_service import MatchingService

ANN, BO, CAS, DEE, EVE, MOD, OTHER = people(7)


async def written(tx: MatchingTransaction, breakout: Breakout) -> dict[tuple[int, UUID], str]:
    """Which transaction wrote each seat, by round and account."""
    query = text("SELECT round, account_id, xmin::text FROM seats WHERE breakout_id = :id")
    rows = await tx.connection.execute(query, {"id": breakout.id})
    return {(number, account): by for number, account, by in rows}


async def test_only_groups_that_changed_are_written_again(matching: MatchingService):
    network = uuid4()
    stays, first, second = (
        a_group(1, ANN, BO),
        a_group(2, CAS, moderator=MOD),
        a_group(3, DEE, EVE, moderator=OTHER, host=None),
    )
    before = a_breakout([stays, first, second], [a_group(1, ANN, CAS)], [a_group(1, BO, DEE)])
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.add(before)
        await tx.breakouts.save_plan(before)
        once = await written(tx, before)
    changed = (stays, replace(first, seats=(CAS, DEE), moderator=OTHER), replace(second, seats=(EVE,), moderator=MOD))
    after = replace(before, rounds=(Round(1, changed), Round(2, ()), Round(4, (a_group(1, ANN, BO),))))
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.save_plan(after, await tx.breakouts.get(before.id))
        assert await tx.breakouts.get(before.id) == after
        anew = await written(tx, before)
    assert {place for place, by in anew.items() if once.get(place) == by} == {(1, ANN), (1, BO)}
    assert len(anew) == 7


async def test_a_large_plan_that_was_replaced_is_read_in_no_time(matching: MatchingService):
    """Its seats were looked for group by group among all of their round: the database gave up after seconds."""
    network, crowd = uuid4(), people(1_500)
    pairs = list(enumerate(zip(crowd[::2], crowd[1::2], strict=True), start=1))
    plans = [a_breakout(*([a_group(number, *pair) for number, pair in pairs] for _ in range(20))) for _ in range(2)]
    before, after = plans[0], replace(plans[0], rounds=plans[1].rounds)
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.add(before)
        await tx.breakouts.save_plan(before)
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.save_plan(after, before)
    async with matching.uow.begin(network) as tx:
        await tx.connection.execute(text("SET LOCAL statement_timeout = 5000"))
        assert await tx.breakouts.get(before.id) == after


async def groups_gone_through(tx: MatchingTransaction) -> int:
    """How often the transaction went through all groups."""
    query = text("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'groups'")
    return (await tx.connection.execute(query)).scalar_one()


async def test_a_large_plan_is_not_stored_as_was_planned_when_there_were_few_groups(matching: MatchingService):
    """Each seat's group was looked for among all of them: what a connection did some times it plans no more."""
    network, crowd = uuid4(), people(1_200)
    few = a_breakout([a_group(1, *crowd[:20])])
    many = a_breakout([a_group(n, *crowd[2 * n - 2 : 2 * n]) for n in range(1, 601)])
    async with matching.uow.begin(network) as tx:
        for each in ("enable_indexscan", "enable_bitmapscan"):
            await tx.connection.execute(text(f"SET LOCAL {each} = off"))
        await tx.connection.execute(text("DISCARD PLANS"))
        await tx.breakouts.add(few)
        await tx.breakouts.save_plan(few)
        for each in ("enable_indexscan", "enable_bitmapscan"):
            await tx.connection.execute(text(f"SET LOCAL {each} = on"))
        before = await groups_gone_through(tx)
        await tx.breakouts.add(many)
        await tx.breakouts.save_plan(many)
        assert before
        assert await groups_gone_through(tx) - before < 10
