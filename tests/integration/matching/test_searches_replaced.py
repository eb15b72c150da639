"""Long searches, and plans that are asked for while they are under way."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.matching.domain.operation import Operation, OperationState
from tests.support.matching_service import Friday, MatchingService

Planned = Callable[[MatchingService, Friday, pb.Breakout], Awaitable[object]]


async def propose(matching: MatchingService, friday: Friday, breakout: pb.Breakout) -> None:
    await matching.propose(friday, rounds=1)


async def replan(matching: MatchingService, friday: Friday, breakout: pb.Breakout) -> None:
    await matching.replan(friday, breakout)


async def a_running_search(matching: MatchingService, friday: Friday, asked_in: timedelta = timedelta()) -> Operation:
    async with matching.uow.begin(friday.network) as tx:
        asked_at = await tx.now() + asked_in
        search = Operation(uuid4(), friday.event, rounds=2, group_size=3, seconds=60, asked_at=asked_at).taken_up()
        await tx.operations.add(search)
    return search


async def now(matching: MatchingService, friday: Friday, search: UUID) -> Operation:
    async with matching.uow.begin(friday.network) as tx:
        return await tx.operations.get(search)


@pytest.mark.parametrize("planned", [propose, replan])
async def test_a_plan_that_is_asked_for_later_takes_the_place_of_a_long_searchs(
    matching: MatchingService, planned: Planned
):
    """The search ended last, and replaced the plan that the organiser was looking at."""
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=1)
    search = await a_running_search(matching, friday)
    await planned(matching, friday, breakout)
    ended = await now(matching, friday, search.id)
    assert (ended.state, ended.failure) == (OperationState.FAILED, "SEARCH_REPLACED")
    async with matching.uow.begin(friday.network) as tx:
        assert await tx.operations.keep_best(search, None, 1.0) is None  # its solver hears of it, and stops


@pytest.mark.parametrize("planned", [propose, replan])
async def test_a_long_search_that_was_asked_for_later_goes_on(matching: MatchingService, planned: Planned):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=1)
    search = await a_running_search(matching, friday, asked_in=timedelta(minutes=1))
    await planned(matching, friday, breakout)
    assert await now(matching, friday, search.id) == search
