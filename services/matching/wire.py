"""Domain objects as protobuf messages and back. Pure functions."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from uuid import UUID

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from ontmoet.events.v1 import event_pb2, registration_pb2
from ontmoet.matching.v1 import breakout_pb2, facts_pb2, introduction_pb2
from ontmoet.membership.v1 import member_pb2

from services.common.facts import Fact
from services.common.ids import parse_id
from services.common.refusals import Invalid
from services.matching.domain import facts
from services.matching.domain.breakout import Breakout, Group, Move, Notice, Round, RoundState
from services.matching.domain.encounter import Encounter
from services.matching.domain.introduction import Introduction, IntroductionState
from services.matching.domain.planning import Moderator, Roster
from services.matching.domain.profile import Profile
from services.matching.domain.sheets import Contact, Format

_ROUND_STATES = {
    RoundState.PLANNED: breakout_pb2.ROUND_STATE_PLANNED,
    RoundState.OPEN: breakout_pb2.ROUND_STATE_OPEN,
    RoundState.HELD: breakout_pb2.ROUND_STATE_HELD,
}
_INTRODUCTION_STATES = {
    IntroductionState.ASKED: introduction_pb2.INTRODUCTION_STATE_ASKED,
    IntroductionState.ACCEPTED: introduction_pb2.INTRODUCTION_STATE_ACCEPTED,
    IntroductionState.DECLINED: introduction_pb2.INTRODUCTION_STATE_DECLINED,
}
_FORMATS = {
    breakout_pb2.BREAKOUT_FORMAT_ZOOM_CSV: Format.ZOOM_CSV,
    breakout_pb2.BREAKOUT_FORMAT_NUMBER_LIST: Format.NUMBER_LIST,
    breakout_pb2.BREAKOUT_FORMAT_MOVES: Format.MOVES,
    breakout_pb2.BREAKOUT_FORMAT_CALL_SHEET: Format.CALL_SHEET,
}
_ROUND_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.RoundPublished: facts_pb2.RoundPublished,
    facts.RoundHeld: facts_pb2.RoundHeld,
}
_BREAKOUT_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.BreakoutProposed: facts_pb2.BreakoutProposed,
    facts.BreakoutReplanned: facts_pb2.BreakoutReplanned,
}
_INTRODUCTION_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.IntroductionAsked: facts_pb2.IntroductionAsked,
    facts.IntroductionAccepted: facts_pb2.IntroductionAccepted,
    facts.IntroductionDeclined: facts_pb2.IntroductionDeclined,
}


# Out


def encode_breakout(breakout: Breakout, word: Callable[[Notice], str]) -> breakout_pb2.Breakout:
    """`word` puts a notice into the reader's language."""
    return breakout_pb2.Breakout(
        id=str(breakout.id),
        event_id=str(breakout.event),
        group_size=breakout.group_size,
        rounds=[_encode_round(breakout, each) for each in breakout.rounds],
        repeats=breakout.repeats,
        repeats_bound=breakout.repeats_bound,
        warnings=[word(notice) for notice in breakout.notices],
        version=breakout.version,
    )


def _encode_round(breakout: Breakout, each: Round) -> breakout_pb2.Round:
    return breakout_pb2.Round(
        number=each.number,
        state=_ROUND_STATES[each.state],
        opened_at=_optional_timestamp(each.opened_at),
        closed_at=_optional_timestamp(each.closed_at),
        groups=[encode_group(breakout, each, group) for group in each.groups],
    )


def encode_group(breakout: Breakout, each: Round, group: Group) -> breakout_pb2.Group:
    return breakout_pb2.Group(
        id=str(group.id),
        number=group.number,
        moderator_account_id=_optional_id(group.moderator),
        host_account_id=_optional_id(group.host),
        seats=[breakout_pb2.Seat(account_id=str(account)) for account in group.seats],
        round_number=each.number,
        round_state=_ROUND_STATES[each.state],
        breakout_id=str(breakout.id),
        event_id=str(breakout.event),
    )


