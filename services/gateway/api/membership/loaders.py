"""People in batches."""

from __future__ import annotations

from collections.abc import Sequence

from ontmoet.membership.v1.member_pb2 import BatchGetMembersRequest, Member

from services.gateway.adapters.services import Calls
from services.gateway.api.loader import Loader


class MembershipLoaders:
    """What one operation has looked up in membership; None for what does not exist."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.members: Loader[str, Member | None] = Loader(load_fn=self._members, max_batch_size=500)

    async def _members(self, account_ids: list[str]) -> Sequence[Member | None]:
        request = BatchGetMembersRequest(account_ids=account_ids)
        response = await self._calls.call(self._calls.services.members.BatchGetMembers, request)
        found = {member.account_id: member for member in response.members}
        return [found.get(account_id) for account_id in account_ids]
