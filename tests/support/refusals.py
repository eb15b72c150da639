"""Refusals as a caller over gRPC receives them."""

from collections.abc import Generator
from contextlib import contextmanager

import grpc.aio
import pytest

from services.common.refusals import Kind, Refusal
from services.common.rpc.refusals import refusal_from


class Refused:
    """The refusal that a block ended with, once it has."""

    refusal: Refusal

    @property
    def field(self) -> str | None:
        return self.refusal.field

    @property
    def reason(self) -> str:
        return self.refusal.reason


@contextmanager
def refused(kind: Kind) -> Generator[Refused, None, None]:
    """The block must end with a refusal of this kind."""
    result = Refused()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        yield result
    result.refusal = refusal_from(caught.value)
    assert result.refusal.kind is kind, result.refusal
