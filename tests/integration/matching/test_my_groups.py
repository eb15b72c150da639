"""The caller's own groups, of many events at once."""

from uuid import UUID, uuid4

import grpc
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from tests.support.events_place import refusal_of
from tests.support.matching_service import Friday, MatchingService


async def my_groups(matching: MatchingService, friday: Friday, account: UUID, *events: UUID) -> list[pb.Group]:
    """In the order of the events' ids."""
    request = pb.BatchGetMyGroupsRequest(event_ids=map(str, events))
    metadata = matching.bearing(friday.network, account, Role.MEMBER)
    found = (await matching.breakouts.BatchGetMyGroups(request, metadata=metadata)).groups
    return sorted(found, key=lambda group: group.event_id)


async def test_everybody_gets_their_own_groups_of_many_events_and_nobody_elses(matching: MatchingService):
    friday = await matching.friday(participants=6)
    following = await matching.another_week(friday)
    planned = await matching.another_week(friday)
    await matching.propose(planned, rounds=1)
    opened: list[pb.Breakout] = []
    for each, number in ((friday, 2), (following, 1)):
        breakout = await matching.held(each, *range(1, number), rounds=2)
        opened.append(await matching.publish(each, breakout, number))
    events = (friday.event, following.event, planned.event, uuid4())
    for account in friday.participants:
        own = [
            group
            for breakout in sorted(opened, key=lambda breakout: breakout.event_id)
            for each in breakout.rounds
            for group in each.groups
            if each.state == pb.ROUND_STATE_OPEN and str(account) in [seat.account_id for seat in group.seats]
        ]
        assert len(own) == 2
        assert await my_groups(matching, friday, account, *events) == own
    assert await my_groups(matching, friday, uuid4(), *events) == []
    assert await my_groups(matching, friday, friday.participants[0]) == []


async def test_more_events_than_a_batch_holds_are_refused(matching: MatchingService):
    friday = await matching.friday(participants=2)
    answer = await refusal_of(my_groups(matching, friday, friday.organiser, *(uuid4() for _ in range(201))))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, "event_ids")
