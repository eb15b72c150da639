"""The plans of many events at once, when together they are longer than a message can be."""

from uuid import UUID, uuid4

import grpc
import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from services.common.rpc.channel import open_channel
from services.gateway.adapters.services import Calls, Services
from services.gateway.api.matching.loaders import MatchingLoaders
from tests.support.matching import a_breakout, a_group, people
from tests.support.matching_service import MatchingService


async def an_event_with_a_large_plan(matching: MatchingService, network: UUID) -> str:
    """Its id; a message holds one such plan, and not two."""
    everybody = people(1_000)
    pairs = list(enumerate(zip(everybody[::2], everybody[1::2], strict=True), 1))
    breakout = a_breakout(*([a_group(number, *pair, moderator=uuid4()) for number, pair in pairs] for _ in range(18)))
    async with matching.uow.begin(network) as tx:
        await tx.breakouts.add(breakout)
        await tx.breakouts.save_plan(breakout)
    return str(breakout.event)


async def test_an_organiser_sees_the_plans_of_all_events_of_a_list_however_large_they_are(matching: MatchingService):
    network, organiser = uuid4(), uuid4()
    events = [await an_event_with_a_large_plan(matching, network) for _ in range(2)]
    request = pb.BatchGetEventBreakoutsRequest(event_ids=events)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        metadata = matching.bearing(network, organiser, Role.ORGANISER)
        await matching.breakouts.BatchGetEventBreakouts(request, metadata=metadata)
    assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    token = matching.beside.identity.user_token(network, organiser, [Role.ORGANISER])
    async with open_channel(matching.address, identity=None) as channel:
        services = Services.over(membership=channel, events=channel, matching=channel)
        loaders = MatchingLoaders(Calls(services, network=network, token=token, language="en"))
        found = await loaders.breakouts.load_many([*events, str(uuid4())])
    assert [each.event_id if each else None for each in found] == [*events, None]
    assert {sum(len(group.seats) for group in each.rounds[17].groups) for each in found if each} == {1_000}
