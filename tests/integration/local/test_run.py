"""`ontmoet run` with everything real: what a person at the terminal sees, and what stays when it is killed."""

import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import pytest

from deploy.local.home import temporary_home
from deploy.local.ports import Ports
from tests.support.ports import free_row
from tests.support.processes import alive, below

READY_WITHIN = 120
STOPPED_WITHIN = 60

pytestmark = pytest.mark.xdist_group("run")


@dataclass
class Run:
    """A running `ontmoet run`, with the lines that it prints."""

    process: subprocess.Popen[str]
    ports: Ports
    lines: Queue[str]

    def until(self, part: str) -> str:
        """The first line from now on that contains this part."""
        while True:
            line = self.lines.get(timeout=READY_WITHIN)
            if part in line:
                return line
            assert line, "it ended"


@contextmanager
def running(home: Path, ports: Ports) -> Generator[Run]:
    process = subprocess.Popen(command(), env=environment(home, ports), stdout=subprocess.PIPE, text=True)
    run = Run(process, ports, Queue())
    threading.Thread(target=read_lines, args=(run,), daemon=True).start()
    try:
        run.until(f"ready: http://localhost:{ports.base}")
        yield run
    finally:
        process.kill()
        process.wait()


def read_lines(run: Run) -> None:
    assert run.process.stdout is not None
    for line in run.process.stdout:
        run.lines.put(line)
    run.lines.put("")


def command() -> list[str]:
    return [sys.executable, "-m", "deploy.cli.main", "run"]


def environment(home: Path, ports: Ports) -> dict[str, str]:
    return {**os.environ, "ONTMOET_HOME": str(home), "ONTMOET_PORT": str(ports.base)}


def refused(home: Path, ports: Ports) -> str:
    """What a start that must fail says."""
    outcome = subprocess.run(
        command(), env=environment(home, ports), capture_output=True, text=True, timeout=READY_WITHIN, check=False
    )
    assert outcome.returncode == 1
    return outcome.stderr


def test_the_whole_system_runs_recovers_refuses_a_second_start_and_leaves_nothing_behind(tmp_path: Path):
    """One start serves several promises, for starts are dear: a test of its own for each would take minutes."""
    with temporary_home() as home:
        ports = Ports(free_row())
        with running(home, ports) as first:
            assert urllib.request.urlopen(f"http://127.0.0.1:{ports.base}/readyz").status == 200

            assert f"is in use by process {first.process.pid}, at http://localhost:{ports.base}" in refused(home, ports)
            assert f"port {ports.base}, for gateway, cannot be had" in refused(tmp_path / "other", ports)

            children = below(first.process.pid)
            next(child for child in children if "services.events.main" in " ".join(child.cmdline())).kill()
            first.until("events was ended by SIGKILL; it is started again in 0.5 s")
            first.until("events is back")

            children = below(first.process.pid)
            first.process.kill()
            assert alive(children, within=STOPPED_WITHIN) == []

        with running(home, ports) as second:
            children = below(second.process.pid)
            second.process.terminate()
            assert second.process.wait(timeout=STOPPED_WITHIN) == 0
            second.until("stopped")
            assert alive(children, within=1) == []
