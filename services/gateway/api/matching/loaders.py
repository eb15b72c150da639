"""Break-outs in batches."""

from __future__ import annotations

from collections.abc import Sequence

from ontmoet.matching.v1.breakout_pb2 import BatchGetEventBreakoutsRequest, Breakout

from services.gateway.adapters.services import Calls
from services.gateway.api.loader import Loader


class MatchingLoaders:
    """What one operation has looked up in matching; None for an event without a break-out."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.breakouts: Loader[str, Breakout | None] = Loader(load_fn=self._breakouts, max_batch_size=200)

    async def _breakouts(self, event_ids: list[str]) -> Sequence[Breakout | None]:
        request = BatchGetEventBreakoutsRequest(event_ids=event_ids)
        response = await self._calls.call(self._calls.services.breakouts.BatchGetEventBreakouts, request)
        found = {breakout.event_id: breakout for breakout in response.breakouts}
        return [found.get(event_id) for event_id in event_ids]
