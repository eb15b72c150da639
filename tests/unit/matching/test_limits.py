"""What a network may ask of the solver."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.common.refusals import Invalid
from services.common.rpc.server import MESSAGE_LIMIT
from services.matching.domain.breakout import RoundState
from services.matching.domain.limits import (
    LARGE,
    MOST_BYTES,
    MOST_PINS_KEPT,
    SHORT,
    bytes_of_round,
    refuse_people_beyond_a_message,
    refuse_rounds_beyond_a_message,
    seconds_of,
)
from services.matching.domain.pins import Pin
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


def test_the_largest_break_out_fits_into_a_message_with_all_its_pins_and_as_many_warnings_as_find_room():
    everybody, size = people(1_510), 2
    assert 20 * bytes_of_round(len(everybody), size) in range(MOST_BYTES - 50_000, MOST_BYTES)
    groups = [a_group(n, *everybody[2 * n : 2 * n + 2], moderator=uuid4()) for n in range(755)]
    pins = tuple(Pin(each, 999, 9_999) for each in (*everybody, *everybody)[:MOST_PINS_KEPT])
    breakout = replace(a_breakout(*[groups] * 20), pins=pins)
    warnings = [f"{number:0100}" for number in range(10_000)]
    encoded = encode_breakout(breakout, warnings)
    assert encoded.ByteSize() < MESSAGE_LIMIT - 500
    assert len(encoded.pins) == MOST_PINS_KEPT
    assert 400 < len(encoded.warnings) < len(warnings)
    assert list(encoded.warnings) == warnings[: len(encoded.warnings)]


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
    assert (refused.value.field, refused.value.details["rule"]) == ("breakout_id", "people")
    refuse_people_beyond_a_message(most, rounds=4, group_size=6, taken=taken)
    assert 4 * bytes_of_round(most + 1, 6) + taken > 4_000_000


def test_a_search_takes_as_long_as_was_asked_or_as_so_many_seats_need():
    assert seconds_of(9, seats=10) == 9
    assert seconds_of(0, seats=LARGE) <= SHORT < seconds_of(0, seats=LARGE + 1)
