"""Frontends send the same few documents again and again: these are parsed and validated once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from graphql import GraphQLError
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache

MOST = 128
LONGEST = 8_000
"""Characters; what is longer is not remembered, so that nobody fills the memory with long documents."""


class Parsed(ParserCache):
    """Remembers a document's tree. What cannot be parsed is left to strawberry, which says so on each transport."""

    def __init__(self) -> None:
        super().__init__(maxsize=MOST)

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if _is_short(self):
            with suppress(GraphQLError):
                context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


class Validated(ValidationCache):
    """Remembers what is wrong with a document. Our rules look at the document only, not at its variables."""

    def __init__(self) -> None:
        super().__init__(maxsize=MOST)

    def on_validate(self) -> Iterator[None]:
        if _is_short(self):
            yield from super().on_validate()
        else:
            yield


def _is_short(extension: SchemaExtension) -> bool:
    """Whether a document is short enough to be remembered."""
    return len(extension.execution_context.query or "") <= LONGEST
