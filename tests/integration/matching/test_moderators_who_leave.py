"""Moderators who are there for a part of an event lead their rounds to the end."""

from uuid import UUID

from services.events.domain.moderator import Moderator
from tests.support.events_network import the_event
from tests.support.matching_service import MatchingService


async def test_a_moderator_who_goes_after_the_running_round_leads_it_when_the_rest_is_planned_anew(
    matching: MatchingService,
):
    friday = await matching.friday(6, moderators=2)
    event = await the_event(matching.beside.uow, friday.network, friday.event)
    async with matching.beside.uow.begin(friday.network) as tx:
        half = (await tx.now() + (event.ends_at - await tx.now()) / 2).replace(microsecond=0)
        first, second = friday.moderators
        leading = [Moderator(account=first, available_until=half), Moderator(account=second, available_from=half)]
        await tx.moderators.save(friday.event, leading)
    breakout = await matching.propose(friday, rounds=2, group_size=6)
    await matching.publish(friday, breakout, 1)
    answer = await matching.replan(friday, breakout)
    led = [UUID(group.moderator_account_id) for each in answer.breakout.rounds for group in each.groups]
    assert (led, list(answer.moves)) == ([first, second], [])
