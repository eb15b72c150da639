"""The fixtures that every test may ask for, and the longest that one may take."""

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, cast

import pytest

from deploy.local.processes import last_lines
from tests.support.house_fixture import house
from tests.support.nats import nats_server, nats_url
from tests.support.postgres import postgres
from tests.support.telemetry import probe

if TYPE_CHECKING:
    from tests.support.house import House

__all__ = ["house", "nats_server", "nats_url", "postgres", "probe"]

LONGEST = 600.0
"""Seconds after which a test is not slow, but waits for something that never comes. It fails where it waits."""
LOG_LINES = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _limited(item.obj)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test of the whole house that fails shows what its processes said last."""
    report = yield
    if report.failed and isinstance(item, pytest.Function) and "house" in item.funcargs:
        for name, program in cast("House", item.funcargs["house"]).programs.items():
            report.sections.append((f"end of the log of {name}", last_lines(program.log, LOG_LINES)))
    return report


def _limited(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
    @functools.wraps(test)
    async def limited(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(LONGEST):
            await test(*args, **kwargs)

    return limited
