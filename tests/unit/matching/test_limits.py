"""What a network may ask of the solver."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.common.refusals import Invalid
from services.matching.domain.breakout import RoundState
from services.matching.domain.limits import (
    LARGE,
    SHORT,
    bytes_of_round,
    refuse_people_beyond_a_message,
    refuse_rounds_beyond_a_message,
    seconds_of,
)
from services.matching.wire.breakouts import encode_breakout
from tests.support.matching import NOON, a_breakout, a_group, people


@pytest.mark.parametrize("size", [2, 3, 6, 20])
def test_a_round_takes_no_more_of_a_message_than_is_thought(size: int):
    everybody = people(120)
    groups = [
        a_group(number + 200, *everybody[start : start + size], moderator=uuid4())
        for number, start in enumerate(range(0, 120, size))
    ]
    breakout = a_breakout(groups)
    held = replace(breakout.rounds[0], state=RoundState.HELD, opened_at=NOON, closed_at=NOON)
    encoded = encode_breakout(replace(breakout, rounds=(held,)), [])
    assert encoded.rounds[0].ByteSize() <= bytes_of_round(120, size)


def test_a_plan_that_no_message_could_hold_is_refused_before_it_is_made():
    refuse_rounds_beyond_a_message(11, bytes_of_round(5_000, 6))
    with pytest.raises(Invalid) as refused:
        refuse_rounds_beyond_a_message(12, bytes_of_round(5_000, 6))
    assert (refused.value.field, refused.value.details["most"]) == ("rounds", "11")


def test_people_for_whom_no_message_could_hold_the_rest_are_refused_with_how_many_can_come():
    """Ten rounds of which six were held by fewer people: what those took is known, and the rest is for four."""
    taken = 6 * bytes_of_round(1_000, 6)
    with pytest.raises(Invalid) as refused:
        refuse_people_beyond_a_message(20_000, rounds=4, group_size=6, taken=taken)
    most = int(refused.value.details["limit"])
    assert (refused.value.field, refused.value.details["rule"]) == ("breakout_id", "too_many")
    refuse_people_beyond_a_message(most, rounds=4, group_size=6, taken=taken)
    assert 4 * bytes_of_round(most + 1, 6) + taken > 4_000_000


def test_a_search_takes_as_long_as_was_asked_or_as_so_many_seats_need():
    assert seconds_of(9, seats=10) == 9
    assert seconds_of(0, seats=LARGE) <= SHORT < seconds_of(0, seats=LARGE + 1)
