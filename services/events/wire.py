"""Domain objects as protobuf messages and back. Pure functions; what cannot be read is refused, naming the field."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from ontmoet.events.v1 import event_pb2, facts_pb2, registration_pb2

from services.common.facts import Fact
from services.common.ids import parse_id
from services.common.refusals import Invalid
from services.events.domain import facts
from services.events.domain.attendance import Roster
from services.events.domain.event import Event, EventState, Mode
from services.events.domain.moderator import Moderator
from services.events.domain.outline import Outline
from services.events.domain.registration import Registration, State
from services.events.domain.series import Series, Weekly

DEFAULT_OFFER_WINDOW = timedelta(hours=24)
# Longer than anything that is asked for, and short enough to count in.
_LONGEST_SECONDS = 10_000 * 24 * 3600

_MODES = {
    Mode.IN_PERSON: event_pb2.MODE_IN_PERSON,
    Mode.ONLINE: event_pb2.MODE_ONLINE,
    Mode.HYBRID: event_pb2.MODE_HYBRID,
}
_MODES_BACK = {value: mode for mode, value in _MODES.items()}
_EVENT_STATES = {
    EventState.DRAFT: event_pb2.EVENT_STATE_DRAFT,
    EventState.OPEN: event_pb2.EVENT_STATE_OPEN,
    EventState.CLOSED: event_pb2.EVENT_STATE_CLOSED,
    EventState.CANCELLED: event_pb2.EVENT_STATE_CANCELLED,
}
_STATES = {
    State.CONFIRMED: registration_pb2.REGISTRATION_STATE_CONFIRMED,
    State.WAITING: registration_pb2.REGISTRATION_STATE_WAITING,
    State.OFFERED: registration_pb2.REGISTRATION_STATE_OFFERED,
    State.DECLINED: registration_pb2.REGISTRATION_STATE_DECLINED,
    State.EXPIRED: registration_pb2.REGISTRATION_STATE_EXPIRED,
    State.CANCELLED: registration_pb2.REGISTRATION_STATE_CANCELLED,
    State.ATTENDED: registration_pb2.REGISTRATION_STATE_ATTENDED,
    State.NO_SHOW: registration_pb2.REGISTRATION_STATE_NO_SHOW,
}
_STATES_BACK = {value: state for state, value in _STATES.items()}

_EVENT_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.RegistrationOpened: facts_pb2.RegistrationOpened,
    facts.RegistrationClosed: facts_pb2.RegistrationClosed,
    facts.EventCancelled: facts_pb2.EventCancelled,
}
_MODERATOR_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.ModeratorAssigned: facts_pb2.ModeratorAssigned,
    facts.ModeratorWithdrawn: facts_pb2.ModeratorWithdrawn,
}
_REGISTRATION_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.PlaceConfirmed: facts_pb2.PlaceConfirmed,
    facts.WaitingStarted: facts_pb2.WaitingStarted,
    facts.OfferDeclined: facts_pb2.OfferDeclined,
    facts.OfferExpired: facts_pb2.OfferExpired,
    facts.RegistrationCancelled: facts_pb2.RegistrationCancelled,
    facts.ParticipantCheckedOut: facts_pb2.ParticipantCheckedOut,
    facts.NoShowMarked: facts_pb2.NoShowMarked,
}


# Out


def encode_event(event: Event) -> event_pb2.Event:
    return event_pb2.Event(
        id=str(event.id),
        series_id=str(event.series) if event.series else "",
        title=event.title,
        description=event.description,
        mode=_MODES[event.mode],
        starts_at=_timestamp(event.starts_at),
        ends_at=_timestamp(event.ends_at),
        time_zone=event.time_zone,
        state=_EVENT_STATES[event.state],
        capacity=event.capacity,
        confirmed=event.confirmed,
        waiting=event.waiting,
        offered=event.offered,
        offer_window=_duration(event.offer_window),
        version=event.version,
        cancellation_reason=event.cancel_reason,
    )


def encode_series(series: Series) -> event_pb2.Series:
    return event_pb2.Series(
        id=str(series.id),
        title=series.title,
        first_date=series.first_date.isoformat(),
        last_date=series.last_date.isoformat() if series.last_date else "",
        start_time=series.start_time.isoformat("minutes"),
        duration=_duration(series.duration),
        time_zone=series.time_zone,
        capacity=series.capacity,
        mode=_MODES[series.mode],
        description=series.description,
        offer_window=_duration(series.offer_window),
    )


def encode_registration(registration: Registration) -> registration_pb2.Registration:
    return registration_pb2.Registration(
        id=str(registration.id),
        event_id=str(registration.event),
        account_id=str(registration.account),
        state=_STATES[registration.state],
        position=registration.position,
        offer_expires_at=_optional_timestamp(registration.offer_expires_at),
        registered_at=_timestamp(registration.registered_at),
        checked_in_at=_optional_timestamp(registration.checked_in_at),
        late=registration.late,
        checked_out_at=_optional_timestamp(registration.checked_out_at),
        version=registration.version,
    )


def encode_moderator(moderator: Moderator) -> registration_pb2.Moderator:
    return registration_pb2.Moderator(
        account_id=str(moderator.account),
        available_from=_optional_timestamp(moderator.available_from),
        available_until=_optional_timestamp(moderator.available_until),
        withdrawn_at=_optional_timestamp(moderator.withdrawn_at),
    )


def encode_roster(roster: Roster) -> registration_pb2.GetRosterResponse:
    return registration_pb2.GetRosterResponse(
        participants=map(_participant, roster.participants),
        moderators=map(encode_moderator, roster.moderators),
        left=map(_participant, roster.left),
    )


def encode_event_roster(event_id: UUID, roster: Roster) -> registration_pb2.EventRoster:
    return registration_pb2.EventRoster(
        event_id=str(event_id),
        participants=map(_participant, roster.participants),
        moderators=map(encode_moderator, roster.moderators),
    )


def _participant(registration: Registration) -> registration_pb2.RosterParticipant:
    return registration_pb2.RosterParticipant(
        account_id=str(registration.account),
        checked_in_at=_optional_timestamp(registration.checked_in_at),
        late=registration.late,
        checked_out_at=_optional_timestamp(registration.checked_out_at),
    )


def encode_fact(fact: Fact) -> Message:
    """The message of a fact, under the fact's own name."""
    match fact:
        case facts.EventCreated():
            return facts_pb2.EventCreated(
                event_id=str(fact.aggregate),
                series_id=str(fact.series) if fact.series else "",
                starts_at=_timestamp(fact.starts_at),
                ends_at=_timestamp(fact.ends_at),
                capacity=fact.capacity,
            )
        case facts.CapacityChanged():
            return facts_pb2.CapacityChanged(event_id=str(fact.aggregate), capacity=fact.capacity)
        case facts.ModeratorFact():
            return _MODERATOR_FACTS[type(fact)](event_id=str(fact.aggregate), account_id=str(fact.account))
        case facts.PlaceOffered():
            return facts_pb2.PlaceOffered(**_naming(fact), expires_at=_timestamp(fact.expires_at))
        case facts.ParticipantCheckedIn():
            return facts_pb2.ParticipantCheckedIn(**_naming(fact), late=fact.late)
        case facts.RegistrationFact():
            return _REGISTRATION_FACTS[type(fact)](**_naming(fact))
        case _:
            return _EVENT_FACTS[type(fact)](event_id=str(fact.aggregate))


