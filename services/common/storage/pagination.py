"""Keyset cursors: a page starts after the last row that was seen, however many rows came or went meanwhile."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast, overload
from uuid import UUID

from services.common.refusals import Invalid

CursorValue = str | int | UUID | datetime | date

A = TypeVar("A", bound=CursorValue)
B = TypeVar("B", bound=CursorValue)
C = TypeVar("C", bound=CursorValue)

_READ: dict[type[CursorValue], Callable[[Any], CursorValue]] = {
    str: str,
    int: int,
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def encode_cursor(rows: str, *values: CursorValue) -> str:
    """The page token that names the last row seen, of the list of such rows, by its sort values."""
    plain = [rows, *(value if isinstance(value, str | int) else _written(value) for value in values)]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


@overload
def decode_cursor(rows: str, token: str, first: type[A], /) -> tuple[A]: ...
@overload
def decode_cursor(rows: str, token: str, first: type[A], second: type[B], /) -> tuple[A, B]: ...
@overload
def decode_cursor(rows: str, token: str, first: type[A], second: type[B], third: type[C], /) -> tuple[A, B, C]: ...
def decode_cursor(rows: str, token: str, /, *types: type[CursorValue]) -> tuple[CursorValue, ...]:
    """The sort values in a page token of the list of such rows; raises Invalid("page_token") for any other text."""
    try:
        padded = token + "=" * (-len(token) % 4)
        plain: object = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list):
            raise ValueError
        of, *values = cast(list[object], plain)
        if of != rows:
            raise ValueError
        return tuple(_read(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Invalid("page_token", "This page token was not given out here.", rule="cursor") from None


def page_size(requested: int, default: int, maximum: int) -> int:
    """How many rows a page holds: the default when nothing (0) was asked, never more than the maximum."""
    if requested < 0:
        raise Invalid("page_size", "A page cannot have fewer than no rows.", rule="range", least="0", most=str(maximum))
    return min(requested or default, maximum)


def _written(value: UUID | datetime | date) -> str:
    return str(value) if isinstance(value, UUID) else value.isoformat()


def _read(value: object, kind: type[CursorValue]) -> CursorValue:
    """The value, if PostgreSQL can take it: a forged token must not become an error of the database."""
    if not isinstance(value, int if kind is int else str) or isinstance(value, bool):
        raise ValueError
    if isinstance(value, int):
        value.to_bytes(8, signed=True)
    elif "\x00" in value:
        raise ValueError
    else:
        value.encode()
    read = _READ[kind](value)
    if isinstance(read, datetime):
        if read.tzinfo is None:
            raise ValueError
        return read.astimezone(UTC)  # raises for one that only its own zone has
    return read
