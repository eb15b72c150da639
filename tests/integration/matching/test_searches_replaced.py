"""Long searches, and what else is asked for while they are under way."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import grpc
import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.matching.adapters.events import Events
from services.matching.domain.operation import Operation, OperationState
from services.matching.domain.planning import Roster
from services.matching.usecases.plan import Wanted, propose_breakout
from tests.support.events_place import refusal_of
from tests.support.matching_service import LIMITS, Friday, MatchingService

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


async def test_a_long_search_ends_when_a_round_is_opened_for_nothing_can_come_of_it_any_more(matching: MatchingService):
    """It went on to its end, and kept all networks from the one solver of long searches."""
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=1)
    search = await a_running_search(matching, friday)
    await matching.publish(friday, breakout, 1)
    ended = await now(matching, friday, search.id)
    assert (ended.state, ended.failure) == (OperationState.FAILED, "BREAKOUT_STARTED")
    async with matching.uow.begin(friday.network) as tx:
        assert await tx.operations.keep_best(search, None, 1.0) is None  # its solver hears of it, and stops


@pytest.mark.parametrize("planned", [propose, replan])
async def test_a_long_search_that_was_asked_for_later_goes_on(matching: MatchingService, planned: Planned):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=1)
    search = await a_running_search(matching, friday, asked_in=timedelta(minutes=1))
    await planned(matching, friday, breakout)
    assert await now(matching, friday, search.id) == search


async def test_a_long_search_that_is_asked_for_while_a_shorter_one_looks_who_is_there_goes_on(
    matching: MatchingService,
):
    friday = await matching.friday(participants=6)
    searches: list[Operation] = []

    class InterruptedEvents(Events):
        async def roster(self, network: UUID, event: UUID) -> Roster:
            searches.append(await a_running_search(matching, friday))
            return await super().roster(network, event)

    async with matching.channel_to_events() as channel:
        events, wanted = InterruptedEvents(channel), Wanted(rounds=1, group_size=3)
        caller = matching.organiser(friday)
        await propose_breakout(matching.uow, events, matching.solver, LIMITS, caller, friday.event, wanted)
    [search] = searches
    assert await now(matching, friday, search.id) == search


async def test_a_search_that_was_cancelled_makes_way_for_another(matching: MatchingService):
    """Its solver has not heard of it yet: who asked for four rounds got the two that they had cancelled."""
    friday = await matching.friday(participants=6)
    search = await a_running_search(matching, friday)
    assert (await search_long(matching, friday, rounds=4)).id == str(search.id)
    cancel = pb.CancelOperationRequest(operation_id=str(search.id))
    await matching.breakouts.CancelOperation(cancel, metadata=matching.as_organiser(friday))
    second = await search_long(matching, friday, rounds=4)
    assert second.id != str(search.id)
    assert (await now(matching, friday, UUID(second.id))).rounds == 4
    ended = await now(matching, friday, search.id)
    assert (ended.state, ended.breakout, ended.failure) == (OperationState.CANCELLED, None, "")
    async with matching.uow.begin(friday.network) as tx:
        assert await tx.operations.keep_best(search, None, 1.0) is None  # its solver hears of it, and stops


async def search_long(matching: MatchingService, friday: Friday, rounds: int = 1) -> pb.Operation:
    request = pb.ProposeBreakoutRequest(event_id=str(friday.event), rounds=rounds, group_size=3, seconds=30)
    return (await matching.breakouts.ProposeBreakout(request, metadata=matching.as_organiser(friday))).operation


async def test_a_network_has_no_more_searches_under_way_than_its_limit(matching: MatchingService):
    """All networks wait in one queue: others would wait for hours."""
    first = await matching.friday(participants=3)
    fridays = [first, await matching.another_week(first), await matching.another_week(first)]
    searches = [await search_long(matching, friday) for friday in fridays[: LIMITS.searches]]
    answer = await refusal_of(search_long(matching, fridays[-1]))
    assert (answer.code, answer.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_SEARCHES")
    assert await search_long(matching, first) == searches[0]
    assert (await matching.propose(fridays[-1], rounds=1)).rounds
    other = await matching.friday(participants=3)
    assert (await search_long(matching, other)).id
    await matching.breakouts.CancelOperation(
        pb.CancelOperationRequest(operation_id=searches[0].id), metadata=matching.as_organiser(first)
    )
    assert (await search_long(matching, fridays[-1])).id
