"""An event that was called off has no break-out to come; what was held of it stays."""

from uuid import UUID

import grpc

from services.events.usecases.organise import cancel_event
from services.matching.domain.operation import OperationState
from tests.support.events_place import refusal_of
from tests.support.matching_service import Friday, MatchingService
from tests.support.searches import TWO_GROUPS, ScriptedSolver, a_search


async def call_off(matching: MatchingService, friday: Friday) -> None:
    await cancel_event(matching.beside.uow, matching.organiser(friday), friday.event, reason="Storm")


async def test_the_break_out_of_a_cancelled_event_is_neither_planned_nor_opened(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday)
    await call_off(matching, friday)
    for call in (
        matching.propose(friday),
        matching.replan(friday, breakout),
        matching.publish(friday, breakout, 1),
    ):
        answer = await refusal_of(call)
        assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "EVENT_CANCELLED")


async def test_a_round_that_was_open_when_the_event_was_cancelled_is_closed_for_people_met_in_it(
    matching: MatchingService,
):
    friday = await matching.friday(participants=3)
    breakout = await matching.propose(friday, rounds=1)
    await matching.publish(friday, breakout, 1)
    await call_off(matching, friday)
    closed = await matching.close(friday, breakout, 1)
    assert {UUID(seat.account_id) for seat in closed.rounds[0].groups[0].seats} == set(friday.participants)
    async with matching.uow.begin(friday.network) as tx:
        assert await tx.encounters.have_met(*friday.participants[:2])


async def test_a_search_that_waits_ends_when_its_event_was_cancelled(matching: MatchingService):
    async with a_search(matching) as searching:
        await call_off(matching, searching.friday)
        ended = await searching.run(ScriptedSolver(TWO_GROUPS))
    assert (ended.state, ended.failure) == (OperationState.FAILED, "EVENT_CANCELLED")


async def test_nothing_comes_of_a_search_whose_event_was_cancelled_meanwhile(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await searching.run(ScriptedSolver(TWO_GROUPS, told=lambda: call_off(matching, searching.friday)))
        async with matching.uow.begin(searching.friday.network) as tx:
            assert await tx.breakouts.of_event(searching.friday.event) is None
    assert (ended.state, ended.failure) == (OperationState.FAILED, "EVENT_CANCELLED")
