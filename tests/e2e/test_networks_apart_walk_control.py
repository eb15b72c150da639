"""That the walk through two networks asks for things that are there. It changes them, so it comes after the walk."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from tests.support.asking import STAFF_AND_MEMBER, answers, global_id
from tests.support.contracts import Rpc, kind_of, rpcs
from tests.support.documents import operations
from tests.support.two_networks import Two

pytestmark = pytest.mark.xdist_group("networks apart")

# Everybody without a code is answered alike, so an id that is right makes no difference.
TELLS_NOBODY = {"RedeemCode"}
# Nothing can be planned for an event that was called off, whoever it is for.
LAST = {"CancelEvent"}
ASKED = sorted(rpcs(), key=lambda rpc: rpc.name in LAST)
LOOKING_UP = {rpc.path: rpc for rpc in ASKED if rpc.slots and rpc.name not in TELLS_NOBODY}
CALLERS = (*STAFF_AND_MEMBER, "confirmed", "offered")


@pytest.mark.parametrize("rpc", LOOKING_UP.values(), ids=list(LOOKING_UP))
async def test_an_id_of_ones_own_network_is_answered_otherwise_than_a_missing_one(two: Two, rpc: Rpc) -> None:
    for slot in rpc.slots:
        for own in two.there.ids[kind_of(slot[-1])]:
            missing = str(uuid4())
            lacking = await answers(two, rpc, two.there, {slot: missing}, CALLERS)
            found = await answers(two, rpc, two.there, {slot: own}, CALLERS)
            if any(found[who].without(own) != lacking[who].without(missing) for who in found):
                break
        else:
            pytest.fail(f"no {kind_of(slot[-1])} of the walk is known to it")


async def test_t7_nothing_is_seen_live_of_what_happens_in_another_network(two: Two) -> None:
    """T7: its own people see the round end; whoever asked for it from here sees nothing move."""
    event = global_id("Event", two.there.ids["event"][0])
    async with AsyncExitStack() as opened:
        sides = {
            side: [
                await opened.enter_async_context(
                    side.people["present"].client.subscribe(each.document(variables), **variables)
                )
                for each in operations("subscription").values()
                for variables in [each.variables(dict.fromkeys(each.slots, event))]
            ]
            for side in (two.here, two.there)
        }
        for live in (*sides[two.here], *sides[two.there]):
            await live.message()
        breakout = global_id("Breakout", two.there.ids["breakout"][0])
        organiser = two.there.people["organiser"].client
        await organiser.do("closeRound", "breakout { id }", breakoutId=breakout, roundNumber=2)
        _, my_group, shown = sides[two.there]
        await asyncio.gather(my_group.message(), shown.message())
        for live in sides[two.here]:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(live.message(), 0.2)
