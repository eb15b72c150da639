"""The operator's commands against a server of their own."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from tests.support.postgres import TestPostgres

# Ctrl-C is heeded also when the tests run in the background, where a shell has it ignored. The command sees to that
# itself: this process has threads of gRPC, and what is forked from it may not run Python before it is another program.
AS_FROM_A_TERMINAL = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from deploy.cli.main import main
main()
"""


def ontmoet(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_migrate_makes_every_database_and_may_run_again_and_dead_letters_are_read(
    postgres: TestPostgres, tmp_path: Path
):
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps({name: f"{name}-secret" for name in ("owner", "membership", "events", "matching")}))
    server = {"ONTMOET_ADMIN_DATABASE_URL": postgres.admin_url, "ONTMOET_DATABASE_PASSWORDS_FILE": str(passwords)}
    for _ in range(2):
        outcome = ontmoet("migrate", **server)
        assert (outcome.returncode, outcome.stderr) == (0, "")
        assert outcome.stdout.count("its database is of this version") == 3

    events = {"ONTMOET_DATABASE_URL": postgres.url("events_service", "events")}
    assert ontmoet("dead-letters", "list", "events", **events).returncode == 0
    letter = str(uuid4())
    assert ontmoet("dead-letters", "replay", "events", letter, **events).stderr == (
        f"ontmoet: events has no open letter {letter}\n"
    )


def test_a_command_under_an_administrators_role_is_refused(postgres: TestPostgres):
    url = make_url(postgres.admin_url).set(database="postgres").render_as_string(hide_password=False)
    outcome = ontmoet("dead-letters", "list", "events", ONTMOET_DATABASE_URL=url)
    assert outcome.returncode == 1
    assert "must sign in to PostgreSQL as events_service" in outcome.stderr


def test_tokens_are_refused_outside_development(tmp_path: Path):
    outcome = ontmoet("token", "voka", "organiser@voka.example", ONTMOET_ENVIRONMENT="production")
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr == "ontmoet: tokens are made for development only; elsewhere people sign in\n"


def test_ctrl_c_before_a_command_began_ends_it_without_a_stack(tmp_path: Path):
    command = [sys.executable, "-X", "importtime", "-c", AS_FROM_A_TERMINAL, "run"]
    home = {**os.environ, "ONTMOET_HOME": str(tmp_path)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=home)
    patience = threading.Timer(60, process.kill)
    patience.start()
    assert process.stderr is not None
    for line in process.stderr:
        if "typer" in line:  # the first of many parts
            break
    process.send_signal(signal.SIGINT)
    said = [line for line in process.stderr if not line.startswith("import time:")]
    assert (process.wait(), said) == (-signal.SIGINT, [])
    patience.cancel()


@pytest.mark.parametrize(
    ("words", "environment", "line"),
    [
        ("seed", {"ONTMOET_DATABASE_URL": "hunter2"}, "ONTMOET_DATABASE_URL is no address such as postgresql://"),
        ("migrate", {"ONTMOET_ADMIN_DATABASE_URL": "hunter2"}, "ONTMOET_ADMIN_DATABASE_URL is no address such as"),
        ("migrate", {"ONTMOET_ADMIN_DATABASE_URL": "postgresql://a:hunter2@127.0.0.1:1/x"}, "[Errno 111] "),
        ("migrate", {"ONTMOET_DATABASE_PASSWORDS_FILE": "{list}"}, "ONTMOET_DATABASE_PASSWORDS_FILE: "),
        (
            "rebuild matching-members",
            {"ONTMOET_SERVICE_KEY_FILE": "/nowhere", "ONTMOET_MEMBERSHIP_ADDRESS": "127.0.0.1:1"},
            "[Errno 2] No such file or directory: '/nowhere'",
        ),
    ],
)
def test_a_wrong_address_or_file_is_one_line_that_quotes_no_secret(
    words: str, environment: dict[str, str], line: str, tmp_path: Path
):
    (tmp_path / "list.json").write_text("[1]")
    given = {name: value.format(list=tmp_path / "list.json") for name, value in environment.items()}
    outcome = ontmoet(*words.split(), **given)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"ontmoet: {line}")
    assert outcome.stderr.count("\n") == 1
    assert "hunter2" not in outcome.stderr


def test_what_needs_a_running_system_says_so(tmp_path: Path):
    outcome = ontmoet("rebuild", "matching-members", ONTMOET_HOME=str(tmp_path))
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"ontmoet: no local system runs in {tmp_path}")
