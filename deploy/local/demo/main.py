"""`ontmoet demo`: play the Friday against the running system, or against one of its own in a temporary home."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import typer

from deploy.local.demo.client import Address, DemoError
from deploy.local.demo.figures import Figures
from deploy.local.demo.friday import NETWORK, play
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.processes import tied

PORTS_NEEDED = 8
START_WITHIN_SECONDS = 120


def demo() -> int:
    """Play, print the table, and answer the exit code: 0 when every figure is right."""
    with running_system(port_of_the_system()) as serving:
        try:
            figures = asyncio.run(play(Address(host=f"{NETWORK}.localhost", port=serving)))
        except (DemoError, TimeoutError, httpx.HTTPError) as error:
            typer.echo(f"\ndemo: the play could not go on: {error or type(error).__name__}", err=True)
            return 1
    return verdict(figures)


def port_of_the_system() -> int:
    """Where ONTMOET_PORT says, or else where the system serves that uses the home, or else the default."""
    if not os.environ.get("ONTMOET_PORT") and (port := Home.from_environment().port):
        return port
    return Ports.from_environment().base


def verdict(figures: Figures) -> int:
    """Say how it went, and answer the exit code."""
    if figures.wrong:
        typer.echo(f"\ndemo: {len(figures.wrong)} of {len(figures.measured)} figures are wrong", err=True)
        return 1
    typer.echo(f"\ndemo: all {len(figures.measured)} figures are right")
    return 0


@contextmanager
def running_system(port: int) -> Generator[int]:
    """The port of the system that serves already, or of one that lives as long as the block."""
    if is_ready(port):
        typer.echo(f"demo: playing against the system at http://localhost:{port}")
        yield port
        return
    with tempfile.TemporaryDirectory(prefix="ontmoet-demo-") as home:
        port = free_ports()
        typer.echo(f"demo: nothing serves yet; starting a system of its own at http://localhost:{port}")
        environment = {**os.environ, "ONTMOET_HOME": home, "ONTMOET_PORT": str(port)}
        command = [sys.executable, "-m", "deploy.cli.main", "run"]
        process = subprocess.Popen(tied(command, signal.SIGTERM), env=environment, start_new_session=True)
        try:
            wait_until_ready(process, port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def is_ready(port: int) -> bool:
    """Whether a gateway answers at `port` and reaches its services."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Come back when the system answers; it must not have stopped meanwhile."""
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while not is_ready(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise typer.Exit(code=1)
        time.sleep(0.2)


def free_ports() -> int:
    """The first of eight neighbouring ports that are free now."""
    for base in range(18080, 28080, 20):
        try:
            for port in range(base, base + PORTS_NEEDED):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise DemoError("no eight neighbouring ports are free")
