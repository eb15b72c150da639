"""Rooms that are decided: through planning, planning anew and long searches, for those who plan."""

from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from services.matching.usecases.search import run_operation
from tests.support.events_place import refusal_of
from tests.support.matching_service import LIMITS, Friday, MatchingService


def pin(account: UUID, round_: int, group: int) -> pb.Pin:
    return pb.Pin(account_id=str(account), round_number=round_, group_number=group)


async def propose(
    matching: MatchingService, friday: Friday, *pins: pb.Pin, **values: Any
) -> pb.ProposeBreakoutResponse:
    """Three rounds of threes."""
    usual: dict[str, Any] = {"event_id": str(friday.event), "rounds": 3, "group_size": 3, "pins": pins}
    request = pb.ProposeBreakoutRequest(**{**usual, **values})
    return await matching.breakouts.ProposeBreakout(request, metadata=matching.as_organiser(friday))


async def replan(matching: MatchingService, friday: Friday, breakout: pb.Breakout, *pins: pb.Pin) -> pb.Breakout:
    request = pb.ReplanBreakoutRequest(breakout_id=breakout.id, pins=pins)
    return (await matching.breakouts.ReplanBreakout(request, metadata=matching.as_organiser(friday))).breakout


def room(breakout: pb.Breakout, number: int, account: UUID) -> int:
    """Where somebody sits or leads; 0 for nowhere."""
    groups = breakout.rounds[number - 1].groups
    mine = (g.number for g in groups if str(account) in {g.moderator_account_id, *(s.account_id for s in g.seats)})
    return next(mine, 0)


async def test_a_room_that_is_decided_holds_in_every_plan_until_it_is_taken_away(matching: MatchingService):
    friday = await matching.friday(participants=9, moderators=3)
    ann, bo, *_ = friday.participants
    mod = friday.moderators[0]
    breakout = (await propose(matching, friday, pin(ann, 2, 3), pin(mod, 3, 2))).breakout
    assert (room(breakout, 2, ann), room(breakout, 3, mod)) == (3, 2)
    await matching.publish(friday, breakout, 1)
    await matching.leave(friday, friday.participants[-1])
    again = await replan(matching, friday, breakout, pin(bo, 1, 2), pin(bo, 3, 2))
    assert [room(again, *each) for each in ((2, ann), (3, mod), (1, bo), (3, bo))] == [3, 2, 2, 2]
    assert list(again.pins) == [pin(ann, 2, 3), pin(mod, 3, 2), pin(bo, 1, 2), pin(bo, 3, 2)]
    await matching.close(friday, breakout, 1)
    moved = await replan(matching, friday, breakout, pin(ann, 2, 1), pin(bo, 3, 0))
    assert (room(moved, 2, ann), list(moved.pins)) == (1, [pin(mod, 3, 2), pin(ann, 2, 1)])


async def test_pins_are_shown_to_who_plans(matching: MatchingService):
    friday = await matching.friday(participants=6)
    ann = friday.participants[0]
    breakout = (await propose(matching, friday, pin(ann, 2, 1))).breakout
    await matching.publish(friday, breakout, 1)
    get = pb.GetBreakoutRequest(breakout_id=breakout.id)
    for role, shown in (
        (Role.OWNER, 1),
        (Role.ORGANISER, 1),
        (Role.MODERATOR, 1),
        (Role.ASSISTANT, 0),
        (Role.MEMBER, 0),
    ):
        metadata = matching.bearing(friday.network, ann, role)
        seen = (await matching.breakouts.GetBreakout(get, metadata=metadata)).breakout
        assert len(seen.pins) == shown, role


@pytest.mark.parametrize("seconds", [0, 60])
async def test_a_pin_that_cannot_be_kept_is_refused_by_its_field_however_long_is_searched(
    matching: MatchingService, seconds: int
):
    friday = await matching.friday(participants=6)
    ann = friday.participants[0]
    for pins, field in (
        ((pin(ann, 4, 1),), "pins[0].round_number"),
        ((pin(ann, 3, 3),), "pins[0].group_number"),
        ((pin(ann, 3, 1), pin(ann, 2, 0)), "pins[1].group_number"),
        ((pb.Pin(account_id="Ann", round_number=1, group_number=1),), "pins[0].account_id"),
        ((pin(ann, 1, 1), pin(ann, 1, 1)), "pins[1].account_id"),
        ((pin(ann, 1, 1),) * 1_001, "pins"),
    ):
        answer = await refusal_of(propose(matching, friday, *pins, seconds=seconds))
        assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
    answer = await refusal_of(propose(matching, friday, pin(ann, 1, 1), pin(uuid4(), 1, 1), seconds=seconds))
    assert (answer.code, answer.field) == (grpc.StatusCode.NOT_FOUND, "pins[1].account_id")


async def test_nobody_is_given_a_room_in_a_round_that_is_over(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.held(friday, 1, rounds=2)
    answer = await refusal_of(replan(matching, friday, breakout, pin(friday.participants[0], 1, 1)))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, "pins[0].round_number")


async def test_a_long_search_keeps_the_pins_that_it_was_asked_with(matching: MatchingService):
    friday = await matching.friday(participants=6)
    ann = friday.participants[0]
    asked = (await propose(matching, friday, pin(ann, 2, 2), seconds=6)).operation
    async with matching.events() as events:
        assert await run_operation(matching.uow, events, matching.solver, LIMITS, friday.network, UUID(asked.id))
    get = pb.BatchGetEventBreakoutsRequest(event_ids=[str(friday.event)])
    [found] = (await matching.breakouts.BatchGetEventBreakouts(get, metadata=matching.as_organiser(friday))).breakouts
    assert (room(found, 2, ann), list(found.pins)) == (2, [pin(ann, 2, 2)])
