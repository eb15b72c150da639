"""Pins as messages, and back."""

from collections.abc import Iterable, Sequence

from ontmoet.matching.v1 import breakout_pb2

from services.common.ids import parse_id
from services.matching.domain.pins import Pin
from services.matching.wire.lists import refuse_more

MOST_PINS = 1_000


def encode_pins(pins: Iterable[Pin]) -> list[breakout_pb2.Pin]:
    return [
        breakout_pb2.Pin(account_id=str(pin.account), round_number=pin.round, group_number=pin.group) for pin in pins
    ]


def decode_pins(pins: Sequence[breakout_pb2.Pin], field: str) -> tuple[Pin, ...]:
    refuse_more(pins, field, MOST_PINS)
    return tuple(
        Pin(parse_id(pin.account_id, f"{field}[{at}].account_id"), pin.round_number, pin.group_number)
        for at, pin in enumerate(pins)
    )
