"""Membership, as operators' commands ask it: under the identity of matching, whose environment they have."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import grpc.aio
from ontmoet.membership.v1.network_pb2 import GetNetworkRequest, Network, ResolveNetworkRequest
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from deploy.local.failures import LocalFailure
from deploy.local.home import Home
from deploy.local.keys import Keys
from services.common.identity.service_identity import ServiceIdentity
from services.common.rpc.channel import as_service, open_channel
from services.common.rpc.refusals import refusal_from

KEY_FILE = "ONTMOET_SERVICE_KEY_FILE"
MEMBERSHIP_ADDRESS = "ONTMOET_MEMBERSHIP_ADDRESS"


@asynccontextmanager
async def membership() -> AsyncGenerator[grpc.aio.Channel]:
    """A channel to the membership of the environment, or else of the running local system."""
    key_file, address = os.environ.get(KEY_FILE), os.environ.get(MEMBERSHIP_ADDRESS)
    if not (key_file and address):
        key_file, address = _local_identity()
    async with open_channel(address, identity=ServiceIdentity.load("matching", Path(key_file))) as channel:
        yield channel


async def find_network(channel: grpc.aio.Channel, name: str) -> Network:
    """The network of this slug, host name or id; LocalFailure when there is none."""
    networks, network_id = NetworkServiceStub(channel), _as_uuid(name)
    try:
        with as_service(network_id):
            if network_id is not None:
                return (await networks.GetNetwork(GetNetworkRequest())).network
            return (await networks.ResolveNetwork(ResolveNetworkRequest(host=name))).network
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            raise LocalFailure(f"no network has the slug, host name or id {name}") from None
        raise refusal_from(error) from error


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _local_identity() -> tuple[str, str]:
    from deploy.local.ports import Ports  # a local system alone has it

    home = Home.from_environment()
    port = home.port
    if port is None:
        raise LocalFailure(f"no local system runs in {home.path}, and {KEY_FILE} or {MEMBERSHIP_ADDRESS} is not set")
    return str(Keys(home.keys).of("matching")), Ports(port).address("membership")
