"""Looking many things up at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from strawberry.dataloader import DataLoader

from services.gateway.adapters.services import MessageTooLong

K = TypeVar("K")
T = TypeVar("T")


class Loader(DataLoader[K, T]):
    """A DataLoader of which a lookup outlives whoever asked for it first, and whose answers find room.

    When a field is refused, its siblings are cancelled; the lookup that one of them waited for is others' as well.
    What is too much for one message is asked for in halves: how large each thing is only the service knows.
    """

    def __init__(self, load_fn: Callable[[list[K]], Awaitable[Sequence[T]]], max_batch_size: int | None = None) -> None:
        async def in_parts(keys: list[K]) -> Sequence[T | BaseException]:
            try:
                return await load_fn(keys)
            except MessageTooLong as error:
                if len(keys) == 1:
                    return [error]
                half = len(keys) // 2
                return [*await in_parts(keys[:half]), *await in_parts(keys[half:])]

        super().__init__(load_fn=in_parts, max_batch_size=max_batch_size)

    def load(self, key: K) -> Awaitable[T]:
        return asyncio.shield(super().load(key))
