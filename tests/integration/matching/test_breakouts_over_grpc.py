"""Break-outs over real gRPC, planned from the roster of a real events service."""

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Awaitable
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import grpc.aio
import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from services.matching.domain.limits import OwnLimits
from tests.support.events_service import Refused, refused
from tests.support.matching import a_profile
from tests.support.matching_service import Friday, MatchingService, groups_of


async def refusal_of(call: Awaitable[Any]) -> Refused:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return refused(error.value)


def most_meetings(breakout: pb.Breakout) -> int:
    """How often the pair that meets most shares a group."""
    met = Counter(pair for each in groups_of(breakout) for group in each for pair in combinations(sorted(group), 2))
    return max(met.values())


async def test_a_break_out_is_planned_from_who_is_present(matching: MatchingService):
    friday = await matching.friday(participants=12, moderators=4)
    breakout = await matching.propose(friday)
    assert (breakout.event_id, breakout.version, breakout.repeats, breakout.repeats_bound) == (
        str(friday.event),
        1,
        0,
        0,
    )
    assert [each.state for each in breakout.rounds] == [pb.ROUND_STATE_PLANNED] * 3
    for groups in groups_of(breakout):
        assert sorted(account for group in groups for account in group) == sorted(map(str, friday.participants))
    leading = [{group.moderator_account_id for group in each.groups} for each in breakout.rounds]
    assert leading == [set(map(str, friday.moderators))] * 3
    assert most_meetings(breakout) == 1
    assert not breakout.warnings


async def test_a_new_proposal_replaces_one_of_which_no_round_was_opened(matching: MatchingService):
    friday = await matching.friday(participants=6)
    first = await matching.propose(friday)
    second = await matching.propose(friday, rounds=2, group_size=2)
    assert (second.id, second.version, len(second.rounds), second.group_size) == (first.id, 2, 2, 2)
    await matching.publish(friday, second, 1)
    answer = await refusal_of(matching.propose(friday))
    assert (answer.code, answer.reason, answer.field) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "BREAKOUT_STARTED",
        "event_id",
    )


async def test_three_who_plan_at_the_same_time_get_one_break_out(matching: MatchingService):
    friday = await matching.friday(participants=9)
    planned = await asyncio.gather(*(matching.propose(friday, rounds=2) for _ in range(3)))
    assert len({breakout.id for breakout in planned}) == 1
    assert sorted(breakout.version for breakout in planned) == [1, 2, 3]


async def test_nobody_present_is_nothing_to_plan(matching: MatchingService):
    friday = await matching.friday(participants=1, moderators=1)
    answer = await refusal_of(matching.propose(friday))
    assert (answer.code, answer.reason, answer.field) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "NOBODY_PRESENT",
        "event_id",
    )


async def test_nobody_is_left_to_plan_the_rest_for(matching: MatchingService):
    friday = await matching.friday(participants=2)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    await matching.leave(friday, friday.participants[0])
    answer = await refusal_of(matching.replan(friday, breakout))
    assert (answer.code, answer.reason, answer.field) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "NOBODY_PRESENT",
        "breakout_id",
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("event_id", {"event_id": "friday"}),
        ("rounds", {"rounds": 0}),
        ("group_size", {"group_size": 1}),
        ("group_size", {"group_size": 21}),
    ],
)
async def test_a_bad_proposal_is_refused_naming_the_field(
    matching: MatchingService, field: str, values: dict[str, Any]
):
    defaults: dict[str, Any] = {"event_id": str(uuid4()), "rounds": 3, "group_size": 3}
    request = pb.ProposeBreakoutRequest(**(defaults | values))
    metadata = matching.bearing(uuid4(), uuid4(), Role.ORGANISER)
    answer = await refusal_of(matching.breakouts.ProposeBreakout(request, metadata=metadata))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


async def test_rounds_are_run_one_after_the_other(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=2)
    breakout = await matching.propose(friday, rounds=2)
    for call in (matching.publish(friday, breakout, 2), matching.close(friday, breakout, 1)):
        assert (await refusal_of(call)).reason == "ROUND_OUT_OF_TURN"
    opened = await matching.publish(friday, breakout, 1)
    assert (opened.rounds[0].state, opened.version) == (pb.ROUND_STATE_OPEN, 2)
    assert await matching.publish(friday, breakout, 1) == opened
    closed = await matching.close(friday, breakout, 1)
    assert closed.rounds[0].state == pb.ROUND_STATE_HELD
    assert closed.rounds[0].opened_at.ToDatetime() < closed.rounds[0].closed_at.ToDatetime()
    assert await matching.close(friday, breakout, 1) == closed
    assert (await matching.publish(friday, breakout, 2)).rounds[1].state == pb.ROUND_STATE_OPEN


