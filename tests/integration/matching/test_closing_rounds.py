"""What a round leaves once it is known who was there."""

from itertools import combinations
from uuid import UUID

from ontmoet.matching.v1 import breakout_pb2 as pb
from ontmoet.matching.v1 import rule_pb2

from tests.support.matching_service import Friday, MatchingService, groups_of


async def test_how_many_meet_again_is_counted_anew_when_somebody_was_not_there(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.held(friday, 1, rounds=2)
    first, second = groups_of(breakout)
    again = [pair for group in second for pair in combinations(group, 2) if any(set(pair) <= met for met in first)]
    assert (breakout.repeats, breakout.repeats_bound) == (len(again), 2) == (2, 2)
    await matching.check_out(friday, *(UUID(one) for one, _ in again))
    await matching.publish(friday, breakout, 2)
    closed = await matching.close(friday, breakout, 2)
    assert (closed.repeats, closed.repeats_bound, list(closed.warnings)[2:]) == (0, 0, [])
    assert await matching.close(friday, breakout, 2) == closed


async def test_who_is_made_a_moderator_during_a_round_has_met_who_sat_with_them(matching: MatchingService):
    friday = await matching.friday(participants=3)
    breakout = await matching.propose(friday, rounds=1)
    await matching.publish(friday, breakout, 1)
    await matching.lead(friday, friday.participants[0])
    closed = await matching.close(friday, breakout, 1)
    assert {UUID(seat.account_id) for seat in closed.rounds[0].groups[0].seats} == set(friday.participants)


async def test_who_sits_together_by_a_rule_does_not_meet_again_when_somebody_else_was_not_there(
    matching: MatchingService,
):
    friday = await matching.friday(participants=3)
    ann, bo, cas = friday.participants
    rule = rule_pb2.StateRuleRequest(kind=rule_pb2.RULE_KIND_TOGETHER, account_ids=[str(ann), str(bo)])
    await matching.rules.StateRule(rule, metadata=matching.as_organiser(friday))
    breakout = await matching.held(friday, 1, rounds=2)
    assert (breakout.repeats, breakout.repeats_bound) == (2, 2)
    await matching.check_out(friday, cas)
    await matching.publish(friday, breakout, 2)
    closed = await matching.close(friday, breakout, 2)
    assert (closed.repeats, closed.repeats_bound, closed.repeats_argument) == (0, 0, "none")


async def met_by(matching: MatchingService, friday: Friday, account: UUID) -> set[str]:
    async with matching.uow.begin(friday.network) as tx:
        return {str(each.other) for each in await tx.encounters.page(account, event=None, after=None, size=50)}


async def test_who_leaves_during_a_round_has_met_who_sat_with_them_though_the_rest_was_planned_anew(
    matching: MatchingService,
):
    friday = await matching.friday(participants=9)
    ann = friday.participants[0]
    breakout = await matching.propose(friday, rounds=1)
    [beside] = [group - {str(ann)} for group in groups_of(breakout)[0] if str(ann) in group]
    absent = next(account for account in friday.participants if str(account) not in beside | {str(ann)})
    await matching.check_out(friday, absent)
    await matching.publish(friday, breakout, 1)
    await matching.check_out(friday, ann)
    [late] = await matching.people(friday.network, 1)
    await matching.arrive(friday, late)
    await matching.replan(friday, breakout)
    await matching.replan(friday, breakout)
    closed = await matching.close(friday, breakout, 1)
    assert await met_by(matching, friday, ann) == beside
    assert await met_by(matching, friday, absent) == set()
    [beside_late] = [group - {str(late)} for group in groups_of(closed)[0] if str(late) in group]
    assert await met_by(matching, friday, late) == beside_late


async def test_who_withdrew_during_a_round_has_led_those_in_it(matching: MatchingService):
    friday = await matching.friday(participants=3, moderators=1)
    breakout = await matching.propose(friday, rounds=1)
    await matching.publish(friday, breakout, 1)
    await matching.withdraw(friday, friday.moderators[0])
    await matching.replan(friday, breakout)
    await matching.close(friday, breakout, 1)
    following = await matching.another_week(friday)
    await matching.lead(following, *friday.moderators)
    planned = await matching.propose(following, rounds=1)
    account = str(friday.participants[0])
    request = pb.ExplainSeatRequest(breakout_id=planned.id, round_number=1, account_id=account)
    explained = await matching.breakouts.ExplainSeat(request, metadata=matching.as_organiser(following))
    assert planned.rounds[0].groups[0].moderator_account_id == str(friday.moderators[0])
    assert "has not led a group with you" not in explained.reason
