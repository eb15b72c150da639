"""Forgetting what is over."""

from services.matching.storage.retention import forget_batch
from services.matching.storage.system_paths import OPERATION_RETENTION
from services.matching.storage.transaction import Uow


async def forget_operations(uow: Uow) -> None:
    """Forget long searches a month after they ended, in all networks; in short transactions."""
    more = True
    while more:
        async with uow.system(OPERATION_RETENTION) as connection:
            more = await forget_batch(connection)
