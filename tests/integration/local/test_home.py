"""The home of a local system: whose it is, who uses it, and when it may be emptied."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.demo.main import port_of_the_system
from deploy.local.failures import LocalFailure
from deploy.local.home import Home, temporary_home
from deploy.local.keys import SERVICES, Keys
from deploy.local.ports import Ports
from deploy.local.postgres import Postgres
from tests.support.ports import free_row

HOLD = """
import sys, time
from pathlib import Path
from deploy.local.home import Home
home = Home(Path(sys.argv[1]))
home.prepare()
with home.held(9000):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def test_a_home_in_use_names_the_process_and_where_it_serves(home: Home):
    in_use = f"process {os.getpid()}, at http://localhost:9000"
    with home.held(9000), pytest.raises(LocalFailure, match=in_use), home.held(9100):
        pass


def test_the_lock_of_a_killed_process_is_no_lock(home: Home):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(home.path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert home.port == 9000
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert home.port is None
    with home.held(9000):
        pass


def test_a_folder_with_other_things_in_it_is_no_home(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LocalFailure, match="is not empty and no home"):
        Home(tmp_path).prepare()
    with pytest.raises(LocalFailure, match="nothing was deleted"):
        Home(tmp_path).reset()
    assert (tmp_path / "thesis.txt").exists()


def test_a_reset_empties_a_home_and_refuses_while_it_is_used(home: Home):
    Keys(home.keys).prepare()
    with home.held(9000), pytest.raises(LocalFailure, match="is in use"):
        home.reset()
    assert home.keys.exists()
    home.reset()
    assert [entry.name for entry in home.path.iterdir()] == ["ontmoet-home"]


def test_keys_stay_and_only_their_user_may_read_them(home: Home):
    keys = Keys(home.keys)
    keys.prepare()
    files = [keys.signing, *(keys.of(service) for service in SERVICES)]
    before = [path.read_text() for path in files]
    keys.prepare()
    assert [path.read_text() for path in files] == before
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert '"d"' not in keys.public.read_text()


def test_a_taken_port_is_named_with_its_holder_and_the_way_out():
    first = free_row()
    port = first + 2
    with socket.create_server(("127.0.0.1", port)), pytest.raises(LocalFailure) as refused:
        Ports(first).check_free()
    assert f"port {port}, for events, cannot be had (process {os.getpid()} has it)" in str(refused.value)
    assert "ONTMOET_PORT" in str(refused.value)


async def test_postgres_runs_in_a_folder_that_others_cannot_enter():
    with temporary_home() as outer:
        closed = outer / "closed"
        home = Home(closed / "home")
        closed.mkdir(mode=0o700)
        home.prepare()
        server = Postgres(home.path, durable=False)
        try:
            await server.start()
        finally:
            await server.stop()
            home.reset()
        assert closed.stat().st_mode & 0o777 == 0o700


def test_the_demo_looks_where_it_is_told_and_else_where_the_home_is_served(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONTMOET_HOME", str(home.path))
    monkeypatch.delenv("ONTMOET_PORT", raising=False)
    assert port_of_the_system() == 8080
    with home.held(9000):
        assert port_of_the_system() == 9000
        monkeypatch.setenv("ONTMOET_PORT", "9100")
        assert port_of_the_system() == 9100
    monkeypatch.setenv("ONTMOET_PORT", "eighty")
    with pytest.raises(LocalFailure, match="must be a number"):
        port_of_the_system()


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"ONTMOET_PORT": "eighty"}, "ontmoet: ONTMOET_PORT must be a number, not 'eighty'"),
        ({"ONTMOET_PORT": "65535"}, "ontmoet: ONTMOET_PORT must lie between 1 and 65530, not at 65535"),
        ({"ONTMOET_HOME": "/proc/self/home"}, "ontmoet: /proc/self/home cannot be the home: No such file or directory"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_1(environment: dict[str, str], line: str, tmp_path: Path):
    outcome = subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", "run"],
        env={**os.environ, "ONTMOET_HOME": str(tmp_path / "home"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stderr) == (1, line + "\n")
