"""The keys that access tokens are signed with, as membership publishes them."""

from collections.abc import Awaitable, Callable

import grpc.aio
from ontmoet.membership.v1 import sign_in_pb2
from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceStub

from services.common.rpc.channel import as_service


def published_by(membership: grpc.aio.Channel) -> Callable[[], Awaitable[str]]:
    """What a KeySetCache fetches: membership's public key set."""
    sign_in = SignInServiceStub(membership)

    async def fetch() -> str:
        with as_service(None):
            return (await sign_in.GetKeySet(sign_in_pb2.GetKeySetRequest())).jwks_json

    return fetch
