"""Starts and stops child processes that never outlive the process that started them."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from deploy.local import guard


async def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    folder: Path | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> Process:
    """Starts the command, tied to this process, its output appended to the log.

    A session of its own keeps the terminal's Ctrl-C from it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *tied(command, death_signal, user),
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )


def tied(command: Sequence[str | Path], death_signal: signal.Signals, user: int | None = None) -> list[str]:
    """The command, run so that it gets the death signal when the process that starts it ends in any way.

    Start it from the main thread: the kernel (Linux only) watches the thread. `user` is the id of the user to become.
    """
    who = "-" if user is None else str(user)
    wrapper = [sys.executable, "-I", "-S", guard.__file__, str(os.getpid()), who, str(int(death_signal))]
    return [*wrapper, *(str(word) for word in command)]


async def stop(process: Process, *, by: signal.Signals, within: timedelta) -> bool:
    """Asks the process to end, and kills it when it doesn't in time. True when it ended by itself."""
    if process.returncode is None:
        send(process, by)
    try:
        async with asyncio.timeout(within.total_seconds()):
            await process.wait()
        return True
    except TimeoutError:
        send(process, signal.SIGKILL)
        await process.wait()
        return False


def send(process: Process, number: signal.Signals) -> None:
    """Signals the process, if it still runs."""
    try:
        process.send_signal(number)
    except ProcessLookupError:
        return


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, to be shown when its process failed."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
