"""Lookups that several fields share."""

from __future__ import annotations

import asyncio

import pytest

from services.gateway.api.loader import Loader


async def test_a_field_that_is_cancelled_takes_nobody_with_it_who_waits_for_the_same() -> None:
    """A field that is refused cancels its siblings, and the same thing may be asked for elsewhere in the document."""
    asked, answer = asyncio.Event(), asyncio.Event()

    async def look_up(keys: list[str]) -> list[str]:
        asked.set()
        await answer.wait()
        return [key.upper() for key in keys]

    loader: Loader[str, str] = Loader(look_up)

    async def field() -> str:
        return await loader.load("ann")

    sibling, elsewhere = asyncio.create_task(field()), asyncio.create_task(field())
    await asked.wait()
    sibling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sibling
    answer.set()
    assert await elsewhere == "ANN"
