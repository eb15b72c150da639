"""Which network a host name, a slug or an id stands for."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ontmoet.membership.v1.facts_pb2 import NetworkUpdated
from ontmoet.membership.v1.network_pb2 import GetNetworkRequest, Network, ResolveNetworkRequest

from services.common.messaging.live import Live, Resync
from services.common.refusals import Kind, Refusal
from services.common.rpc.channel import as_service
from services.gateway.adapters.services import Services, answered, or_none

KNOWN = timedelta(seconds=30)
UNKNOWN = timedelta(seconds=5)
# How old an answer may be while membership is away.
STALE = timedelta(minutes=30)
# Host names come from outside, so that the memory for them is bounded.
MOST = 10_000


@dataclass(frozen=True)
class Remembered:
    network: Network | None
    since: float

    def is_fresh(self, now: float) -> bool:
        return now - self.since < (KNOWN if self.network else UNKNOWN).total_seconds()

    def is_usable(self, now: float) -> bool:
        return now - self.since < STALE.total_seconds()


class NetworkDirectory:
    """Networks by host name, slug or id, remembered for half a minute; unknown names for a few seconds."""

    def __init__(self, services: Services, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._clock = clock
        self._remembered: OrderedDict[str, Remembered] = OrderedDict()

    async def find(self, name: str) -> Network | None:
        """The network that answers to this host name, slug or id. An outage of membership is bridged from memory."""
        remembered = self._remembered.get(name)
        if remembered and remembered.is_fresh(self._clock()):
            return remembered.network
        try:
            network = await self._ask(name)
        except Refusal as refusal:
            if refusal.kind is Kind.BUSY and remembered and remembered.is_usable(self._clock()):
                return remembered.network
            raise
        self._remember(name, network)
        return network

    def forget(self, network_id: str) -> None:
        """Ask anew for this network, because it has changed."""
        for name, remembered in list(self._remembered.items()):
            if remembered.network and remembered.network.id == network_id:
                del self._remembered[name]

    async def follow(self, live: Live) -> None:
        """Forget networks as they change, wherever that was done. What gets lost is asked anew within half a minute."""
        async with live.subscribe(lambda fact: isinstance(fact.message, NetworkUpdated)) as feed:
            async for fact in feed:
                if not isinstance(fact, Resync):
                    self.forget(str(fact.network))

    async def _ask(self, name: str) -> Network | None:
        networks = self._services.networks
        if network_id := _as_uuid(name):
            with as_service(network_id):
                found = await or_none(answered(networks.GetNetwork(GetNetworkRequest())))
        else:
            with as_service(None):
                found = await or_none(answered(networks.ResolveNetwork(ResolveNetworkRequest(host=name))))
        return found.network if found else None

    def _remember(self, name: str, network: Network | None) -> None:
        self._remembered[name] = Remembered(network, self._clock())
        self._remembered.move_to_end(name)
        while len(self._remembered) > MOST:
            self._remembered.popitem(last=False)


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
