"""Why people sit where they sit: each is told of their own seat, organisers of all."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import grpc
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from services.matching.domain.profile import ProfileField as CopiedField
from services.membership.domain.member import ProfileField
from tests.support.events_place import refusal_of
from tests.support.matching import a_profile
from tests.support.matching_service import Friday, MatchingService
from tests.support.rpc import Metadata


async def why(
    matching: MatchingService, metadata: Metadata, breakout: pb.Breakout, number: int, account: UUID | str = ""
) -> str:
    request = pb.ExplainSeatRequest(breakout_id=breakout.id, round_number=number, account_id=str(account))
    told = (await matching.breakouts.ExplainSeat(request, metadata=metadata)).reason
    return told.replace("; you host this group", "")  # somebody does, where no moderator is


async def test_people_are_told_whom_they_have_not_met_and_what_is_offered_to_them(matching: MatchingService):
    topics: dict[str, Any] = {"asks": ("Who knows export to Germany?",), "offers": ("export to Germany",)}
    friday = await matching.friday(participants=4, shared_fields=frozenset(ProfileField), **topics)
    await matching.copy_members(friday)
    breakout = await matching.propose(friday, rounds=3, group_size=2)
    await matching.publish(friday, breakout, 1)
    ann = friday.participants[0]
    told = await why(matching, matching.as_member(friday, ann), breakout, 1)
    assert re.fullmatch(
        r"You have not met (Person \d); \1 offers what you ask: export to Germany; "
        r"\1 asks what you offer: export to Germany\.",
        told,
    )
    dutch = matching.bearing(friday.network, ann, Role.MEMBER, language="nl-BE")
    assert (await why(matching, dutch, breakout, 1)).startswith("U hebt Person ")


async def test_who_met_at_an_earlier_event_has_met(matching: MatchingService):
    friday = await matching.friday(participants=2)
    await matching.held(friday, 1, rounds=1, group_size=2)
    following = await matching.another_week(friday)
    breakout = await matching.held(following, 1, rounds=1, group_size=2)
    told = await why(matching, matching.as_member(friday, friday.participants[0]), breakout, 1)
    assert re.fullmatch(r"You have met Person \d before\.", told)
    first = await matching.breakouts.BatchGetEventBreakouts(
        pb.BatchGetEventBreakoutsRequest(event_ids=[str(friday.event)]), metadata=matching.as_organiser(friday)
    )
    told = await why(matching, matching.as_member(friday, friday.participants[0]), first.breakouts[0], 1)
    assert re.fullmatch(r"You have not met Person \d\.", told)


async def test_who_led_at_a_later_event_had_not_led_before(matching: MatchingService):
    friday = await matching.friday(participants=2, moderators=1)
    first = await matching.held(friday, 1, rounds=1, group_size=2)
    following = await matching.another_week(friday)
    await matching.lead(following, *friday.moderators)
    second = await matching.held(following, 1, rounds=1, group_size=2)
    ann = matching.as_member(friday, friday.participants[0])
    assert "has not led a group with you" in await why(matching, ann, first, 1)
    assert "has not led a group with you" not in await why(matching, ann, second, 1)


async def test_no_one_is_from_somebodys_company_unless_they_sit_or_lead_there(matching: MatchingService):
    companies = ["Aerts", "Claes", "Peeters"]
    shared = frozenset({ProfileField.COMPANY})
    friday = await matching.friday(participants=3, moderators=1, companies=companies, shared_fields=shared)
    await matching.copy_members(friday)
    breakout = await matching.propose(friday, rounds=1)
    organiser, [mod] = matching.as_organiser(friday), friday.moderators
    mine = frozenset({CopiedField.COMPANY})
    for company, told_of_it, nobody in (("Mo", mine, 3), ("peeters", mine, 2), ("Mo", frozenset[CopiedField](), 0)):
        async with matching.uow.begin(friday.network) as tx:
            await tx.profiles.keep(a_profile(mod, company=company, version=99, shared=told_of_it))
        told = [await why(matching, organiser, breakout, 1, account) for account in friday.participants]
        assert sum("no one here is from your company" in each for each in told) == nobody


async def test_a_seat_is_explained_to_its_own_person_once_the_round_is_open_and_to_organisers(
    matching: MatchingService,
):
    friday = await matching.friday(participants=4, moderators=1)
    breakout = await matching.propose(friday, rounds=2, group_size=2)
    ann, bo, *_ = friday.participants
    me, organiser = matching.as_member(friday, ann), matching.as_organiser(friday)
    missing = await refusal_of(why(matching, me, pb.Breakout(id=str(uuid4())), 1))
    assert (missing.code, missing.field) == (grpc.StatusCode.NOT_FOUND, "breakout_id")
    assert await refusal_of(why(matching, me, breakout, 1)) == missing
    await matching.publish(friday, breakout, 1)
    assert await why(matching, me, breakout, 1) == await why(matching, organiser, breakout, 1, ann)
    assert await refusal_of(why(matching, me, breakout, 1, bo)) == replace(missing, field="account_id")
    for number in (-1, 0, 2, 3, 2**31 - 1):
        assert await refusal_of(why(matching, me, breakout, number)) == replace(missing, field="round_number")
    assert await why(matching, organiser, breakout, 2, bo)


async def test_what_organisers_are_told_of_no_seat_names_what_there_is_not(matching: MatchingService):
    friday = await matching.friday(participants=4)
    breakout, organiser = await matching.propose(friday, rounds=2, group_size=2), matching.as_organiser(friday)
    ann = friday.participants[0]
    for plan, number, account, field in (
        (pb.Breakout(id=str(uuid4())), 1, ann, "breakout_id"),
        (breakout, 0, ann, "round_number"),
        (breakout, 3, ann, "round_number"),
        (breakout, 2, friday.organiser, "account_id"),
    ):
        refusal = await refusal_of(why(matching, organiser, plan, number, account))
        assert (refusal.code, refusal.field) == (grpc.StatusCode.NOT_FOUND, field)


async def test_many_seats_are_explained_at_once_and_those_of_others_are_left_out(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=1)
    await matching.publish(friday, breakout, 1)
    assert await explained(matching, matching.as_organiser(friday), friday, breakout) == set(friday.participants)
    ann = friday.participants[0]
    assert await explained(matching, matching.as_member(friday, ann), friday, breakout) == {ann}


async def explained(matching: MatchingService, metadata: Metadata, friday: Friday, breakout: pb.Breakout) -> set[UUID]:
    seats = [
        pb.SeatPlace(breakout_id=breakout.id, round_number=1, account_id=str(account))
        for account in friday.participants
    ]
    answer = await matching.breakouts.BatchExplainSeats(pb.BatchExplainSeatsRequest(seats=seats), metadata=metadata)
    assert all(each.reason for each in answer.reasons)
    return {UUID(each.seat.account_id) for each in answer.reasons}
