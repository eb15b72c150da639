"""How the local system starts, watches and stops its parts; stand-ins take the place of the services."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.failures import LocalFailure
from deploy.local.home import temporary_home
from deploy.local.programs import Program, listens
from deploy.local.supervisor import Backoff, Supervisor
from tests.support.ports import free_port
from tests.support.processes import alive, below

QUICK = Backoff(first=timedelta(milliseconds=10))
ORPHANS_END_WITHIN = 10


class Reports:
    """What a supervisor reported, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def add(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, line: str) -> None:
        async with asyncio.timeout(20):
            while line not in self.lines:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
async def supervisor(reports: Reports) -> AsyncGenerator[Supervisor]:
    supervisor = Supervisor(reports.add, QUICK)
    yield supervisor
    await supervisor.stop()


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], Program]:
    def make(name: str, module: str = "tests.support.stand_in") -> Program:
        port = free_port()
        environment = {
            "STAND_IN_PORT": str(port),
            "STAND_IN_DIARY": str(tmp_path / "diary"),
            "STAND_IN_NAME": name,
        }
        return Program(name, module, tmp_path / f"{name}.log", environment, listens(port))

    return make


async def test_what_was_started_last_is_stopped_first(
    supervisor: Supervisor, stand_in: Callable[[str], Program], tmp_path: Path
):
    await supervisor.start(stand_in("first"))
    await supervisor.start(stand_in("second"), stand_in("third"))
    await supervisor.stop()
    assert (tmp_path / "diary").read_text().split() == ["third", "second", "first"]


async def test_a_part_that_was_killed_is_reported_and_started_again(
    supervisor: Supervisor, reports: Reports, stand_in: Callable[[str], Program]
):
    part = stand_in("events")
    await supervisor.start(part)
    killed = part.process
    killed.send_signal(signal.SIGKILL)
    await reports.until("events is back")
    assert reports.lines[0] == "events was ended by SIGKILL; it is started again in 0.01 s"
    assert part.process.pid != killed.pid
    assert await part.ready()


async def test_a_part_that_keeps_ending_is_started_ever_more_slowly(
    supervisor: Supervisor, reports: Reports, stand_in: Callable[[str], Program]
):
    part = stand_in("events")
    await supervisor.start(part)
    part.module = "tests.support.no_such_module"
    part.process.send_signal(signal.SIGKILL)
    for delay in ("0.01", "0.02", "0.04"):
        ending = "was ended by SIGKILL" if delay == "0.01" else "ended with exit code 1"
        await reports.until(f"events {ending}; it is started again in {delay} s")


async def test_a_part_that_does_not_start_is_shown_with_its_last_words(
    supervisor: Supervisor, stand_in: Callable[[str, str], Program]
):
    with pytest.raises(LocalFailure, match=r"matching does not start, see .*matching\.log(.|\n)*No module named"):
        await supervisor.start(stand_in("matching", "tests.support.no_such_module"))


async def test_no_process_outlives_a_supervisor_that_was_killed():
    with temporary_home() as home:
        command = [sys.executable, "-m", "tests.support.small_system", str(home), str(free_port())]
        supervisor = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        assert supervisor.stdout is not None
        assert await supervisor.stdout.readline() == b"up\n"
        children = below(supervisor.pid)
        assert len([child for child in children if "postgres" in child.name()]) > 1
        assert len(children) > 4
        supervisor.kill()
        await supervisor.wait()
        assert await asyncio.to_thread(alive, children, within=ORPHANS_END_WITHIN) == []