def _naming(fact: facts.RegistrationFact) -> dict[str, str]:
    return {
        "registration_id": str(fact.aggregate),
        "event_id": str(fact.event),
        "account_id": str(fact.account),
    }


def _timestamp(at: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(at)
    return timestamp


def _optional_timestamp(at: datetime | None) -> Timestamp | None:
    return None if at is None else _timestamp(at)


def _duration(length: timedelta) -> Duration:
    duration = Duration()
    duration.FromTimedelta(length)
    return duration


# In


def decode_outline(request: event_pb2.CreateEventRequest | event_pb2.CreateSeriesRequest) -> Outline:
    if request.mode not in _MODES_BACK:
        raise Invalid("mode", "Say how the event meets: in person, online or hybrid.", rule="empty")
    return Outline(
        title=request.title,
        description=request.description,
        mode=_MODES_BACK[request.mode],
        duration=decode_duration(request.duration, "duration"),
        capacity=request.capacity,
        offer_window=decode_duration(request.offer_window, "offer_window")
        if request.HasField("offer_window")
        else DEFAULT_OFFER_WINDOW,
    )


def decode_weekly(request: event_pb2.CreateSeriesRequest) -> Weekly:
    return Weekly(
        first_date=decode_date(request.first_date, "first_date"),
        last_date=decode_date(request.last_date, "last_date") if request.last_date else None,
        start_time=_parsed(request.start_time, "%H:%M", "start_time", "09:00").time(),
    )


def decode_local_time(text: str, field: str) -> datetime:
    """A local date and time, without a zone."""
    return _parsed(text, "%Y-%m-%dT%H:%M", field, "2026-11-27T09:00")


def decode_date(text: str, field: str) -> date:
    return _parsed(text, "%Y-%m-%d", field, "2026-11-27").date()


def decode_duration(duration: Duration, field: str) -> timedelta:
    if abs(duration.seconds) > _LONGEST_SECONDS or abs(duration.nanos) >= 1_000_000_000:
        raise Invalid(field, "This is no length of time.", rule="time")
    return duration.ToTimedelta()


def decode_timestamp(timestamp: Timestamp, field: str) -> datetime:
    try:
        return timestamp.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid(field, "This is no point in time.", rule="time") from None


def decode_ids(texts: Sequence[str], field: str, most: int) -> list[UUID]:
    if len(texts) > most:
        raise Invalid(field, f"At most {most} at once.", rule="too_many", limit=str(most))
    return [parse_id(text, f"{field}[{at}]") for at, text in enumerate(texts)]


def decode_states(values: Iterable[registration_pb2.RegistrationState.ValueType]) -> frozenset[State]:
    try:
        return frozenset(_STATES_BACK[value] for value in values)
    except KeyError:
        raise Invalid("states", "There is no such state.", rule="unknown") from None


def decode_moderator(moderator: registration_pb2.Moderator, field: str) -> Moderator:
    if moderator.HasField("withdrawn_at"):
        raise Invalid(f"{field}.withdrawn_at", "Moderators are taken off by WithdrawModerator.", rule="not_here")
    return Moderator(
        account=parse_id(moderator.account_id, f"{field}.account_id"),
        available_from=decode_timestamp(moderator.available_from, f"{field}.available_from")
        if moderator.HasField("available_from")
        else None,
        available_until=decode_timestamp(moderator.available_until, f"{field}.available_until")
        if moderator.HasField("available_until")
        else None,
    )


def _parsed(text: str, layout: str, field: str, example: str) -> datetime:
    try:
        return datetime.strptime(text, layout)
    except ValueError:
        raise Invalid(field, f"Write it like {example}.", rule="form", example=example) from None
