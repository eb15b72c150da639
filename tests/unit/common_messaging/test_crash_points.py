import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
from services.common.crash_points import crash_point
for _ in range(3):
    print("passed", flush=True)
    crash_point("after-commit")
"""


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)


def test_a_process_dies_at_the_point_and_passage_that_are_named_and_says_so_first():
    ended = run(ONTMOET_ENVIRONMENT="development", ONTMOET_CRASH_AT="after-commit:2")
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.count("passed") == 2
    assert "crash point after-commit: killing process" in ended.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"ONTMOET_ENVIRONMENT": "production", "ONTMOET_CRASH_AT": "after-commit"},
        {"ONTMOET_CRASH_AT": "after-commit"},
        {"ONTMOET_ENVIRONMENT": "development", "ONTMOET_CRASH_AT": "before-ack"},
        {"ONTMOET_ENVIRONMENT": "development"},
    ],
)
def test_nothing_dies_elsewhere_or_outside_development(environment: dict[str, str]):
    ended = run(**environment)
    assert ended.returncode == 0
    assert ended.stdout.count("passed") == 3
