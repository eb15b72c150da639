"""What others do to a break-out while it is being read."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.matching.domain.breakout import Breakout, Plan, Round, RoundState
from services.matching.storage.breakouts import Breakouts
from tests.support.matching import NOON, a_breakout, a_group, people
from tests.support.matching_service import MatchingService


class InterruptedConnection:
    """Something happens after so many of its statements."""

    def __init__(self, connection: AsyncConnection, after: int, happens: Callable[[], Awaitable[object]]) -> None:
        self._connection = connection
        self._left = after
        self._happens = happens

    async def execute(self, *statement: Any) -> Any:
        result = await self._connection.execute(*statement)
        self._left -= 1
        if self._left == 0:
            await self._happens()
        return result


def an_open_round(*groups: Iterable[UUID]) -> Round:
    seated = tuple(a_group(number, *seats) for number, seats in enumerate(groups, start=1))
    return Round(1, seated, RoundState.OPEN, opened_at=NOON)


async def keep(matching: MatchingService, network: UUID, breakout: Breakout) -> None:
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.add(breakout)
        await tx.breakouts.save_plan(breakout, await tx.breakouts.get(breakout.id))


@asynccontextmanager
async def replanned_meanwhile(
    matching: MatchingService, before: Breakout, after: Breakout, statements: int
) -> AsyncGenerator[Breakouts]:
    """Reads the network's break-outs, of which one is planned anew after so many statements."""
    network = uuid4()

    async def replan() -> None:
        await asyncio.create_task(keep(matching, network, after), context=Context())

    await keep(matching, network, before)
    async with matching.uow.begin(network) as tx:
        yield Breakouts(cast(AsyncConnection, InterruptedConnection(tx.connection, statements, replan)), network)


def two_groups_that_become_one() -> tuple[Breakout, Breakout, UUID]:
    """A break-out, the same one planned anew, and somebody whose group is no more."""
    everybody = people(6)
    before = a_breakout(an_open_round(everybody[:3], everybody[3:]))
    after, _ = before.replanned(Plan((an_open_round(everybody),), repeats=0, repeats_bound=0, notices=()))
    return before, after, everybody[-1]


@pytest.mark.parametrize("statements", [1, 2, 3, 4])
async def test_a_break_out_that_is_planned_anew_while_it_is_read_is_seen_as_it_was_or_as_it_is(
    matching: MatchingService, statements: int
):
    """Never the groups of one plan with the seats of another."""
    before, after, _ = two_groups_that_become_one()
    async with replanned_meanwhile(matching, before, after, statements) as breakouts:
        assert await breakouts.get(before.id) in (before, after)


@pytest.mark.parametrize("statements", [1, 2, 3, 4])
async def test_who_looks_for_their_group_while_it_is_planned_anew_finds_the_old_or_the_new_one(
    matching: MatchingService, statements: int
):
    before, after, account = two_groups_that_become_one()
    async with replanned_meanwhile(matching, before, after, statements) as breakouts:
        [(_, _, group)] = await breakouts.open_groups_of([before.event], account)
    assert group in (before.rounds[0].groups[1], after.rounds[0].groups[0])
