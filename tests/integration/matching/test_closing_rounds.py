"""What a round leaves once it is known who was there."""

from itertools import combinations
from uuid import UUID

from ontmoet.matching.v1 import rule_pb2

from tests.support.matching_service import MatchingService, groups_of


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
