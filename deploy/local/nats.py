"""A NATS server with JetStream as our child."""

import asyncio
import json
import signal
import sysconfig
from asyncio.subprocess import Process
from datetime import timedelta
from pathlib import Path

from deploy.local.failures import LocalFailure
from deploy.local.processes import last_lines, spawn, stop

_PATIENCE = timedelta(seconds=20)
_CONFIGURATION = """\
listen: "127.0.0.1:{port}"
server_name: ontmoet
ports_file_dir: {ports}
jetstream {{
  store_dir: {store}
  sync_interval: {sync}
}}
"""


class Nats:
    """One server with its streams in home/nats."""

    name = "nats"

    def __init__(self, home: Path, port: int | None = None, *, durable: bool = True) -> None:
        """Without a port it takes a free one at its first start, and keeps it. Durable means synced at every write."""
        self._home = home.resolve()
        self._port = port
        self._durable = durable
        self._log = self._home / "logs" / "nats.log"
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The server; only after start()."""
        assert self._process is not None, "NATS was not started"
        return self._process

    @property
    def url(self) -> str:
        """The server's address; known after the first start when no port was given."""
        assert self._port is not None, "NATS was not started"
        return f"nats://127.0.0.1:{self._port}"

    async def start(self) -> str:
        """Starts the server and gives its url when it takes connections."""
        folder = self._home / "nats"
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "server.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                port=self._port or -1,
                ports=_quoted(folder),
                store=_quoted(folder),
                sync="always" if self._durable else '"2m"',
            )
        )
        for stale in folder.glob("*.ports"):
            stale.unlink()
        program = Path(sysconfig.get_path("scripts")) / "nats-server"
        process = await spawn(
            [program, "--config", configuration], log=self._log, folder=folder, death_signal=signal.SIGTERM
        )
        self._process = process
        self._port = await self._listening(process, folder)
        return self.url

    async def stop(self) -> None:
        """Stops the server; the streams stay."""
        if self._process is not None:
            await stop(self._process, by=signal.SIGTERM, within=_PATIENCE)

    async def _listening(self, process: Process, folder: Path) -> int:
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                while process.returncode is None:
                    if port := _announced_port(folder, process.pid):
                        return port
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await stop(process, by=signal.SIGKILL, within=_PATIENCE)
        raise LocalFailure(f"nats-server does not start, see {self._log}:\n{last_lines(self._log)}")


def _quoted(path: Path) -> str:
    """The path as a string of nats-server's configuration, whose escapes are JSON's but for those of letters."""
    return json.dumps(str(path), ensure_ascii=False)


def _announced_port(folder: Path, pid: int) -> int | None:
    """The port in the file that the server writes once it listens."""
    try:
        announced = json.loads((folder / f"nats-server_{pid}.ports").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return int(announced["nats"][0].rpartition(":")[2])
