"""What matching asks of membership, under its own service identity and never inside a transaction."""

from collections.abc import AsyncIterator, Collection, Sequence
from uuid import UUID

import grpc.aio
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1 import member_pb2
from ontmoet.membership.v1.member_pb2_grpc import MemberServiceStub

from services.common.rpc.channel import as_service
from services.common.rpc.refusals import refusal_from
from services.matching.domain.profile import Profile
from services.matching.domain.sheets import Contact
from services.matching.wire.members import decode_contact, decode_profile

AT_ONCE = 500
PAGE = 200


class Members:
    """Members, as matching needs them."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._members = MemberServiceStub(channel)

    async def profiles(self, network: UUID, accounts: Collection[UUID]) -> list[Profile]:
        """What seating needs of those of the accounts that are in the network."""
        return [decode_profile(member) for member in await self._batch(network, accounts)]

    async def moderating(self, network: UUID, accounts: Collection[UUID]) -> dict[UUID, bool]:
        """Those of the accounts that are in the network, and whether they hold the role of moderator."""
        found = await self._batch(network, accounts)
        return {UUID(member.account_id): access_pb2.ROLE_MODERATOR in member.roles for member in found}

    async def contacts(self, network: UUID, accounts: Collection[UUID]) -> dict[UUID, Contact]:
        """Name and address of those of the accounts that are in the network."""
        return dict(decode_contact(member) for member in await self._batch(network, accounts))

    async def all_profiles(self, network: UUID) -> AsyncIterator[list[Profile]]:
        """Everybody in the network, page by page."""
        token = ""
        while True:
            request = member_pb2.ListMembersRequest(page_size=PAGE, page_token=token)
            with as_service(network):
                try:
                    page = await self._members.ListMembers(request)
                except grpc.aio.AioRpcError as error:
                    raise refusal_from(error) from error
            yield [decode_profile(member) for member in page.members]
            token = page.next_page_token
            if not token:
                return

    async def _batch(self, network: UUID, accounts: Collection[UUID]) -> Sequence[member_pb2.Member]:
        found: list[member_pb2.Member] = []
        ids = sorted(map(str, accounts))
        for start in range(0, len(ids), AT_ONCE):
            request = member_pb2.BatchGetMembersRequest(account_ids=ids[start : start + AT_ONCE])
            with as_service(network):
                try:
                    found.extend((await self._members.BatchGetMembers(request)).members)
                except grpc.aio.AioRpcError as error:
                    raise refusal_from(error) from error
        return found
