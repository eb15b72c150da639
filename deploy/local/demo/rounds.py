"""Act two: some do not show up, two come late, a moderator drops out, and four rounds are held all the same."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence

from deploy.local.demo.cast import SignedIn
from deploy.local.demo.client import Json
from deploy.local.demo.figures import groups_of, repeated_pairs, seated_once
from deploy.local.demo.live import Room, watching
from deploy.local.demo.report import print_group
from deploy.local.demo.stage import Stage

ROUNDS, GROUP_SIZE = 4, 6
ABSENT, LATE = 8, 2  # of those with a place: ABSENT are not there at the start, and LATE of these come after round 1
PLAN = "breakout { id repeats repeatsBound warnings }"


async def arrive(stage: Stage) -> tuple[list[SignedIn], list[SignedIn]]:
    """Those who are there in time, and those who will come late."""
    with_a_place = stage.people(await stage.accounts("CONFIRMED"))
    absent, in_time = with_a_place[:ABSENT], with_a_place[ABSENT:]
    await stage.answer("checkIn", in_time)
    wait = (stage.starts_at - dt.datetime.now(dt.UTC)).total_seconds()
    if wait > 0:
        stage.narrator.say(f"{len(in_time)} have checked in; it begins in {wait:.0f} s")
        await asyncio.sleep(wait)
    payload = await stage.organiser.client.change("markNoShows", "noShows", eventId=stage.event_id)
    stage.figures.check("not there at the start", payload["noShows"], ABSENT)
    return in_time, absent[:LATE]


async def hold_the_rounds(stage: Stage) -> list[SignedIn]:
    """Play all rounds; answers who was present at the end."""
    present, late = await arrive(stage)
    organiser = stage.organiser.client
    payload = await organiser.change(
        "proposeBreakout", PLAN, eventId=stage.event_id, rounds=ROUNDS, groupSize=GROUP_SIZE
    )
    breakout: Json = payload["breakout"]
    stage.narrator.say(f"planned {ROUNDS} rounds for {len(present)} people: {breakout['repeats']} repeated pairs")
    async with watching([*present, *late, *stage.moderators], stage.event_id) as room:
        first = await _hold(stage, room, breakout["id"], 1, present)
        await stage.answer("checkIn", late)
        present = [*present, *late]
        dropped = await _drop_a_moderator(stage, first)
        payload = await organiser.change("replanBreakout", f"{PLAN} moves {{ leads }}", breakoutId=breakout["id"])
        seats = sum(not move["leads"] for move in payload["moves"])
        stage.narrator.say(f"{len(late)} came late, a moderator dropped out; {seats} seats were planned anew")
        for number in range(2, ROUNDS + 1):
            leading = await _hold(stage, room, breakout["id"], number, present)
            stage.figures.check(f"round {number}: the moderator who dropped out leads", dropped in leading, False)
    stage.figures.check("pairs who met twice", repeated_pairs(stage.rounds), 0)
    return present


async def _hold(stage: Stage, room: Room, breakout_id: str, number: int, present: Sequence[SignedIn]) -> set[str]:
    """Open a round, look at everybody's screen, close it; answers who led a group."""
    organiser = stage.organiser.client
    await organiser.change("publishRound", "breakout { version }", breakoutId=breakout_id, roundNumber=number)
    accounts = [person.account for person in present]
    seen = await room.round(number, people=accounts)
    groups = groups_of(seen)
    leading = {group.moderator for group in groups if group.moderator}
    led = await room.round(number, people=sorted(leading))
    check = stage.figures.check
    check(f"round {number}: present and seated once", seated_once(seen, accounts), len(accounts))
    check(f"round {number}: groups", len(groups), -(-len(accounts) // GROUP_SIZE))
    check(f"round {number}: groups with a moderator of their own", len(leading), len(groups))
    check(
        f"round {number}: moderators see the same group",
        all(led[g.moderator or ""] == g for g in groups),
        True,
    )
    stage.rounds.append(seen)
    sizes = sorted(len(group.seats) for group in groups)
    stage.narrator.say(f"round {number}: {len(accounts)} people in {len(groups)} groups of {sizes[0]} to {sizes[-1]}")
    if number == 1:
        print_group(groups[0], stage.names, round_number=number)
    await organiser.change("closeRound", "breakout { version }", breakoutId=breakout_id, roundNumber=number)
    return leading


async def _drop_a_moderator(stage: Stage, leading: set[str]) -> str:
    """One of those who led a group has to go."""
    gone = min(leading)
    await stage.organiser.client.change(
        "withdrawModerator", "moderators { accountId }", eventId=stage.event_id, accountId=gone
    )
    return gone
