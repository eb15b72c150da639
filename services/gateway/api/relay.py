"""Global ids, and connections by keyset over the services' page tokens."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

import strawberry
from strawberry.relay import PageInfo

from services.common.refusals import Invalid, Refusal

T = TypeVar("T")
M = TypeVar("M")

DEFAULT_PAGE = 50
LARGEST_PAGE = 200
LARGEST_FETCH = 200


def global_id(type_name: str, uuid: str) -> strawberry.ID:
    """What clients hold: base64 of `Type:uuid`."""
    return strawberry.ID(base64.b64encode(f"{type_name}:{uuid}".encode()).decode())


def parse_global_id(text: str, field: str) -> tuple[str, str]:
    """Type and uuid of a global id; anything else is refused with the field's name."""
    try:
        type_name, _, uuid = base64.b64decode(text, validate=True).decode().partition(":")
        return type_name, str(UUID(uuid))
    except (ValueError, binascii.Error):
        raise Invalid(field, "This is not an id.", rule="id") from None


def uuid_of(type_name: str, text: str, field: str) -> str:
    """The uuid in a global id of this type; one of another type is refused with the field's name."""
    found, uuid = parse_global_id(text, field)
    if found != type_name:
        raise Invalid(field, f"This is the id of a {found}, not of a {type_name}.", rule="id")
    return uuid


@strawberry.type(description="One item of a page.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Hand it in as `after` to go on behind this item.")
    node: T


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo


def cursor_of(token: str, skip: int) -> str:
    """A place in a list: `skip` items into the page that starts at the service's token."""
    return base64.urlsafe_b64encode(f"{skip}:{token}".encode()).decode().rstrip("=")


def parse_cursor(cursor: str | None) -> tuple[str, int]:
    """Token and skip of a cursor; none is the start of the list."""
    if not cursor:
        return "", 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        skip, colon, token = text.partition(":")
        if not colon or not 0 <= int(skip) <= LARGEST_FETCH:
            raise ValueError
        return token, int(skip)
    except (ValueError, binascii.Error):
        raise Invalid("after", "This is not a cursor of this list.", rule="cursor") from None


def page_size_of(first: int | None) -> int:
    """How many items are asked for; refused outside 1 to 200."""
    size = DEFAULT_PAGE if first is None else first
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid("first", f"From 1 to {LARGEST_PAGE}.", rule="range", least="1", most=str(LARGEST_PAGE))
    return size


async def page(
    first: int | None,
    after: str | None,
    fetch: Callable[[int, str], Awaitable[tuple[Sequence[M], str]]],
    node: Callable[[M], T],
) -> Connection[T]:
    """A page of at most `first` items behind `after`. `fetch(size, token)` answers items and the next page's token.

    A page's last cursor is the service's own next token, so going on from `endCursor` neither repeats nor skips an
    item, whatever was added or removed meanwhile.
    """
    size = page_size_of(first)
    token, skip = parse_cursor(after)
    try:
        if size + skip > LARGEST_FETCH:
            _, token = await fetch(skip, token)
            skip = 0
            if not token:
                return Connection(edges=[], page_info=_no_more(after))
        fetched, next_token = await fetch(size + skip, token)
    except Refusal as refusal:
        if refusal.field == "page_token":
            raise Invalid("after", "This is not a cursor of this list.", rule="cursor") from None
        raise
    edges = [Edge(cursor=cursor_of(token, index + 1), node=node(item)) for index, item in enumerate(fetched)][skip:]
    if edges and next_token:
        edges[-1].cursor = cursor_of(next_token, 0)
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=bool(next_token),
            has_previous_page=after is not None and bool(token or skip),
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else after,
        ),
    )


def _no_more(after: str | None) -> PageInfo:
    return PageInfo(has_next_page=False, has_previous_page=True, start_cursor=None, end_cursor=after)
