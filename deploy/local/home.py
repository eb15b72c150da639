"""The folder that holds all state of a local system."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from deploy.local.failures import LocalFailure
from deploy.local.postgres import data_outside

_MARK = "ontmoet-home"
"""An empty file that tells a home from any other folder."""


class Home:
    """A home is used by one supervisor at a time, and belongs to one user of the machine."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.keys = self.path / "keys"
        self.mail = self.path / "mail"
        self.logs = self.path / "logs"

    @classmethod
    def from_environment(cls) -> "Home":
        """ONTMOET_HOME, or .ontmoet in the present folder."""
        return cls(Path(os.environ.get("ONTMOET_HOME") or ".ontmoet"))

    @property
    def exists(self) -> bool:
        """Whether it was ever prepared."""
        return (self.path / _MARK).exists()

    @property
    def port(self) -> int | None:
        """Where the system that uses it serves; None when none does."""
        if not self.exists:
            return None
        try:
            with self._lock() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._holder().get("port")
        return None

    def prepare(self) -> None:
        """Makes the home; a folder with other things in it, or of another user, is refused."""
        try:
            self._prepare()
        except OSError as error:
            raise LocalFailure(f"{self.path} cannot be the home: {error.strerror}") from None

    @contextmanager
    def held(self, port: int) -> Generator[None]:
        """Keeps the home to this process. A lock of a process that was killed is no lock."""
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LocalFailure(f"the home {self.path} is in use{self._by_whom()}") from None
            lock.truncate(0)
            lock.write(json.dumps({"process": os.getpid(), "port": port}))
            lock.flush()
            yield

    def reset(self) -> None:
        """Empties the home. Refuses while it is in use, and refuses a folder that is no home."""
        if not self.path.exists():
            return
        if not self.exists:
            raise LocalFailure(f"{self.path} is no home of a local system; nothing was deleted")
        with self.held(port=0):
            if outside := data_outside(self.path):
                shutil.rmtree(outside)
            for entry in self.path.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                elif entry.name != _MARK:
                    entry.unlink()

    def _holder(self) -> dict[str, int]:
        try:
            return json.loads((self.path / "lock").read_text())
        except json.JSONDecodeError:  # it is just being written
            return {}

    def _by_whom(self) -> str:
        holder = self._holder()
        return f" by process {holder['process']}, at http://localhost:{holder['port']}" if holder.get("port") else ""

    def _lock(self) -> TextIO:
        return (self.path / "lock").open("a+")

    def _prepare(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.exists and any(self.path.iterdir()):
            raise LocalFailure(f"{self.path} is not empty and no home; give ONTMOET_HOME a folder of its own")
        if self.path.stat().st_uid != os.geteuid():
            raise LocalFailure(f"{self.path} belongs to another user; give ONTMOET_HOME a folder of your own")
        # Under root PostgreSQL runs as another user, who must be able to pass.
        self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (self.path / _MARK).touch()
        for folder in (self.keys, self.mail, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def temporary_home() -> Generator[Path]:
    """A folder for servers that are needed for a moment: its path is short, and PostgreSQL's user can enter it."""
    with tempfile.TemporaryDirectory(prefix="ontmoet-", dir="/tmp") as folder:
        path = Path(folder)
        path.chmod(0o711)
        yield path