async def test_participants_see_their_own_groups_of_open_and_held_rounds_only(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=2)
    breakout = await matching.propose(friday, rounds=2)
    ann = friday.participants[0]

    async def seen(metadata: Any) -> pb.Breakout:
        request = pb.GetBreakoutRequest(breakout_id=breakout.id)
        return (await matching.breakouts.GetBreakout(request, metadata=metadata)).breakout

    missing = pb.GetBreakoutRequest(breakout_id=str(uuid4()))
    as_ann = matching.as_member(friday, ann)
    before = await refusal_of(seen(as_ann))
    assert before.code is grpc.StatusCode.NOT_FOUND
    assert before == await refusal_of(matching.breakouts.GetBreakout(missing, metadata=as_ann))
    await matching.publish(friday, breakout, 1)
    [only] = (await seen(matching.as_member(friday, ann))).rounds
    [group] = only.groups
    assert str(ann) in {seat.account_id for seat in group.seats}
    [outsider] = (await seen(matching.as_member(friday, uuid4()))).rounds
    assert not outsider.groups
    moderator = matching.bearing(friday.network, friday.moderators[0], Role.MODERATOR)
    assert [len(each.groups) for each in (await seen(moderator)).rounds] == [2, 2]


async def my_group(matching: MatchingService, friday: Friday, account: UUID, *roles: Role) -> pb.Group | None:
    request = pb.GetMyGroupRequest(event_id=str(friday.event))
    metadata = matching.bearing(friday.network, account, *(roles or (Role.MEMBER,)))
    answer = await matching.breakouts.GetMyGroup(request, metadata=metadata)
    return answer.group if answer.HasField("group") else None


async def test_everybody_finds_their_group_as_soon_as_the_round_opens(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=2)
    breakout = await matching.propose(friday, rounds=2)
    assert await my_group(matching, friday, friday.participants[0]) is None
    opened = await matching.publish(friday, breakout, 1)
    for group in opened.rounds[0].groups:
        assert await my_group(matching, friday, UUID(group.moderator_account_id), Role.MODERATOR) == group
        for seat in group.seats:
            assert await my_group(matching, friday, UUID(seat.account_id)) == group
    assert await my_group(matching, friday, uuid4()) is None
    await matching.close(friday, breakout, 1)
    assert await my_group(matching, friday, friday.participants[0]) is None


async def test_a_new_plan_leaves_held_rounds_alone_and_seats_the_late_without_moving_anybody(matching: MatchingService):
    friday = await matching.friday(participants=18, moderators=6)
    breakout = await matching.held(friday, 1, rounds=4)
    running = await matching.publish(friday, breakout, 2)
    gone, *late = friday.participants[0], *await matching.people(friday.network, 2)
    await matching.leave(friday, gone)
    await matching.arrive(friday, *late)
    await matching.withdraw(friday, friday.moderators[0])
    answer = await matching.replan(friday, breakout)
    again = answer.breakout
    assert again.rounds[0] == running.rounds[0]
    in_round_2 = [move for move in answer.moves if move.round_number == 2 and not move.leads]
    assert {(move.account_id, move.from_group == 0, move.to_group == 0) for move in in_round_2} == {
        (str(gone), False, True),
        *((str(account), True, False) for account in late),
    }
    assert {move.reason for move in in_round_2} == {"No longer there.", "Had no seat in the earlier plan."}
    [left] = [move for move in answer.moves if move.round_number == 2 and move.leads]
    assert (left.account_id, left.from_group == 0, left.to_group) == (str(friday.moderators[0]), False, 0)
    assert left.reason == "A moderator is no longer there."
    there = {*map(str, friday.participants[1:]), *map(str, late)}
    for groups in groups_of(again)[1:]:
        assert sorted(account for group in groups for account in group) == sorted(there)
    assert most_meetings(again) == 1
    leading = {group.moderator_account_id for each in again.rounds[1:] for group in each.groups}
    assert str(friday.moderators[0]) not in leading
    hosted = [[group for group in each.groups if not group.moderator_account_id] for each in again.rounds[1:]]
    assert [len(groups) for groups in hosted[:1]] == [1]
    assert all(group.host_account_id in {s.account_id for s in group.seats} for groups in hosted for group in groups)
    assert any("with a moderator" in warning for warning in again.warnings)


async def test_a_network_plans_no_more_people_rounds_and_seconds_than_its_limits(matching: MatchingService):
    friday = await matching.friday(participants=6)
    async with matching.uow.begin(friday.network) as tx:
        await tx.set_limits(OwnLimits(people=5, rounds=4, seconds=9))
    beyond: dict[str, dict[str, Any]] = {"event_id": {}, "rounds": {"rounds": 5}, "seconds": {"seconds": 10}}
    for field, values in beyond.items():
        usual: dict[str, Any] = {"event_id": str(friday.event), "rounds": 3, "group_size": 3}
        request = pb.ProposeBreakoutRequest(**{**usual, **values})
        answer = await refusal_of(matching.breakouts.ProposeBreakout(request, metadata=matching.as_organiser(friday)))
        assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
    await matching.leave(friday, friday.participants[0])
    assert len((await matching.propose(friday, rounds=4)).rounds) == 4


