"""What a round leaves once it is known who was there."""

from itertools import combinations
from uuid import UUID

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
