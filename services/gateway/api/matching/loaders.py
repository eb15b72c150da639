"""Break-outs in batches."""

from __future__ import annotations

from collections.abc import Sequence

from ontmoet.matching.v1.breakout_pb2 import (
    BatchExplainSeatsRequest,
    BatchGetEventBreakoutsRequest,
    BatchGetMyGroupsRequest,
    Breakout,
    Group,
    SeatPlace,
)

from services.gateway.adapters.services import Calls
from services.gateway.api.loader import Loader

Place = tuple[str, int, str]
"""Break-out, round, account."""

# So many plans of 300 people in five rounds find room in a message; where they don't, they were all read in vain.
MOST_WITH_PLANS = 25


class MatchingLoaders:
    """What one operation has looked up in matching; None for an event or a seat that has nothing of it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.reasons: Loader[Place, str | None] = Loader(load_fn=self._reasons, max_batch_size=200)
        self.breakouts: Loader[str, Breakout | None] = Loader(load_fn=self._breakouts, max_batch_size=MOST_WITH_PLANS)
        self.my_groups: Loader[str, Group | None] = Loader(load_fn=self._my_groups, max_batch_size=200)

    async def _breakouts(self, event_ids: list[str]) -> Sequence[Breakout | None]:
        request = BatchGetEventBreakoutsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.breakouts.BatchGetEventBreakouts, request)
        found = {breakout.event_id: breakout for breakout in response.breakouts}
        return [found.get(event_id) for event_id in event_ids]

    async def _my_groups(self, event_ids: list[str]) -> Sequence[Group | None]:
        request = BatchGetMyGroupsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.breakouts.BatchGetMyGroups, request)
        found = {group.event_id: group for group in response.groups}
        return [found.get(event_id) for event_id in event_ids]

    async def _reasons(self, places: list[Place]) -> Sequence[str | None]:
        seats = [
            SeatPlace(breakout_id=breakout, round_number=number, account_id=account)
            for breakout, number, account in places
        ]
        request = BatchExplainSeatsRequest(seats=seats)
        response = await self._calls.call(self._calls.services.breakouts.BatchExplainSeats, request)
        found = {
            (each.seat.breakout_id, each.seat.round_number, each.seat.account_id): each.reason
            for each in response.reasons
        }
        return [found.get(place) for place in places]
