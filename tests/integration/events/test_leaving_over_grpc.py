"""Somebody who checked in leaves, over real gRPC."""

from datetime import timedelta

import grpc

from services.common.caller import Role
from tests.support.events_place import a_place, refusal_of
from tests.support.events_service import EventsService

SOON = timedelta(minutes=20)


async def test_who_left_is_off_the_roster_until_they_are_back(service: EventsService):
    place = await a_place(service, places=3, starts_in=SOON)
    (ann, bo, cy), (ann_id, bo_id, cy_id) = await place.registered(3)
    desk = service.stranger(place.network, Role.MODERATOR)
    for person, registration in ((ann, ann_id), (bo, bo_id), (cy, cy_id)):
        await place.check_in(person, registration)
    left = await place.check_out(ann, ann_id)
    assert left.HasField("checked_out_at")
    assert await place.check_out(ann, ann_id) == left
    await place.check_out(desk, bo_id)
    roster = await place.roster()
    assert [each.account_id for each in roster.participants] == [str(cy.account)]
    assert {each.account_id for each in roster.left} == {str(ann.account), str(bo.account)}
    assert left.checked_out_at in [each.checked_out_at for each in roster.left]
    assert not (await place.check_in(ann, ann_id)).HasField("checked_out_at")
    roster = await place.roster()
    assert {each.account_id for each in roster.participants} == {str(ann.account), str(cy.account)}
    assert [each.account_id for each in roster.left] == [str(bo.account)]
    names = [name for name, _, _ in await place.facts()]
    assert names[-3:] == ["ParticipantCheckedOut", "ParticipantCheckedOut", "ParticipantCheckedIn"]


async def test_others_cannot_say_that_somebody_left(service: EventsService):
    place = await a_place(service, places=2, starts_in=SOON)
    (ann, bo), (ann_id, _) = await place.registered(2)
    await place.check_in(ann, ann_id)
    assert (await refusal_of(place.check_out(bo, ann_id))).reason == "NOT_FOUND"
    assert len((await place.roster()).participants) == 1


async def test_who_is_not_here_cannot_leave(service: EventsService):
    place = await a_place(service, places=1, starts_in=SOON)
    (ann,), (ann_id,) = await place.registered(1)
    refusal = await refusal_of(place.check_out(ann, ann_id))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NOT_CHECKED_IN")
