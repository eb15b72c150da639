"""Who came, who did not, who came late and who left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.common.facts import Fact
from services.events.domain.event import Event, EventState
from services.events.domain.facts import NoShowMarked, ParticipantCheckedIn, ParticipantCheckedOut
from services.events.domain.moderator import Moderator
from services.events.domain.refusals import EventIsCancelled, NoPlace, NotCheckedIn, TooEarly
from services.events.domain.registration import Registration, State

CHECK_IN_OPENS = timedelta(minutes=30)


@dataclass(frozen=True)
class Roster:
    """Who is at an event: those who checked in, did not leave and do not moderate, and every moderator.

    Moderators who withdrew are in it, with the time at which they did.
    """

    participants: list[Registration]
    moderators: list[Moderator]
    left: Sequence[Registration] = ()
    """Those who checked in and left; told of one event only."""


def check_in(event: Event, registration: Registration, *, at_the_desk: bool, now: datetime) -> list[Fact]:
    """Note that somebody with a place is here; late after the start, or once marked as a no-show.

    People check themselves in from half an hour before the start; the desk checks in anybody until the end.
    Checking in twice changes nothing; who left and is back came when they came first.
    """
    event.check_alive(now)
    if registration.is_here:
        return []
    if registration.state is State.ATTENDED:
        registration.checked_out_at = None
        registration.become(State.ATTENDED)
        return [registration.fact(ParticipantCheckedIn, late=registration.late)]
    if not registration.holds_a_place:
        raise NoPlace
    if not at_the_desk and now < event.starts_at - CHECK_IN_OPENS:
        raise TooEarly("Check-in opens half an hour before the start.")
    registration.late = now > event.starts_at or registration.state is State.NO_SHOW
    registration.checked_in_at = now
    registration.become(State.ATTENDED)
    return [registration.fact(ParticipantCheckedIn, late=registration.late)]


def check_out(event: Event, registration: Registration, now: datetime) -> list[Fact]:
    """Note that somebody who was here has left. Their place stays theirs; leaving twice changes nothing."""
    event.check_alive(now)
    if registration.state is not State.ATTENDED:
        raise NotCheckedIn
    if not registration.is_here:
        return []
    registration.checked_out_at = now
    registration.become(State.ATTENDED)
    return [registration.fact(ParticipantCheckedOut)]


def mark_no_shows(event: Event, absent: Iterable[Registration], now: datetime) -> list[Fact]:
    """Mark who has a place and did not check in, from the start on. Their places stay theirs: they may come late."""
    if event.state is EventState.CANCELLED:
        raise EventIsCancelled
    if now < event.starts_at:
        raise TooEarly("Nobody is a no-show before the start.")
    marked: list[Fact] = []
    for registration in absent:
        registration.become(State.NO_SHOW)
        marked.append(registration.fact(NoShowMarked))
    return marked
