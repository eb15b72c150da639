"""What falls due in matching."""

from datetime import timedelta

from services.common.jobs import Periodic
from services.common.storage.retention import forget_old
from services.matching.storage.transaction import Uow
from services.matching.usecases.forget import forget_operations


def retention_jobs(uow: Uow) -> list[Periodic]:
    """Forget long searches that are over, published facts, handled facts and answered keys."""
    return [
        Periodic("forget searches", timedelta(hours=1), lambda: forget_operations(uow)),
        Periodic("forget", timedelta(hours=1), lambda: forget_old(uow, "matching")),
    ]
