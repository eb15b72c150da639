"""What events asks of membership, under its own service identity and never inside a transaction."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import grpc.aio
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1 import member_pb2, network_pb2
from ontmoet.membership.v1.member_pb2_grpc import MemberServiceStub
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from services.common.rpc.channel import as_service
from services.common.rpc.refusals import refusal_from

FRESH = 60.0
"""Seconds after which a network's time zone is asked for again."""


@dataclass(frozen=True)
class _Known:
    time_zone: str
    since: float


class Membership:
    """Networks and members, as events needs them."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._networks = NetworkServiceStub(channel)
        self._members = MemberServiceStub(channel)
        self._known: dict[UUID, _Known] = {}

    async def time_zone(self, network: UUID) -> str:
        """The IANA name of a network's time zone, at most a minute old."""
        known = self._known.get(network)
        if known is None or time.monotonic() - known.since > FRESH:
            known = _Known(await self._ask_time_zone(network), time.monotonic())
            self._known[network] = known
        return known.time_zone

    async def moderators_among(self, network: UUID, accounts: Sequence[UUID]) -> set[UUID]:
        """Those of these accounts that hold the role of moderator in the network."""
        request = member_pb2.BatchGetMembersRequest(account_ids=map(str, accounts))
        with as_service(network):
            try:
                found = (await self._members.BatchGetMembers(request)).members
            except grpc.aio.AioRpcError as error:
                raise refusal_from(error) from error
        return {UUID(member.account_id) for member in found if access_pb2.ROLE_MODERATOR in member.roles}

    async def _ask_time_zone(self, network: UUID) -> str:
        with as_service(network):
            try:
                return (await self._networks.GetNetwork(network_pb2.GetNetworkRequest())).network.time_zone
            except grpc.aio.AioRpcError as error:
                raise refusal_from(error) from error
