"""A program that starts a server, calls it, and stops it without a grace, a hundred times over."""

import asyncio

from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from tests.support.rpc import TestIdentity, running
from tests.support.scripted import Networks, networks


async def main() -> None:
    """Ends when the last one has stopped."""
    for _ in range(100):
        async with running(networks(Networks()), identity=TestIdentity()) as server:
            await NetworkServiceStub(server.channel).GetNetwork(network_pb2.GetNetworkRequest()).code()
            await server.server.stop(grace=0)


if __name__ == "__main__":
    asyncio.run(main())
