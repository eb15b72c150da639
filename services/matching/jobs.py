"""What falls due in matching."""

from datetime import timedelta

from services.common.jobs import Periodic
from services.common.storage.retention import forget_old
from services.matching.storage.transaction import Uow


def retention_job(uow: Uow) -> Periodic:
    """Forgets published facts, handled facts and answered keys."""
    return Periodic("forget", timedelta(hours=1), lambda: forget_old(uow, "matching"))
