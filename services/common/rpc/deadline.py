"""Deadlines: each call has one, and calls made while answering it get what is left. grpc.aio does neither by itself."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

DEFAULT = 10.0
"""Seconds for a call that came, or goes out, without a deadline."""

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)


def remaining() -> float | None:
    """Seconds left for the call that is being answered; None outside a call. Never negative."""
    ends_at = _ends_at.get()
    return None if ends_at is None else max(0.0, ends_at - time.monotonic())


@contextmanager
def within(seconds: float | None) -> Generator[None, None, None]:
    """Calls made in this block get no more than what is left of these seconds, or of an earlier deadline.

    Without either there are DEFAULT seconds.
    """
    left = remaining()
    if seconds is None:
        seconds = DEFAULT if left is None else left
    token = _ends_at.set(time.monotonic() + (seconds if left is None else min(left, seconds)))
    try:
        yield
    finally:
        _ends_at.reset(token)
