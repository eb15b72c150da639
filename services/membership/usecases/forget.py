"""Forgetting what is over."""

from services.membership.storage import retention
from services.membership.storage.system_paths import SIGN_IN_RETENTION
from services.membership.storage.uow import Uow


async def forget_sign_ins(uow: Uow) -> None:
    """Forget codes a day, and sessions a week after they expired."""
    async with uow.system(SIGN_IN_RETENTION) as connection:
        await retention.forget_codes(connection)
        await retention.forget_sessions(connection)
