"""Frontends send the same few documents again and again: these are parsed and validated once."""

from __future__ import annotations

from collections.abc import Iterator

from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache

MOST = 128
LONGEST = 8_000
"""Characters; what is longer is not remembered, so that nobody fills the memory with long documents."""


class Parsed(ParserCache):
    """Remembers a document's tree."""

    def __init__(self) -> None:
        super().__init__(maxsize=MOST)

    def on_parse(self) -> Iterator[None]:
        return super().on_parse() if _is_short(self) else iter((None,))


class Validated(ValidationCache):
    """Remembers what is wrong with a document. Our rules look at the document only, not at its variables."""

    def __init__(self) -> None:
        super().__init__(maxsize=MOST)

    def on_validate(self) -> Iterator[None]:
        return super().on_validate() if _is_short(self) else iter((None,))


def _is_short(extension: SchemaExtension) -> bool:
    return len(extension.execution_context.query or "") <= LONGEST
