"""What falls due in events. Each may run in several replicas at once: the rows' locks decide who does what."""

from datetime import timedelta

from services.common.jobs import Periodic
from services.common.storage.retention import forget_old
from services.events.storage.transaction import Uow
from services.events.usecases.places import expire_due_offers
from services.events.usecases.series import extend_due_series


def offers_job(uow: Uow) -> Periodic:
    """Ends offers that were not answered in time and hands their places on."""
    return Periodic("expire offers", timedelta(seconds=1), lambda: expire_due_offers(uow))


def series_job(uow: Uow) -> Periodic:
    """Makes the occurrences of series, eight weeks ahead."""
    return Periodic("extend series", timedelta(minutes=1), lambda: extend_due_series(uow))


def retention_job(uow: Uow) -> Periodic:
    """Forgets published facts and answered keys."""
    return Periodic("forget", timedelta(hours=1), lambda: forget_old(uow, "events"))
