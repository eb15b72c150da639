"""`ontmoet breakout` in a test: its files, and what it says of them."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from typer.testing import CliRunner, Result

from deploy.cli.commands import app

Data = dict[str, Any]


def breakout(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["breakout", *map(str, words)], catch_exceptions=False)


def written(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data))
    return path


def an_instance(folder: Path, **fields: Any) -> Path:
    return written(folder / "instance.json", {"n": 35, "group_size": 5, "rounds": 4, "moderators": 7, **fields})


def judged(instance: Path, schedule: Path) -> Data:
    outcome = breakout("verify", instance, schedule)
    found: Data = json.loads(outcome.stdout)
    assert outcome.exit_code == (0 if found["ok"] else 1)
    return found


def interrupted(words: Sequence[str | Path], shown: bytes, after: float = 0.0) -> tuple[int, str, float]:
    """Ctrl-C so many seconds after a terminal shows that: how the command ends, what it says, and after how long."""
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "deploy.cli.main", "breakout", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, text=True)
    os.close(terminal)
    seen = b""
    while shown not in seen:
        seen += os.read(screen, 4096)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    Thread(target=_drain, args=(screen,)).start()
    said, _ = process.communicate(timeout=300)
    return process.returncode, said, time.monotonic() - began


def _drain(screen: int) -> None:
    """Reads on until the terminal is closed, so that nobody waits for a reader."""
    with suppress(OSError):
        while os.read(screen, 4096):
            pass
    os.close(screen)
