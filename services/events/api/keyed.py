"""Calls with an idempotency key, whose answer is stored in the transaction of their effects."""

from collections.abc import Awaitable, Callable

from services.common.caller import Caller
from services.common.idempotency import Idempotency
from services.events.adapters.membership import FRESH, Membership
from services.events.storage.transaction import Uow

NEEDING_THE_TIME_ZONE = frozenset(
    {"/ontmoet.events.v1.EventService/CreateEvent", "/ontmoet.events.v1.EventService/CreateSeries"}
)


class KeyedCalls(Idempotency):
    """Asks membership for the network's time zone before the transaction opens, where the call will need it."""

    def __init__(self, uow: Uow, membership: Membership) -> None:
        super().__init__(uow)
        self._membership = membership

    async def once(
        self, caller: Caller, operation: str, key: str, request: bytes, handler: Callable[[], Awaitable[bytes]]
    ) -> bytes:
        if operation in NEEDING_THE_TIME_ZONE:
            await self._membership.time_zone(caller.network, within=FRESH)
        return await super().once(caller, operation, key, request, handler)
