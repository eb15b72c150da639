"""What it takes to look at a large break-out."""

import tracemalloc
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.common.caller import Caller, Role
from services.matching.domain.breakout import Breakout, Round, RoundState
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.pins import Pin
from services.matching.usecases.look import get_breakout
from tests.support.matching import NOON, a_breakout, a_group, people
from tests.support.matching_service import MatchingService

ANN, *EVERYBODY = people(300)


def a_large_break_out_with_much_to_tell() -> Breakout:
    """Twenty rounds of pairs; who hosts is told of each, and most have a room that was given to them."""
    numbered = list(enumerate(zip([ANN, *EVERYBODY[1::2]], EVERYBODY[::2], strict=True), 1))
    rooms = ", ".join(str(number) for number in range(750))
    rounds = [
        Round(number, tuple(a_group(room, *pair) for room, pair in numbered), RoundState.HELD, NOON, NOON)
        for number in range(1, 21)
    ]
    notices = tuple(Notice(NoticeCode.HOSTED, {"round": str(each.number), "rooms": rooms}) for each in rounds)
    pins = tuple(Pin(each, number, 1) for each in EVERYBODY for number in (19, 20))
    return replace(a_breakout(*rounds), notices=notices, pins=pins)


async def stored(matching: MatchingService, breakout: Breakout) -> UUID:
    """The network that has it."""
    network = uuid4()
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.add(breakout)
        await tx.breakouts.save_plan(replace(breakout, rounds=tuple(map(_to_come, breakout.rounds))))
        await tx.breakouts.save_states(breakout)
    return network


def _to_come(each: Round) -> Round:
    return replace(each, state=RoundState.PLANNED, opened_at=None, closed_at=None)


@pytest.mark.parametrize(("role", "megabytes"), [(Role.ORGANISER, 12), (Role.MEMBER, 2)])
async def test_looking_at_a_large_break_out_takes_no_more_than_it_tells(
    matching: MatchingService, role: Role, megabytes: int
):
    """Its warnings, and its pins, came with each of its groups: gigabytes for some thousand people, whoever looked."""
    breakout = a_large_break_out_with_much_to_tell()
    caller = Caller(await stored(matching, breakout), ANN, frozenset({role}))
    await get_breakout(matching.uow, caller, breakout.id)
    tracemalloc.start()
    seen = await get_breakout(matching.uow, caller, breakout.id)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == breakout.as_seen(caller)
    assert most < megabytes * 1_000_000