SEEDS = 10
"""Each proposal has a seed of its own; of two moderators and two groups, half the plans would be right by chance."""


def led_in(breakout: pb.Breakout) -> set[tuple[str, str]]:
    """(moderator, participant) of round 1."""
    return {
        (group.moderator_account_id, seat.account_id) for group in breakout.rounds[0].groups for seat in group.seats
    }


async def test_who_asks_sits_with_who_offers_and_who_was_led_before_is_led_by_somebody_else(
    matching: MatchingService,
):
    friday = await matching.friday(participants=6, moderators=2)
    asker, offerer = friday.participants[0], friday.participants[-1]
    async with matching.uow.begin(friday.network) as tx:
        await tx.profiles.keep(
            a_profile(asker, asks=("Who knows export to Germany?",)), a_profile(offerer, offers=("export to Germany",))
        )
    first = await matching.held(friday, 1, rounds=1)
    assert any({str(asker), str(offerer)} <= group for group in groups_of(first)[0])
    following = await matching.another_week(friday)
    await matching.lead(following, *friday.moderators)
    plans = [await matching.propose(following, rounds=1) for _ in range(SEEDS)]
    assert all(len(led_in(first) & led_in(plan)) <= 2 for plan in plans)


async def test_warnings_are_in_the_readers_language(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=1)
    await matching.propose(friday, rounds=1)
    request = pb.BatchGetEventBreakoutsRequest(event_ids=[str(friday.event)])
    for language, word in (
        ("nl-BE", "1 van 2 kamers met een moderator"),
        ("fr-BE", "1 sur 2 salles avec un modérateur"),
        ("en", "1 of 2 rooms with a moderator"),
    ):
        metadata = matching.as_organiser(friday, language=language)
        [found] = (await matching.breakouts.BatchGetEventBreakouts(request, metadata=metadata)).breakouts
        assert word in found.warnings[0]


async def test_a_break_out_that_is_over_is_not_planned_anew(matching: MatchingService):
    friday = await matching.friday(participants=4)
    breakout = await matching.held(friday, 1, group_size=2)
    answer = await refusal_of(matching.replan(friday, breakout))
    assert (answer.code, answer.reason, answer.field) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "BREAKOUT_OVER",
        "breakout_id",
    )


async def test_people_who_met_last_week_do_not_meet_again_this_week(matching: MatchingService):
    friday = await matching.friday(participants=9)
    first = await matching.held(friday, 1)
    next_week = await matching.another_week(friday)
    second = await matching.propose(next_week, rounds=2)
    before = {pair for group in groups_of(first)[0] for pair in combinations(sorted(group), 2)}
    after = {pair for each in groups_of(second) for group in each for pair in combinations(sorted(group), 2)}
    assert not before & after
    assert second.repeats == 0


async def test_colleagues_are_kept_apart(matching: MatchingService):
    friday = await matching.friday(participants=9, companies=("Flox", "flox", "Flox "))
    await matching.copy_members(friday)
    breakout = await matching.propose(friday, rounds=3)
    working = await matching.colleagues(friday, "flox")
    assert len(working) == 3
    assert all(len(group & working) == 1 for each in groups_of(breakout) for group in each)


async def test_many_events_break_outs_come_at_once_as_far_as_the_caller_may_see_them(matching: MatchingService):
    friday = await matching.friday(participants=4)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    request = pb.BatchGetEventBreakoutsRequest(event_ids=[str(friday.event), str(uuid4())])
    as_organiser = await matching.breakouts.BatchGetEventBreakouts(request, metadata=matching.as_organiser(friday))
    assert list(as_organiser.breakouts) == [breakout]
    member = matching.as_member(friday, friday.participants[0])
    assert not (await matching.breakouts.BatchGetEventBreakouts(request, metadata=member)).breakouts
    await matching.publish(friday, breakout, 1)
    [as_member] = (await matching.breakouts.BatchGetEventBreakouts(request, metadata=member)).breakouts
    assert [len(each.groups) for each in as_member.rounds] == [1]


async def export(matching: MatchingService, friday: Friday, breakout: pb.Breakout, **values: Any) -> list[list[str]]:
    defaults: dict[str, Any] = {"breakout_id": breakout.id, "round_number": 1}
    request = pb.ExportBreakoutRequest(**(defaults | values))
    answer = await matching.breakouts.ExportBreakout(request, metadata=matching.as_organiser(friday))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.file_name.endswith(".csv")
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


