"""Moderators of an event over real gRPC."""

from datetime import timedelta
from uuid import uuid4

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from ontmoet.events.v1 import registration_pb2 as pb

from services.common.caller import Role
from tests.support.events_place import a_place, refusal_of
from tests.support.events_service import EventsService

SOON = timedelta(minutes=20)


async def test_only_people_with_the_role_of_moderator_moderate(service: EventsService):
    place = await a_place(service, places=3)
    moderator = await service.person(place.network, Role.MODERATOR)
    elsewhere = await service.person(await service.network(), Role.MODERATOR)
    for account in ((await service.person(place.network)).account, elsewhere.account, uuid4()):
        wanted = [pb.Moderator(account_id=str(each)) for each in (moderator.account, account)]
        refusal = await refusal_of(place.assign(*wanted))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NOT_A_MODERATOR")
        assert (refusal.field, refusal.details["accounts"]) == ("moderators[1].account_id", str(account))
    assert [each.account_id for each in await place.assign(wanted[0])] == [str(moderator.account)]


async def test_a_moderator_stands_outside_the_places(service: EventsService):
    place = await a_place(service, places=1, starts_in=SOON)
    moderator = await service.person(place.network, Role.MODERATOR)
    await place.register(moderator)
    _, (ann_id,) = await place.registered(1)
    await place.assign(pb.Moderator(account_id=str(moderator.account)))
    assert (await place.get(place.organiser, ann_id)).state == pb.REGISTRATION_STATE_OFFERED
    assert (await refusal_of(place.register(moderator))).reason == "MODERATES_EVENT"
    await place.withdraw(moderator, moderator.account)
    assert (await place.register(moderator)).state == pb.REGISTRATION_STATE_WAITING


async def test_moderators_have_hours_withdraw_themselves_and_come_back(service: EventsService):
    place = await a_place(service, places=3)
    ann, bo = [await service.person(place.network, Role.MODERATOR) for _ in range(2)]
    hour = place.event.starts_at + timedelta(minutes=30)
    until, outside = Timestamp(), Timestamp()
    until.FromDatetime(hour)
    outside.FromDatetime(place.event.ends_at + timedelta(seconds=1))
    wanted = pb.Moderator(account_id=str(ann.account), available_until=until)
    await place.assign(wanted, pb.Moderator(account_id=str(bo.account)))
    await place.assign(wanted)
    wrong = [
        (pb.Moderator(account_id=str(ann.account), available_until=outside), "moderators[1].available_until"),
        (pb.Moderator(account_id=str(ann.account), available_from=outside), "moderators[1].available_from"),
        (
            pb.Moderator(account_id=str(ann.account), available_from=until, available_until=until),
            "moderators[1].available_until",
        ),
        (pb.Moderator(account_id=str(ann.account), withdrawn_at=until), "moderators[1].withdrawn_at"),
        (pb.Moderator(account_id="ann"), "moderators[1].account_id"),
    ]
    for moderator, field in wrong:
        refusal = await refusal_of(place.assign(pb.Moderator(account_id=str(bo.account)), moderator))
        assert (refusal.reason, refusal.field) == ("INVALID_ARGUMENT", field)
    assert (await refusal_of(place.assign(wanted, wanted))).field == "moderators[1].account_id"
    assert (await refusal_of(place.withdraw(bo, ann.account))).code is grpc.StatusCode.PERMISSION_DENIED
    stand = {each.account_id: each for each in await place.withdraw(ann, ann.account)}
    assert stand[str(ann.account)].HasField("withdrawn_at")
    assert not stand[str(bo.account)].HasField("withdrawn_at")
    back = {each.account_id: each for each in await place.assign(wanted)}
    assert back[str(ann.account)] == wanted
    assert [name for name, _, _ in await place.facts()][2:] == [
        "ModeratorAssigned",
        "ModeratorAssigned",
        "ModeratorWithdrawn",
        "ModeratorAssigned",
    ]
    versions = [version for _, aggregate, version in await place.facts() if aggregate == place.event.id]
    assert versions == [1, 2, 3, 4, 5, 6]


async def test_a_moderator_who_checked_in_as_participant_is_on_the_roster_once(service: EventsService):
    place = await a_place(service, places=2, starts_in=SOON)
    moderator = await service.person(place.network, Role.MODERATOR)
    await place.check_in(moderator, (await place.register(moderator)).id)
    await place.assign(pb.Moderator(account_id=str(moderator.account)))
    roster = await place.roster()
    assert not roster.participants
    assert [each.account_id for each in roster.moderators] == [str(moderator.account)]
