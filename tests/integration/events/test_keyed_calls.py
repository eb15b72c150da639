"""What a call with an idempotency key needs of other services is asked before its transaction opens."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import grpc.aio
import pytest

from services.common.caller import Caller
from services.common.idempotency import Idempotency
from services.common.storage.uow import WrongNesting
from services.events.adapters.membership import Membership
from services.events.api.keyed import NEEDING_THE_TIME_ZONE, KeyedCalls
from services.events.storage.transaction import Uow
from services.membership.storage.uow import Uow as MembershipUow
from tests.support.events_network import an_organiser
from tests.support.events_service import EventsService


class WatchedMembership(Membership):
    """Opens a transaction elsewhere whenever it asks: that is refused while one of events is open."""

    def __init__(self, channel: grpc.aio.Channel, elsewhere: MembershipUow) -> None:
        super().__init__(channel)
        self._elsewhere = elsewhere

    async def _ask_time_zone(self, network: UUID) -> str:
        async with self._elsewhere.begin(uuid4()):
            return "Europe/Brussels"


@pytest.fixture
async def membership(service: EventsService) -> AsyncIterator[Membership]:
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        yield WatchedMembership(nowhere, service.members)


async def create(keyed: Idempotency, membership: Membership, caller: Caller, operation: str) -> bytes:
    async def handler() -> bytes:
        return (await membership.time_zone(caller.network)).encode()

    return await keyed.once(caller, operation, str(uuid4()), b"", handler)


@pytest.mark.parametrize("operation", sorted(NEEDING_THE_TIME_ZONE))
async def test_membership_is_not_asked_inside_a_transaction(
    uow: Uow, membership: Membership, network: UUID, operation: str
):
    caller = an_organiser(network)
    assert await create(KeyedCalls(uow, membership), membership, caller, operation) == b"Europe/Brussels"


async def test_with_plain_idempotency_it_would_be(uow: Uow, membership: Membership, network: UUID):
    """The negative control."""
    with pytest.raises(WrongNesting):
        await create(Idempotency(uow), membership, an_organiser(network), "CreateEvent")