async def test_a_round_is_written_with_the_names_and_addresses_that_membership_has(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=2)
    breakout = await matching.propose(friday, rounds=2)
    headings, *zoom = await export(matching, friday, breakout, format=pb.BREAKOUT_FORMAT_ZOOM_CSV)
    assert headings == ["Pre-assign Room Name", "Email Address"]
    assert len(zoom) == 8
    assert all(room in ("Room 1", "Room 2") and address.endswith("@voka.example") for room, address in zoom)
    headings, *numbers = await export(
        matching, friday, breakout, format=pb.BREAKOUT_FORMAT_NUMBER_LIST, round_number=2, language="nl-BE"
    )
    assert headings == ["Naam", "Kamer"]
    assert len(numbers) == 8
    assert all(name.startswith("Person ") for name, _ in numbers)
    moves = await export(matching, friday, breakout, format=pb.BREAKOUT_FORMAT_MOVES, round_number=2)
    assert len(moves) > 1
    sheet = await export(matching, friday, breakout, format=pb.BREAKOUT_FORMAT_CALL_SHEET)
    assert len(sheet) == 7


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("format", {"format": pb.BREAKOUT_FORMAT_UNSPECIFIED}),
        ("round_number", {"format": pb.BREAKOUT_FORMAT_NUMBER_LIST, "round_number": 3}),
        ("round_number", {"format": pb.BREAKOUT_FORMAT_ZOOM_CSV, "round_number": 2}),
    ],
)
async def test_what_cannot_be_written_is_refused_naming_the_field(
    matching: MatchingService, field: str, values: dict[str, Any]
):
    friday = await matching.friday(participants=4)
    breakout = await matching.propose(friday, rounds=2, group_size=2)
    answer = await refusal_of(export(matching, friday, breakout, **values))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


async def test_a_foreign_break_out_or_event_is_not_found(matching: MatchingService):
    friday = await matching.friday(participants=4)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    await matching.publish(friday, breakout, 1)
    elsewhere = matching.bearing(await matching.beside.network(), uuid4(), Role.OWNER, Role.MODERATOR)
    calls = matching.breakouts

    async def answers(breakout_id: str, event_id: str) -> list[Refused]:
        which = {"breakout_id": breakout_id}
        return [
            await refusal_of(call)
            for call in (
                calls.ProposeBreakout(
                    pb.ProposeBreakoutRequest(event_id=event_id, rounds=1, group_size=2), metadata=elsewhere
                ),
                calls.ReplanBreakout(pb.ReplanBreakoutRequest(breakout_id=breakout_id), metadata=elsewhere),
                calls.PublishRound(pb.PublishRoundRequest(**which, round_number=1), metadata=elsewhere),
                calls.CloseRound(pb.CloseRoundRequest(**which, round_number=1), metadata=elsewhere),
                calls.GetBreakout(pb.GetBreakoutRequest(**which), metadata=elsewhere),
                calls.ExportBreakout(
                    pb.ExportBreakoutRequest(**which, round_number=1, format=pb.BREAKOUT_FORMAT_MOVES),
                    metadata=elsewhere,
                ),
            )
        ]

    foreign = await answers(breakout.id, str(friday.event))
    assert foreign == await answers(str(uuid4()), str(uuid4()))
    assert {answer.code for answer in foreign} == {grpc.StatusCode.NOT_FOUND}
    batch = pb.BatchGetEventBreakoutsRequest(event_ids=[str(friday.event)])
    assert not (await calls.BatchGetEventBreakouts(batch, metadata=elsewhere)).breakouts
    many = pb.BatchGetMyGroupsRequest(event_ids=[str(friday.event)])
    assert not (await calls.BatchGetMyGroups(many, metadata=elsewhere)).groups
    mine = await calls.GetMyGroup(pb.GetMyGroupRequest(event_id=str(friday.event)), metadata=elsewhere)
    assert not mine.HasField("group")


async def test_102_people_are_planned_led_and_moved_on_within_seconds(matching: MatchingService):
    friday = await matching.friday(participants=102, moderators=17)
    breakout = await matching.propose(friday, rounds=5, group_size=6)
    assert (breakout.repeats, most_meetings(breakout), list(breakout.warnings)) == (0, 1, [])
    await matching.publish(friday, breakout, 1)
    await matching.close(friday, breakout, 1)
    await matching.withdraw(friday, friday.moderators[3])
    again = (await matching.replan(friday, breakout)).breakout
    assert (again.repeats, most_meetings(again)) == (0, 1)
    without = [sum(not group.moderator_account_id for group in each.groups) for each in again.rounds]
    assert without == [0, 1, 1, 1, 1]
