"""Break-outs, encounters and introductions as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from ontmoet.matching.v1 import breakout_pb2, introduction_pb2
from strawberry import relay

from services.gateway.adapters.services import or_none
from services.gateway.api.context import Info
from services.gateway.api.events.types import Event, load_event
from services.gateway.api.matching.pins import Pin
from services.gateway.api.membership.types import Member, load_member
from services.gateway.api.relay import global_id
from services.gateway.wire import from_enum, required_when, when


@strawberry.enum(description="Where a round is in its life.")
class RoundState(Enum):
    PLANNED = strawberry.enum_value("PLANNED", description="Seen by organisers and moderators only.")
    OPEN = strawberry.enum_value("OPEN", description="Everybody in it sees their group.")
    HELD = strawberry.enum_value(
        "HELD", description="Over; who sat together in it, be it till a re-plan parted them, has met."
    )


@strawberry.enum(description="What a round of a break-out can be written as.")
class BreakoutFormat(Enum):
    ZOOM_CSV = strawberry.enum_value("ZOOM_CSV", description="Zoom's pre-assignment; of round 1 only.")
    NUMBER_LIST = strawberry.enum_value("NUMBER_LIST", description="Names and room numbers to show on screen.")
    MOVES = strawberry.enum_value("MOVES", description="Who moves where between the round before and this one.")
    CALL_SHEET = strawberry.enum_value(
        "CALL_SHEET", description="Each moderator's rooms and people, with the companies that they share."
    )


@strawberry.enum(description="Where an introduction is.")
class IntroductionState(Enum):
    ASKED = "ASKED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


@strawberry.type(description="Somebody's place in a group.")
class Seat:
    place: strawberry.Private[tuple[str, int, str]]
    account_uuid: strawberry.Private[str]
    account_id: strawberry.ID

    @classmethod
    def of(cls, seat: breakout_pb2.Seat, group: breakout_pb2.Group) -> Seat:
        return cls(
            place=(group.breakout_id, group.round_number, seat.account_id),
            account_uuid=seat.account_id,
            account_id=global_id("Member", seat.account_id),
        )

    @strawberry.field(
        description="Why they sit here, in the caller's language: for the person alone, and for organisers. "
        "Of others it tells what they share."
    )
    async def reason(self, info: Info) -> str | None:
        return await info.context.loaders.matching.reasons.load(self.place) if self.place[0] else None

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)


@strawberry.type(description="Some people and their moderator, in one round.")
class Group:
    id: strawberry.ID
    moderator_uuid: strawberry.Private[str]
    host_uuid: strawberry.Private[str]
    event_uuid: strawberry.Private[str]
    number: int = strawberry.field(description="From 1; the number of the room on screen and in exports.")
    seats: list[Seat]
    round_number: int
    round_state: RoundState

    @classmethod
    def of(cls, group: breakout_pb2.Group) -> Group:
        return cls(
            id=global_id("Group", group.id),
            moderator_uuid=group.moderator_account_id,
            host_uuid=group.host_account_id,
            event_uuid=group.event_id,
            number=group.number,
            seats=[Seat.of(seat, group) for seat in group.seats],
            round_number=group.round_number,
            round_state=from_enum(RoundState, breakout_pb2.RoundState, group.round_state, "ROUND_STATE_"),
        )

    @strawberry.field(description="Null when a participant hosts.")
    async def moderator(self, info: Info) -> Member | None:
        return await load_member(info, self.moderator_uuid)

    @strawberry.field(description="The participant who hosts when no moderator is left.")
    async def host(self, info: Info) -> Member | None:
        return await load_member(info, self.host_uuid)

    @strawberry.field
    async def event(self, info: Info) -> Event | None:
        return await load_event(info, self.event_uuid)


@strawberry.type
class Round:
    number: int = strawberry.field(description="From 1.")
    state: RoundState
    opened_at: datetime | None
    closed_at: datetime | None
    groups: list[Group]

    @classmethod
    def of(cls, round_: breakout_pb2.Round) -> Round:
        return cls(
            number=round_.number,
            state=from_enum(RoundState, breakout_pb2.RoundState, round_.state, "ROUND_STATE_"),
            opened_at=when(round_, "opened_at"),
            closed_at=when(round_, "closed_at"),
            groups=[Group.of(group) for group in round_.groups],
        )


@strawberry.type(description="An event's break-out: rounds in which everybody present sits in a group.")
class Breakout(relay.Node):
    uuid: relay.NodeID[str]
    event_uuid: strawberry.Private[str]
    group_size: int = strawberry.field(description="Wished number of people in a group, moderator not counted.")
    rounds: list[Round] = strawberry.field(
        description="Members see those that are open or held, and of these only their own groups."
    )
    repeats: int = strawberry.field(
        description="Meetings of two people who met before, here or at earlier events, but for those whom a rule keeps "
        "together; 0 to all but organisers."
    )
    repeats_bound: int = strawberry.field(
        description="The least that any schedule for these people must have; 0 to all but organisers."
    )
    repeats_argument: str | None = strawberry.field(
        description='Why none has fewer, a stable name such as "partners"; null where it is not known, or not told.'
    )
    warnings: list[str] = strawberry.field(description="What the plan could not give, for the organiser.")
    version: int = strawberry.field(description="Rises with every change.")
    pins: list[Pin] = strawberry.field(description="Rooms that were decided, for those who plan; of rounds not over.")

    @classmethod
    def of(cls, breakout: breakout_pb2.Breakout, uuid: str | None = None) -> Breakout:
        """`uuid` is that of one which is nobody's break-out yet, and has none of its own."""
        return cls(
            uuid=uuid or breakout.id,
            event_uuid=breakout.event_id,
            group_size=breakout.group_size,
            rounds=[Round.of(round_) for round_ in breakout.rounds],
            repeats=breakout.repeats,
            repeats_bound=breakout.repeats_bound,
            repeats_argument=breakout.repeats_argument or None,
            warnings=list(breakout.warnings),
            version=breakout.version,
            pins=[Pin.of(pin) for pin in breakout.pins],
        )

    @strawberry.field
    async def event(self, info: Info) -> Event | None:
        return await load_event(info, self.event_uuid)


