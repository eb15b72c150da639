"""What a call with an idempotency key needs of other services is asked before its transaction opens."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import grpc.aio
import pytest

from services.common.idempotency import Idempotency
from services.common.storage.uow import WrongNesting
from services.events.adapters.membership import Membership
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


async def test_membership_is_not_asked_inside_a_transaction(uow: Uow, membership: Membership, network: UUID):
    async def handler() -> bytes:
        time_zone = await membership.time_zone(network)
        async with uow.begin(network):
            return time_zone.encode()

    answer = await Idempotency(uow).once(an_organiser(network), "CreateEvent", str(uuid4()), b"", handler)
    assert answer == b"Europe/Brussels"


async def test_asking_inside_a_transaction_would_be_noticed(uow: Uow, membership: Membership, network: UUID):
    """The negative control."""
    async with uow.begin(network):
        with pytest.raises(WrongNesting):
            await membership.time_zone(network)
