"""What an organiser says about an event or a series, within its limits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.common.characters import has_control, has_turning, shows
from services.common.refusals import Invalid
from services.events.domain.event import Mode

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 10_000
LONGEST_REASON = 1_000
LARGEST_CAPACITY = 100_000
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
SHORTEST_OFFER, LONGEST_OFFER = timedelta(seconds=10), timedelta(days=14)
FURTHEST_YEARS = 10


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The part that one-offs and series have in common. Making one refuses what is out of bounds, naming the field."""

    title: str
    description: str
    mode: Mode
    duration: timedelta
    capacity: int
    offer_window: timedelta

    def __post_init__(self) -> None:
        check_title(self.title)
        check_text(self.description, "description", LONGEST_DESCRIPTION)
        check_capacity(self.capacity)
        if not SHORTEST <= self.duration <= LONGEST:
            raise Invalid("duration", "An event lasts 5 minutes to 24 hours.", rule="event_length")
        if not SHORTEST_OFFER <= self.offer_window <= LONGEST_OFFER:
            raise Invalid("offer_window", "An offer stays good for 10 seconds to 14 days.", rule="offer_length")


def check_title(title: str) -> None:
    """Refuse a title that is blank, too long, not one line, or that turns what stands beside it."""
    if not shows(title):
        raise Invalid("title", "An event needs a title.", rule="empty")
    if len(title) > LONGEST_TITLE:
        limit = str(LONGEST_TITLE)
        raise Invalid("title", f"A title has at most {limit} characters.", rule="too_long", limit=limit)
    if has_control(title):
        raise Invalid("title", "A title is one line, without control characters.", rule="control_character")
    if has_turning(title):
        raise Invalid("title", "Characters that turn the direction of writing cannot stand here.", rule="direction")


def check_text(text: str, field: str, longest: int) -> None:
    """Refuse a text that is too long or holds what no text holds."""
    if len(text) > longest:
        raise Invalid(field, f"This text has at most {longest} characters.", rule="too_long", limit=str(longest))
    if "\x00" in text:
        raise Invalid(field, "This text holds a NUL character.", rule="control_character")


def check_capacity(capacity: int) -> None:
    """Refuse a number of places that no event has."""
    if not 0 <= capacity <= LARGEST_CAPACITY:
        most = str(LARGEST_CAPACITY)
        raise Invalid("capacity", f"An event has 0 to {most} places.", rule="range", least="0", most=most)


def check_reach(local: date, now: datetime, field: str) -> None:
    """Refuse dates so far away that they can only be a slip; they would also leave the calendar's bounds."""
    if abs(local.year - now.year) > FURTHEST_YEARS:
        raise Invalid(
            field, f"This date is more than {FURTHEST_YEARS} years away.", rule="far", years=str(FURTHEST_YEARS)
        )
