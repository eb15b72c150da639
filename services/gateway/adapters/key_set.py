"""The public keys that tokens are signed with, for whoever wants to verify them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import grpc.aio

from services.common.refusals import Busy

FRESH = timedelta(seconds=30)


class KeySet:
    """Membership's key set as it publishes it; the last one serves while membership is away."""

    def __init__(self, fetch: Callable[[], Awaitable[str]]) -> None:
        self._fetch = fetch
        self._document: str | None = None
        self._fetched_at = 0.0

    async def is_known(self) -> bool:
        """Whether tokens can be verified: the key set was fetched at least once."""
        try:
            return bool(self._document or await self.document())
        except Busy:
            return False

    async def document(self) -> str:
        """The JSON Web Key Set; Busy when it could never be fetched."""
        if self._document is None or time.monotonic() - self._fetched_at > FRESH.total_seconds():
            try:
                self._document = await self._fetch()
                self._fetched_at = time.monotonic()
            except grpc.aio.AioRpcError:
                if self._document is None:
                    raise Busy from None
        return self._document
