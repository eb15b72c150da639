"""Local times of a network and the instants they mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.events.domain.refusals import TimeDoesNotExist


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time; the first of the two in an overlap.

    A time that the clock skips is read with the offset from before the gap (02:30 becomes 03:30), as RFC 5545 does.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def existing_instant(local: datetime, zone: ZoneInfo, field: str) -> datetime:
    """The instant of a local time; a time that the clock skips is refused, naming the nearest that exist."""
    at = instant(local, zone)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    change = _change_of_offset(local, zone)
    earlier = (change - timedelta(minutes=1)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    later = change.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    raise TimeDoesNotExist(
        f"The clock skips this time on that day; the nearest times are {earlier} and {later}.",
        field=field,
        earlier=earlier,
        later=later,
    )


def _change_of_offset(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock jumps over a skipped local time, to the second."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
