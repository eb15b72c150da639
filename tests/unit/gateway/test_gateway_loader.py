"""Lookups that several fields share."""

from __future__ import annotations

import asyncio

import pytest

from services.gateway.adapters.services import MessageTooLong
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


async def sizes_that_fit(keys: list[int]) -> list[str]:
    """Things that are as large as their numbers; a message holds ten of it."""
    if sum(keys) > 10:
        raise MessageTooLong
    return [f"of {key}" for key in keys]


async def test_what_is_too_much_for_one_message_is_asked_for_in_parts_that_fit() -> None:
    keys = [1, 9, 2, 10, 3, 4, 5]
    assert await Loader(sizes_that_fit).load_many(keys) == [f"of {key}" for key in keys]


async def test_a_thing_that_no_message_holds_keeps_none_of_the_others_back() -> None:
    loader = Loader(sizes_that_fit)
    small, large, other = await asyncio.gather(*map(loader.load, [1, 11, 2]), return_exceptions=True)
    assert (small, other) == ("of 1", "of 2")
    assert isinstance(large, MessageTooLong)
