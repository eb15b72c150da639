"""Long searches that are over are forgotten, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from services.matching.domain.operation import UNDER_WAY, Operation, OperationState
from services.matching.storage.tables import operations
from services.matching.usecases.forget import forget_operations
from tests.support.matching_service import MatchingService

LONG_AGO, LATELY = timedelta(days=31), timedelta(days=29)
ENDED = [state for state in OperationState if state not in UNDER_WAY]


def a_search(state: OperationState, age: timedelta) -> Operation:
    """It was asked for so long ago, and ended at once if it ended."""
    at = datetime.now(UTC) - age
    asked = Operation(uuid4(), uuid4(), rounds=3, group_size=3, seconds=20, asked_at=at)
    return replace(asked, state=state, ended_at=None if state in UNDER_WAY else at)


async def test_searches_that_ended_a_month_ago_are_forgotten_in_all_networks(matching: MatchingService):
    """One that never ended is kept, however old it is."""
    old = [a_search(state, LONG_AGO) for state in ENDED]
    kept = [a_search(state, LATELY) for state in ENDED] + [a_search(state, LONG_AGO) for state in UNDER_WAY]
    networks = [uuid4(), uuid4()]
    for network in networks:
        async with matching.uow.begin(network) as tx:
            for each in (*old, *kept):
                assert await tx.operations.add(each)
    await forget_operations(matching.uow)
    for network in networks:
        async with matching.uow.begin(network) as tx:
            left = set((await tx.connection.execute(select(operations.c.id))).scalars())
        assert left == {each.id for each in kept}
