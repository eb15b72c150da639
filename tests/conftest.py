"""The fixtures that every test may ask for, and the longest that one may take."""

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.support.house_fixture import house
from tests.support.nats import nats_server, nats_url
from tests.support.postgres import postgres
from tests.support.telemetry import probe

__all__ = ["house", "nats_server", "nats_url", "postgres", "probe"]

LONGEST = 600.0
"""Seconds after which a test is not slow, but waits for something that never comes. It fails where it waits."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _limited(item.obj)


def _limited(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
    @functools.wraps(test)
    async def limited(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(LONGEST):
            await test(*args, **kwargs)

    return limited
