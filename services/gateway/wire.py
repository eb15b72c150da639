"""Protobuf values as Python values and back, for the GraphQL types."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Protocol, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

E = TypeVar("E", bound=Enum)
V = TypeVar("V")


class ProtoEnum(Protocol[V]):
    """The wrapper that protobuf generates for an enum; `V` is its typed number."""

    def Name(self, number: V) -> str: ...  # noqa: N802 - protobuf's own name

    def Value(self, name: str) -> V: ...  # noqa: N802 - protobuf's own name


def when(message: Message, field: str) -> datetime | None:
    """The time in a field, or None when it is not set."""
    return required_when(getattr(message, field)) if message.HasField(field) else None


def required_when(timestamp: Timestamp) -> datetime:
    """The time as an aware datetime in UTC."""
    return timestamp.ToDatetime(tzinfo=UTC)


def to_timestamp(moment: datetime | None) -> Timestamp | None:
    """The moment for the wire; a moment without zone is UTC. None stays unset."""
    if moment is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return timestamp


def to_duration(seconds: int | None) -> Duration | None:
    """The length for the wire. None stays unset."""
    return None if seconds is None else Duration(seconds=seconds)


def from_enum(enum: type[E], wrapper: ProtoEnum[V], number: V, prefix: str) -> E:
    """Our member for a number on the wire: EVENT_STATE_OPEN, with prefix EVENT_STATE_, is OPEN."""
    return enum[wrapper.Name(number).removeprefix(prefix)]


def to_enum(wrapper: ProtoEnum[V], member: Enum, prefix: str) -> V:
    """The typed number on the wire for our member."""
    return wrapper.Value(prefix + member.name)