def encode_moves(moves: Iterable[Move]) -> list[breakout_pb2.Move]:
    return [
        breakout_pb2.Move(
            round_number=move.round,
            account_id=str(move.account),
            from_group=move.from_group,
            to_group=move.to_group,
        )
        for move in moves
    ]


def encode_encounter(encounter: Encounter) -> introduction_pb2.Encounter:
    return introduction_pb2.Encounter(
        account_id=str(encounter.other),
        event_id=str(encounter.event),
        round_number=encounter.round,
        met_at=_optional_timestamp(encounter.met_at),
    )


def encode_introduction(introduction: Introduction) -> introduction_pb2.Introduction:
    return introduction_pb2.Introduction(
        id=str(introduction.id),
        from_account_id=str(introduction.asker),
        to_account_id=str(introduction.asked),
        message=introduction.message,
        state=_INTRODUCTION_STATES[introduction.state],
        asked_at=_optional_timestamp(introduction.asked_at),
        answered_at=_optional_timestamp(introduction.answered_at),
        version=introduction.version,
    )


def encode_fact(fact: Fact) -> Message:
    """The message of a fact, under the fact's own name."""
    match fact:
        case facts.RoundPublished() | facts.RoundHeld():
            message = _ROUND_FACTS[type(fact)]
            return message(breakout_id=str(fact.aggregate), event_id=str(fact.event), round_number=fact.round)
        case facts.BreakoutFact():
            return _BREAKOUT_FACTS[type(fact)](breakout_id=str(fact.aggregate), event_id=str(fact.event))
        case facts.IntroductionFact():
            return _INTRODUCTION_FACTS[type(fact)](
                introduction_id=str(fact.aggregate), from_account_id=str(fact.asker), to_account_id=str(fact.asked)
            )
        case _:
            raise TypeError(f"{type(fact).__name__} is no fact of matching")


def _optional_id(account: UUID | None) -> str:
    return "" if account is None else str(account)


def _optional_timestamp(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(at)
    return timestamp


# In


def decode_format(value: breakout_pb2.BreakoutFormat.ValueType) -> Format:
    if value not in _FORMATS:
        raise Invalid("format", "Say as what the round is to be written.", rule="empty")
    return _FORMATS[value]


def decode_ids(texts: Iterable[str], field: str, most: int) -> list[UUID]:
    ids = [parse_id(text, f"{field}[{at}]") for at, text in enumerate(texts)]
    if len(ids) > most:
        raise Invalid(field, f"At most {most} at once.", rule="too_many", limit=str(most))
    return ids


def decode_roster(roster: registration_pb2.GetRosterResponse, event: event_pb2.Event) -> Roster:
    return Roster(
        participants=tuple(UUID(each.account_id) for each in roster.participants),
        moderators=tuple(_decode_moderator(each) for each in roster.moderators),
        starts_at=event.starts_at.ToDatetime(tzinfo=UTC),
        ends_at=event.ends_at.ToDatetime(tzinfo=UTC),
    )


def _decode_moderator(moderator: registration_pb2.Moderator) -> Moderator:
    return Moderator(
        account=UUID(moderator.account_id),
        available_from=moderator.available_from.ToDatetime(tzinfo=UTC)
        if moderator.HasField("available_from")
        else None,
        available_until=moderator.available_until.ToDatetime(tzinfo=UTC)
        if moderator.HasField("available_until")
        else None,
        withdrawn=moderator.HasField("withdrawn_at"),
    )


def decode_profile(member: member_pb2.Member) -> Profile:
    return Profile(
        account=UUID(member.account_id),
        company=member.company,
        profession=member.profession,
        asks=tuple(member.asks),
        offers=tuple(member.offers),
        version=member.version,
    )


def decode_contact(member: member_pb2.Member) -> tuple[UUID, Contact]:
    return UUID(member.account_id), Contact(name=member.name, email=member.email, company=member.company)
