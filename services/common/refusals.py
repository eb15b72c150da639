"""Refusals: what a use case says when it will not do what it was asked. They know no transport."""

from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar


class Kind(Enum):
    """What a refusal means to whoever called; one place maps it to a transport's code."""

    INVALID = auto()
    NOT_FOUND = auto()
    RULE_BROKEN = auto()
    CONFLICT = auto()
    UNAUTHENTICATED = auto()
    FORBIDDEN = auto()
    TOO_MANY = auto()
    BUSY = auto()


class Refusal(Exception):
    """The request was refused."""

    kind: ClassVar[Kind] = Kind.RULE_BROKEN
    reason: ClassVar[str] = "UNSPECIFIED"

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        retry_after: timedelta | None = None,
        **details: str,
    ) -> None:
        """Message and details are public: the details fill the placeholders of a translated message."""
        self.message = message if message is not None else _first_line(type(self).__doc__)
        self.field = field
        self.retry_after = retry_after
        self.details = details
        super().__init__(self.message)


class Invalid(Refusal):
    """A field is missing, malformed or out of bounds."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "INVALID_ARGUMENT"

    def __init__(self, field: str, message: str, **details: str) -> None:
        super().__init__(message, field=field, retry_after=None, **details)


class NotFound(Refusal):
    """There is no such thing in this network."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    reason: ClassVar[str] = "NOT_FOUND"

    def __init__(self, what: str, *, field: str | None = None) -> None:
        super().__init__(f"There is no such {what}.", field=field, what=what)


class Unauthenticated(Refusal):
    """A valid token is needed."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    reason: ClassVar[str] = "UNAUTHENTICATED"


class Forbidden(Refusal):
    """The caller's roles do not allow this."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    reason: ClassVar[str] = "PERMISSION_DENIED"


class TooMany(Refusal):
    """This was asked too often; try again later."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    reason: ClassVar[str] = "TOO_MANY_REQUESTS"


class Busy(Refusal):
    """Others hold what this needs; try again."""

    kind: ClassVar[Kind] = Kind.BUSY
    reason: ClassVar[str] = "BUSY"


class Conflict(Refusal):
    """Something changed in between; read anew and try again."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    reason: ClassVar[str] = "CONFLICT"


def _first_line(doc: str | None) -> str:
    return (doc or "").strip().partition("\n")[0]