@strawberry.type(description="A seat that changed in a re-plan, or a change of who leads.")
class Move:
    account_uuid: strawberry.Private[str]
    account_id: strawberry.ID
    round_number: int
    from_group: int | None = strawberry.field(
        description="Null when the person was not seated, or led nothing, before."
    )
    to_group: int | None = strawberry.field(
        description="Null when the person is not seated, or leads nothing, any more."
    )
    reason: str = strawberry.field(description="Why, in the caller's language.")
    leads: bool = strawberry.field(
        description="The groups are those that a moderator led and leads; else a seat changed."
    )

    @classmethod
    def of(cls, move: breakout_pb2.Move) -> Move:
        return cls(
            account_uuid=move.account_id,
            account_id=global_id("Member", move.account_id),
            round_number=move.round_number,
            from_group=move.from_group or None,
            to_group=move.to_group or None,
            reason=move.reason,
            leads=move.leads,
        )

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)


@strawberry.type(description="A round as a file for the meeting's provider or the moderators.")
class BreakoutFile:
    file_name: str
    content_type: str = strawberry.field(description='"text/csv; charset=utf-8".')
    content: str = strawberry.field(description="The bytes, in base64.")


@strawberry.type(description="Somebody whom the caller met in a group.")
class Encounter:
    account_uuid: strawberry.Private[str]
    event_uuid: strawberry.Private[str]
    account_id: strawberry.ID
    round_number: int
    met_at: datetime

    @classmethod
    def of(cls, encounter: introduction_pb2.Encounter) -> Encounter:
        return cls(
            account_uuid=encounter.account_id,
            event_uuid=encounter.event_id,
            account_id=global_id("Member", encounter.account_id),
            round_number=encounter.round_number,
            met_at=required_when(encounter.met_at),
        )

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await load_member(info, self.account_uuid)

    @strawberry.field
    async def event(self, info: Info) -> Event | None:
        return await load_event(info, self.event_uuid)


@strawberry.type(description="Two people who speak further when both agree.")
class Introduction(relay.Node):
    uuid: relay.NodeID[str]
    from_uuid: strawberry.Private[str]
    to_uuid: strawberry.Private[str]
    from_account_id: strawberry.ID
    to_account_id: strawberry.ID
    message: str = strawberry.field(description="What the asker wrote; seen by both.")
    state: IntroductionState
    asked_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, introduction: introduction_pb2.Introduction) -> Introduction:
        return cls(
            uuid=introduction.id,
            from_uuid=introduction.from_account_id,
            to_uuid=introduction.to_account_id,
            from_account_id=global_id("Member", introduction.from_account_id),
            to_account_id=global_id("Member", introduction.to_account_id),
            message=introduction.message,
            state=from_enum(
                IntroductionState, introduction_pb2.IntroductionState, introduction.state, "INTRODUCTION_STATE_"
            ),
            asked_at=required_when(introduction.asked_at),
            answered_at=when(introduction, "answered_at"),
        )

    @strawberry.field(name="from", description="Who asked.")
    async def from_(self, info: Info) -> Member | None:
        return await load_member(info, self.from_uuid)

    @strawberry.field(description="Who was asked.")
    async def to(self, info: Info) -> Member | None:
        return await load_member(info, self.to_uuid)


async def fetch_breakout(info: Info, breakout_id: str) -> Breakout | None:
    """The break-out; None for one that does not exist."""
    calls = info.context.calls
    request = breakout_pb2.GetBreakoutRequest(breakout_id=breakout_id)
    response = await or_none(calls.call(calls.services.breakouts.GetBreakout, request))
    return Breakout.of(response.breakout) if response else None


async def fetch_introduction(info: Info, introduction_id: str) -> Introduction | None:
    """The introduction; None for one that does not exist or that the caller has no part in."""
    calls = info.context.calls
    request = introduction_pb2.GetIntroductionRequest(introduction_id=introduction_id)
    response = await or_none(calls.call(calls.services.introductions.GetIntroduction, request))
    return Introduction.of(response.introduction) if response else None


async def fetch_my_group(info: Info, event_id: str) -> breakout_pb2.Group | None:
    """Where the caller sits now; None while no round is open or for somebody without a seat in it."""
    calls = info.context.calls
    request = breakout_pb2.GetMyGroupRequest(event_id=event_id)
    response = await calls.call(calls.services.breakouts.GetMyGroup, request)
    return response.group if response.HasField("group") else None
