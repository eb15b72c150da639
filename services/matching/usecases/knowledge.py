"""What is known of those present, gathered for a plan."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.matching.domain.breakout import Round
from services.matching.domain.known import Known
from services.matching.domain.pins import Pin
from services.matching.domain.planning import Planning, Roster, everybody
from services.matching.storage.transaction import Uow


async def planning_of(
    uow: Uow,
    network: UUID,
    event: UUID,
    rounds: Sequence[Round],
    roster: Roster,
    group_size: int,
    pins: Sequence[Pin],
) -> Planning:
    """The problem of these rounds and pins, with what is known of everybody in them. Raises NobodyPresent.

    Its numbers are worked out where no other call waits for that.
    """
    people, moderators = everybody(rounds, roster)
    async with uow.begin(network) as tx:
        now = await tx.now()
        known = Known(
            profiles=await tx.profiles.of(people | moderators),
            met=await tx.encounters.among(people, besides=event),
            led=await tx.breakouts.led(moderators, people, besides=event, before=now),
            visits=await tx.encounters.visits(people, besides=event),
            rules=await tx.rules.about(people),
        )
    planning = Planning(rounds, roster, known, group_size=group_size, now=now, pins=pins)
    await asyncio.to_thread(lambda: planning.problem)
    return planning
