"""Looking many things up at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from strawberry.dataloader import DataLoader

K = TypeVar("K")
T = TypeVar("T")


class Loader(DataLoader[K, T]):
    """A DataLoader of which a lookup outlives whoever asked for it first.

    When a field is refused, its siblings are cancelled; the lookup that one of them waited for is others' as well.
    """

    def load(self, key: K) -> Awaitable[T]:
        return asyncio.shield(super().load(key))
