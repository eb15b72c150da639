"""A fact as it travels: CloudEvents in binary mode, in the headers of a NATS message."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from google.protobuf.descriptor_pool import Default
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

M = TypeVar("M", bound=Message)


class Undecodable(Exception):
    """This is no fact that we can read; the text says what is wrong with it."""


@dataclass(frozen=True)
class Received(Generic[M]):
    """A fact that arrived. `version` is its aggregate's version after it happened."""

    id: UUID
    network: UUID
    aggregate: UUID
    version: int
    message: M
    occurred_at: datetime


@dataclass(frozen=True)
class Envelope:
    """A message off the bus, not yet trusted to be a fact."""

    subject: str
    headers: dict[str, str]
    payload: bytes

    @property
    def network(self) -> UUID:
        """The network that the subject names; raises Undecodable when it names none."""
        return _id(self.subject.split(".")[1], "the subject's network")

    @property
    def aggregate(self) -> UUID | None:
        """The aggregate, when the headers name one."""
        return self._optional_id("ce-subject")

    @property
    def fact_id(self) -> UUID | None:
        """The fact's id, when the headers hold one."""
        return self._optional_id("ce-id")

    @property
    def version(self) -> int | None:
        """The aggregate's version, when the headers hold one."""
        text = self.headers.get("ce-aggregateversion", "")
        return int(text) if text.isdecimal() else None

    @property
    def type(self) -> str:
        """The full name of the protobuf message, or an empty text."""
        return self.headers.get("ce-type", "")

    def decode(self) -> Received[Message]:
        """The fact; raises Undecodable."""
        version = self.version
        if version is None:
            raise Undecodable("ce-aggregateversion is no number")
        if _id(self.headers.get("ce-network", ""), "ce-network") != self.network:
            raise Undecodable("subject and ce-network name different networks")
        return Received(
            id=_id(self.headers.get("ce-id", ""), "ce-id"),
            network=self.network,
            aggregate=_id(self.headers.get("ce-subject", ""), "ce-subject"),
            version=version,
            message=self._message(),
            occurred_at=self._occurred_at(),
        )

    def _message(self) -> Message:
        try:
            message_class = GetMessageClass(Default().FindMessageTypeByName(self.type))
        except KeyError:
            raise Undecodable(f"the type {self.type!r} is not known here") from None
        message = message_class()
        try:
            message.ParseFromString(self.payload)
        except DecodeError:
            raise Undecodable(f"the payload is no {self.type}") from None
        return message

    def _occurred_at(self) -> datetime:
        try:
            return datetime.fromisoformat(self.headers.get("ce-time", ""))
        except ValueError:
            raise Undecodable("ce-time is no time") from None

    def _optional_id(self, header: str) -> UUID | None:
        try:
            return _id(self.headers.get(header, ""), header)
        except Undecodable:
            return None


@dataclass(frozen=True)
class StoredFact:
    """A fact as the outbox holds it."""

    network: UUID
    id: UUID
    aggregate: UUID
    version: int
    type: str
    payload: bytes
    traceparent: str | None
    occurred_at: datetime

    def enclose(self, area: str) -> Envelope:
        """The fact as it is published. Its id is the message's as well, so that the stream drops a second copy."""
        headers = {
            "Nats-Msg-Id": str(self.id),
            "ce-specversion": "1.0",
            "ce-id": str(self.id),
            "ce-type": self.type,
            "ce-source": f"/ontmoet/{area}",
            "ce-subject": str(self.aggregate),
            "ce-time": self.occurred_at.isoformat(),
            "ce-network": str(self.network),
            "ce-aggregateversion": str(self.version),
            "content-type": "application/protobuf",
        }
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return Envelope(subject_of(str(self.network), area, self.type), headers, self.payload)


def subject_of(network: str, area: str, type_name: str) -> str:
    """The subject of a fact; `network` may be the wildcard "*"."""
    fact = re.sub(r"(?<!^)(?=[A-Z])", "_", type_name.rpartition(".")[2]).lower()
    return f"ontmoet.{network}.{area}.v1.{fact}"


def _id(text: str, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Undecodable(f"{what} is no id") from None
