"""Whom one met and who speaks further, over real gRPC."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID, uuid4

import grpc.aio
import pytest
from ontmoet.matching.v1 import breakout_pb2
from ontmoet.matching.v1 import introduction_pb2 as pb

from services.common.caller import Role
from tests.support.events_service import Refused, refused
from tests.support.matching_service import Friday, MatchingService

ASKED, ACCEPTED, DECLINED = (
    pb.INTRODUCTION_STATE_ASKED,
    pb.INTRODUCTION_STATE_ACCEPTED,
    pb.INTRODUCTION_STATE_DECLINED,
)


async def refusal_of(call: Awaitable[Any]) -> Refused:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return refused(error.value)


class Table:
    """Six people in two groups; Ann and Bo met, Ann and Zed did not."""

    def __init__(self, matching: MatchingService, friday: Friday, breakout: breakout_pb2.Breakout) -> None:
        self._matching = matching
        self.friday = friday
        first, second = breakout.rounds[0].groups
        self.ann, self.bo, self.cas = [UUID(seat.account_id) for seat in first.seats]
        self.zed = UUID(second.seats[0].account_id)
        self.calls = matching.introductions

    def bearing(self, account: UUID) -> Any:
        return self._matching.as_member(self.friday, account)

    async def ask(self, asker: UUID, asked: UUID, message: str = "Coffee?") -> pb.Introduction:
        request = pb.AskIntroductionRequest(to_account_id=str(asked), message=message)
        return (await self.calls.AskIntroduction(request, metadata=self.bearing(asker))).introduction

    async def accept(self, account: UUID, introduction: pb.Introduction) -> pb.Introduction:
        request = pb.AcceptIntroductionRequest(introduction_id=introduction.id)
        return (await self.calls.AcceptIntroduction(request, metadata=self.bearing(account))).introduction

    async def decline(self, account: UUID, introduction: pb.Introduction) -> pb.Introduction:
        request = pb.DeclineIntroductionRequest(introduction_id=introduction.id)
        return (await self.calls.DeclineIntroduction(request, metadata=self.bearing(account))).introduction

    async def get(self, account: UUID, introduction: pb.Introduction) -> pb.Introduction:
        request = pb.GetIntroductionRequest(introduction_id=introduction.id)
        return (await self.calls.GetIntroduction(request, metadata=self.bearing(account))).introduction

    async def encounters(self, account: UUID, **values: Any) -> pb.ListMyEncountersResponse:
        return await self.calls.ListMyEncounters(pb.ListMyEncountersRequest(**values), metadata=self.bearing(account))


@pytest.fixture
async def table(matching: MatchingService) -> Table:
    friday = await matching.friday(participants=6, moderators=2)
    return Table(matching, friday, await matching.held(friday, 1))


async def test_everybody_sees_whom_they_met_and_moderators_met_nobody(table: Table):
    met = (await table.encounters(table.ann)).encounters
    assert {each.account_id for each in met} == {str(table.bo), str(table.cas)}
    assert {(each.event_id, each.round_number) for each in met} == {(str(table.friday.event), 1)}
    assert not (await table.encounters(table.friday.moderators[0])).encounters


async def test_only_those_who_were_present_in_a_round_that_was_held_have_met(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=2)
    await matching.publish(friday, breakout, 1)
    gone = friday.participants[0]
    await matching.leave(friday, gone)
    await matching.replan(friday, breakout)
    await matching.close(friday, breakout, 1)
    request = pb.ListMyEncountersRequest()
    met = await matching.introductions.ListMyEncounters(request, metadata=matching.as_member(friday, gone))
    assert not met.encounters


async def test_who_left_before_a_round_met_nobody_in_it_and_who_left_during_it_did(matching: MatchingService):
    friday = await matching.friday(participants=3)
    breakout = await matching.propose(friday, rounds=2)
    before, during, stayed = friday.participants
    await matching.check_out(friday, before)
    await matching.publish(friday, breakout, 1)
    await matching.check_out(friday, during)
    closed = await matching.close(friday, breakout, 1)
    [group] = closed.rounds[0].groups
    assert {seat.account_id for seat in group.seats} == {str(during), str(stayed)}
    assert await matching.close(friday, breakout, 1) == closed
    for account, expected in ((before, set[str]()), (during, {str(stayed)}), (stayed, {str(during)})):
        me = matching.as_member(friday, account)
        met = (await matching.introductions.ListMyEncounters(pb.ListMyEncountersRequest(), metadata=me)).encounters
        assert {each.account_id for each in met} == expected
    await matching.arrive(friday, before, during)
    await matching.publish(friday, breakout, 2)
    why = breakout_pb2.ExplainSeatRequest(breakout_id=breakout.id, round_number=2)
    told = (await matching.breakouts.ExplainSeat(why, metadata=matching.as_member(friday, before))).reason
    assert told.startswith("You have not met Person")
    assert "before" not in told


async def test_staff_who_take_part_meet_nobody(matching: MatchingService):
    friday = await matching.friday(participants=3)
    [office] = await matching.people(friday.network, 1, staff=True)
    await matching.arrive(friday, office)
    await matching.copy_members(friday)
    closed = await matching.held(friday, 1, group_size=4)
    assert str(office) in {seat.account_id for seat in closed.rounds[0].groups[0].seats}
    for account, met in ((office, 0), *((account, 2) for account in friday.participants)):
        request, me = pb.ListMyEncountersRequest(), matching.as_member(friday, account)
        assert len((await matching.introductions.ListMyEncounters(request, metadata=me)).encounters) == met


async def test_encounters_come_in_pages_the_latest_first_each_once(matching: MatchingService):
    friday = await matching.friday(participants=9)
    await matching.held(friday, 1, 2, 3, rounds=3)
    ann = matching.as_member(friday, friday.participants[0])
    seen: list[pb.Encounter] = []
    token = ""
    while True:
        request = pb.ListMyEncountersRequest(page_size=2, page_token=token, event_id=str(friday.event))
        page = await matching.introductions.ListMyEncounters(request, metadata=ann)
        assert len(page.encounters) <= 2
        seen += page.encounters
        token = page.next_page_token
        if not token:
            break
    assert [each.round_number for each in seen] == [3, 3, 2, 2, 1, 1]
    assert len({each.account_id for each in seen}) == 6
    elsewhere = pb.ListMyEncountersRequest(event_id=str(uuid4()))
    assert not (await matching.introductions.ListMyEncounters(elsewhere, metadata=ann)).encounters


async def test_a_page_token_that_was_not_given_out_is_refused(table: Table):
    assert (await refusal_of(table.encounters(table.ann, page_token="bm8"))).field == "page_token"


async def test_an_introduction_is_asked_and_accepted(table: Table):
    asked = await table.ask(table.ann, table.bo)
    assert (asked.state, asked.from_account_id, asked.to_account_id) == (ASKED, str(table.ann), str(table.bo))
    assert await table.get(table.bo, asked) == asked
    accepted = await table.accept(table.bo, asked)
    assert (accepted.state, accepted.version, accepted.HasField("answered_at")) == (ACCEPTED, 2, True)
    assert await table.accept(table.bo, asked) == accepted
    for call in (table.decline(table.bo, asked), table.ask(table.bo, table.ann)):
        answer = await refusal_of(call)
        assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ALREADY_ANSWERED")


async def test_who_was_declined_does_not_ask_again_but_may_be_asked(table: Table):
    declined = await table.decline(table.bo, await table.ask(table.ann, table.bo))
    assert declined.state == DECLINED
    assert (await refusal_of(table.ask(table.ann, table.bo))).reason == "ALREADY_ANSWERED"
    assert (await table.ask(table.bo, table.ann)).state == ASKED


async def test_only_somebody_one_has_met_can_be_asked(table: Table):
    for stranger in (table.zed, uuid4(), table.ann, table.friday.moderators[0]):
        answer = await refusal_of(table.ask(table.ann, stranger))
        assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NOT_MET")


async def test_a_pair_has_one_open_introduction_however_often_and_by_whomever_it_is_asked(table: Table):
    pairs = [(table.ann, table.bo), (table.bo, table.ann)] * 5
    found = await asyncio.gather(*(table.ask(asker, asked) for asker, asked in pairs))
    assert len({introduction.id for introduction in found}) == 1


async def test_only_the_one_who_was_asked_answers(table: Table):
    asked = await table.ask(table.ann, table.bo)
    calls = [table.accept(table.ann, asked), table.decline(table.ann, asked)]
    calls += [call(table.cas, asked) for call in (table.accept, table.decline, table.get)]
    for call in calls:
        assert (await refusal_of(call)).code is grpc.StatusCode.NOT_FOUND
    assert (await table.get(table.ann, asked)).state == ASKED


async def test_ones_introductions_come_in_pages_the_latest_first(table: Table):
    first = await table.ask(table.ann, table.bo)
    second = await table.ask(table.cas, table.ann)
    first_page = pb.ListMyIntroductionsRequest(page_size=1)
    page = await table.calls.ListMyIntroductions(first_page, metadata=table.bearing(table.ann))
    assert list(page.introductions) == [second]
    next_page = pb.ListMyIntroductionsRequest(page_size=1, page_token=page.next_page_token)
    page = await table.calls.ListMyIntroductions(next_page, metadata=table.bearing(table.ann))
    assert (list(page.introductions), page.next_page_token) == ([first], "")


@pytest.mark.parametrize("message", ["x" * 501, "bell \x07"])
async def test_a_bad_message_is_refused_naming_the_field(table: Table, message: str):
    answer = await refusal_of(table.ask(table.ann, table.bo, message))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, "message")


async def test_a_message_in_any_script_is_kept_as_written(table: Table):
    assert (await table.ask(table.ann, table.bo, "قهوة؟ ☕\nCoffee?")).message == "قهوة؟ ☕\nCoffee?"


async def test_an_introduction_of_another_network_is_not_found(matching: MatchingService, table: Table):
    asked = await table.ask(table.ann, table.bo)
    network = await matching.beside.network()
    for account in (table.ann, table.bo, uuid4()):
        elsewhere = matching.bearing(network, account, Role.OWNER)
        which = {"introduction_id": asked.id}
        for call in (
            table.calls.AcceptIntroduction(pb.AcceptIntroductionRequest(**which), metadata=elsewhere),
            table.calls.DeclineIntroduction(pb.DeclineIntroductionRequest(**which), metadata=elsewhere),
            table.calls.GetIntroduction(pb.GetIntroductionRequest(**which), metadata=elsewhere),
        ):
            assert (await refusal_of(call)).code is grpc.StatusCode.NOT_FOUND
        assert not (await table.calls.ListMyEncounters(pb.ListMyEncountersRequest(), metadata=elsewhere)).encounters
        ask = pb.AskIntroductionRequest(to_account_id=str(table.bo))
        assert (await refusal_of(table.calls.AskIntroduction(ask, metadata=elsewhere))).reason == "NOT_MET"
