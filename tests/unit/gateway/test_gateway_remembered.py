"""Documents that come again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from strawberry.extensions import MaxTokensLimiter
from strawberry.types import ExecutionResult

from services.gateway.api.remembered import LONGEST, Parsed, Validated


@strawberry.type
class Query:
    name: str = "Ann"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def names(self) -> AsyncIterator[str]:
        yield "Ann"


SCHEMA = strawberry.Schema(
    query=Query, subscription=Subscription, extensions=[lambda: MaxTokensLimiter(50), Parsed, Validated]
)


def misses() -> tuple[int, int]:
    """How many documents were parsed and validated anew."""
    caches: tuple[Any, Any] = Parsed().cached_parse_document, Validated().cached_validate_document
    return caches[0].cache_info().misses, caches[1].cache_info().misses


async def test_a_document_that_comes_again_is_neither_parsed_nor_validated_again() -> None:
    document = "query Again { name }"
    before = misses()
    for _ in range(3):
        assert (await SCHEMA.execute(document, root_value=Query())).data == {"name": "Ann"}
    assert misses() == (before[0] + 1, before[1] + 1)


async def test_a_document_that_is_wrong_stays_wrong() -> None:
    for _ in range(2):
        result = await SCHEMA.execute("{ nobody }", root_value=Query())
        assert [error.message for error in result.errors or []] == ["Cannot query field 'nobody' on type 'Query'."]


async def test_a_long_document_is_not_remembered() -> None:
    before = misses()
    document = "{ name }" + " " * LONGEST
    assert (await SCHEMA.execute(document, root_value=Query())).data == {"name": "Ann"}
    assert misses() == before


@pytest.mark.parametrize("document", ["subscription {", "subscription { " + "names " * 60 + "}"])
async def test_a_stream_of_what_cannot_be_parsed_says_so(document: str) -> None:
    [result] = [result async for result in await SCHEMA.stream(document)]
    assert isinstance(result, ExecutionResult)
    assert [error.message.partition(":")[0] for error in result.errors or []] == ["Syntax Error"]
