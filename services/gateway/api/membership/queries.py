"""What can be asked about the network and its people."""

from __future__ import annotations

import strawberry
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1.member_pb2 import GetMemberRequest, ListMembersRequest
from ontmoet.membership.v1.member_pb2 import Member as MemberMessage
from ontmoet.membership.v1.network_pb2 import GetNetworkRequest

from services.gateway.api.context import Info
from services.gateway.api.membership.types import Member, Network, Role, load_member
from services.gateway.api.relay import Connection, page, uuid_of
from services.gateway.wire import to_enum


@strawberry.type
class MembershipQueries:
    @strawberry.field(description="The network that this address stands for. Needs no token.")
    async def network(self, info: Info) -> Network:
        calls = info.context.calls
        response = await calls.call_as_gateway(calls.services.networks.GetNetwork, GetNetworkRequest())
        return Network.of(response.network)

    @strawberry.field(description="Who is asking; null without a token.")
    async def me(self, info: Info) -> Member | None:
        calls = info.context.calls
        if info.context.caller is None:
            return None
        response = await calls.call(calls.services.members.GetMember, GetMemberRequest())
        return Member.of(response.member)

    @strawberry.field(description="One person of this network; null when there is none.")
    async def member(self, info: Info, id: strawberry.ID) -> Member | None:
        return await load_member(info, uuid_of("Member", id, "id"))

    @strawberry.field(description="People by name; with a role, only those who hold it.")
    async def members(
        self, info: Info, first: int | None = None, after: str | None = None, role: Role | None = None
    ) -> Connection[Member]:
        calls = info.context.calls

        async def fetch(size: int, token: str) -> tuple[list[MemberMessage], str]:
            request = ListMembersRequest(page_size=size, page_token=token)
            if role is not None:
                request.role = to_enum(access_pb2.Role, role, "ROLE_")
            response = await calls.call(calls.services.members.ListMembers, request)
            return list(response.members), response.next_page_token

        return await page(first, after, fetch, Member.of)
