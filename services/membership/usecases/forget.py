"""Forgetting what is over."""

from services.membership.storage.retention import KEPT, forget_batch
from services.membership.storage.system_paths import SIGN_IN_RETENTION
from services.membership.storage.uow import Uow


async def forget_sign_ins(uow: Uow) -> None:
    """Forget codes a day, and sessions with their tokens a week after they expired; in short transactions."""
    for table in KEPT:
        more = True
        while more:
            async with uow.system(SIGN_IN_RETENTION) as connection:
                more = await forget_batch(connection, table)
