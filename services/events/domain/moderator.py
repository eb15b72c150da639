"""Who leads the groups of an event, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.common.facts import Fact
from services.common.refusals import Invalid
from services.events.domain.event import Event
from services.events.domain.facts import ModeratorAssigned, ModeratorWithdrawn


@dataclass(kw_only=True)
class Moderator:
    """Somebody who leads a group; available for the whole event where a bound is left out."""

    account: UUID
    available_from: datetime | None = None
    available_until: datetime | None = None
    withdrawn_at: datetime | None = None


def check_availability(event: Event, moderator: Moderator, field: str) -> None:
    """Refuse hours that lie outside the event or end before they begin, naming a part of the field."""
    begins = moderator.available_from or event.starts_at
    ends = moderator.available_until or event.ends_at
    if not event.starts_at <= begins < event.ends_at:
        raise Invalid(f"{field}.available_from", "Availability begins within the event.", rule="hours")
    if not begins < ends <= event.ends_at:
        message = "Availability ends after it begins, within the event."
        raise Invalid(f"{field}.available_until", message, rule="hours")


def assign(event: Event, present: Iterable[Moderator], wanted: Iterable[Moderator], now: datetime) -> list[Fact]:
    """Put people on the event or change their hours; who withdrew is back. Who stays as they were makes no fact."""
    event.check_alive(now)
    known = {each.account: each for each in present}
    assigned: list[Fact] = []
    for at, moderator in enumerate(wanted):
        check_availability(event, moderator, f"moderators[{at}]")
        if known.get(moderator.account) == moderator:
            continue
        event.version += 1
        assigned.append(ModeratorAssigned(aggregate=event.id, version=event.version, account=moderator.account))
    return assigned


def withdraw(event: Event, moderator: Moderator, now: datetime) -> list[Fact]:
    """Take somebody off: they lead nothing from now on. Withdrawing twice changes nothing."""
    event.check_alive(now)
    if moderator.withdrawn_at is not None:
        return []
    moderator.withdrawn_at = now
    event.version += 1
    return [ModeratorWithdrawn(aggregate=event.id, version=event.version, account=moderator.account)]
