"""Servicers of real contracts whose answers a test decides.

GetNetwork is a read for whoever is signed in and for services, UpdateNetwork a change for owners that takes a key,
ResolveNetwork is the gateway's alone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import grpc.aio
from ontmoet.membership.v1 import network_pb2, sign_in_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceServicer, add_NetworkServiceServicer_to_server
from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceServicer, add_SignInServiceServicer_to_server

from services.common.caller import current_caller
from services.common.rpc.server import Registration

SERVICE = "ontmoet.membership.v1.NetworkService"

Context = grpc.aio.ServicerContext[Any, Any]
Action = Callable[[Context], Awaitable[None]]


async def nothing(context: Context) -> None:
    """Does nothing."""


@dataclass
class Networks(NetworkServiceServicer):
    """Runs the test's action, then answers with the network that is called for. Counts its calls."""

    action: Action = nothing
    calls: int = 0

    async def ResolveNetwork(
        self, request: network_pb2.ResolveNetworkRequest, context: Context
    ) -> network_pb2.ResolveNetworkResponse:
        return network_pb2.ResolveNetworkResponse(network=await self._network(context))

    async def GetNetwork(
        self, request: network_pb2.GetNetworkRequest, context: Context
    ) -> network_pb2.GetNetworkResponse:
        return network_pb2.GetNetworkResponse(network=await self._network(context))

    async def UpdateNetwork(
        self, request: network_pb2.UpdateNetworkRequest, context: Context
    ) -> network_pb2.UpdateNetworkResponse:
        return network_pb2.UpdateNetworkResponse(network=await self._network(context))

    async def _network(self, context: Context) -> network_pb2.Network:
        self.calls += 1
        await self.action(context)
        return network_pb2.Network(id=str(current_caller().network_id), version=self.calls)


class KeySets(SignInServiceServicer):
    """Publishes an empty key set to anyone."""

    async def GetKeySet(self, request: sign_in_pb2.GetKeySetRequest, context: Context) -> sign_in_pb2.GetKeySetResponse:
        return sign_in_pb2.GetKeySetResponse(jwks_json="{}")


def networks(servicer: Networks) -> list[Registration]:
    """The servicer, to be served."""
    return [Registration(add_NetworkServiceServicer_to_server, servicer, SERVICE)]


def key_sets() -> list[Registration]:
    """A key set, to be served."""
    # Its other methods are not called.
    servicer = cast(Callable[[], SignInServiceServicer], KeySets)()
    return [Registration(add_SignInServiceServicer_to_server, servicer, "ontmoet.membership.v1.SignInService")]
