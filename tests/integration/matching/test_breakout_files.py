"""The files of `ontmoet breakout`: what makes no sense is refused in one line, and nothing is lost in writing."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from tests.support.breakout_command import an_instance, breakout, written


def test_a_field_that_means_nothing_is_named_and_left_aside(tmp_path: Path):
    instance = an_instance(tmp_path, keep_appart=[[0, 1]])
    made = breakout("solve", instance, "--out", tmp_path / "plan.json")
    assert made.exit_code == 0
    assert made.stderr == f"ontmoet: {instance}: means nothing here and is left aside: keep_appart\n"


def test_a_field_cannot_command_the_terminal(tmp_path: Path):
    made = breakout("solve", an_instance(tmp_path, **{"\x1b[31mred\n": 1}), "--out", tmp_path / "plan.json")
    assert made.stderr.endswith("is left aside: \\x1b[31mred\\n\n")


def test_a_name_cannot_command_the_terminal(tmp_path: Path):
    name = "\x1b[31mred\n\u202e.json"
    missing = breakout("verify", tmp_path / name, tmp_path / "plan.json")
    assert missing.stderr.startswith(f"ontmoet: {tmp_path}/\\x1b[31mred\\n\\u202e.json: cannot be read: ")
    (tmp_path / name).write_text('{"n": 4, "group_size": 2, "rounds": 1, "keep_appart": []}')
    told = breakout("solve", tmp_path / name, "--out", tmp_path / "plan.json")
    assert told.stderr.startswith(f"ontmoet: {tmp_path}/\\x1b[31mred\\n\\u202e.json: means nothing here")


def test_a_file_without_end_is_not_read_to_its_end():
    endless = breakout("verify", "/dev/zero", "/dev/zero")
    assert (endless.exit_code, endless.stderr) == (2, "ontmoet: /dev/zero: is far too large for a plan\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_leads_nowhere(tmp_path: Path, closed: str):
    instance, plan = an_instance(tmp_path, n=4, group_size=2, rounds=1, moderators=0), tmp_path / "plan.json"
    command = [sys.executable, "-m", "deploy.cli.main", "breakout", "solve", instance, "--out", plan]
    said = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert plan.exists()
    shown = "" if closed in (">&-", "<&- >&- 2>&-") else "4 people, 1 round of 2 groups: "
    assert said.stdout.startswith(shown)


def test_what_is_written_over_stays_what_it_is(tmp_path: Path):
    """A device would be replaced by a file, a link too, and others could read what was for the owner alone."""
    plan, secret, link, pipe = (tmp_path / name for name in ("plan.json", "secret.svg", "link.svg", "pipe"))
    written(plan, [[[0, 1], [2, 3]]])
    secret.touch(0o600)
    link.symlink_to(secret)
    assert breakout("draw", plan, "--out", link).exit_code == 0
    assert (link.is_symlink(), secret.stat().st_mode & 0o777) == (True, 0o600)
    os.mkfifo(pipe)
    heard: list[str] = []
    listener = Thread(target=lambda: heard.append(pipe.read_text()), daemon=True)
    listener.start()
    assert breakout("draw", plan, "--out", pipe).exit_code == 0
    listener.join(10)
    assert (pipe.is_fifo(), heard) == (True, [secret.read_text()])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.svg", "pipe", "plan.json", "secret.svg"]


@pytest.mark.parametrize("out", ["/dev/stdout", "/proc/self/fd/1", "log.svg"])
def test_what_is_open_already_is_written_on(tmp_path: Path, out: str):
    """A log that others append to as well would be replaced, and what it held be gone."""
    plan, log, picture = written(tmp_path / "plan.json", [[[0, 1]]]), tmp_path / "log.svg", tmp_path / "plan.svg"
    assert breakout("draw", plan, "--out", picture).exit_code == 0
    log.write_text("before\n")
    command = [sys.executable, "-m", "deploy.cli.main", "breakout", "draw", plan, "--out", tmp_path / out]
    with log.open("a") as appended:
        subprocess.run(command, stdout=appended, check=True)
        appended.write("after\n")
    assert log.read_text() == f"before\n{picture.read_text()}after\n"


def test_two_files_under_one_name_are_refused(tmp_path: Path):
    instance, plan = (
        an_instance(tmp_path, n=4, group_size=2, rounds=1, moderators=0),
        written(tmp_path / "plan.json", [[[0, 1], [2, 3]]]),
    )
    change, new = written(tmp_path / "change.json", {"held": 0}), tmp_path / "new.json"
    for name in ("link.json", "hard.json"):
        new.touch()
        (tmp_path / name).symlink_to(new) if name == "link.json" else (tmp_path / name).hardlink_to(new)
    new.write_text("old")
    for other in (new, tmp_path / ".." / tmp_path.name / "new.json", tmp_path / "link.json", tmp_path / "hard.json"):
        refused = breakout("replan", instance, plan, change, "--out", new, "--instance-out", other)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr == f"ontmoet: {other}: is --out as well; name another file for --instance-out\n"
        assert new.read_text() == "old"
    thrown = breakout("replan", instance, plan, change, "--out", os.devnull, "--instance-out", os.devnull)
    assert thrown.exit_code == 0


def test_what_is_read_is_not_written_over(tmp_path: Path):
    instance = an_instance(tmp_path, n=4, group_size=2, rounds=1, moderators=0)
    plan, change = written(tmp_path / "plan.json", [[[0, 1], [2, 3]]]), written(tmp_path / "change.json", {"held": 0})
    link, hard, out = tmp_path / "link.json", tmp_path / "hard.json", tmp_path / "out.json"
    link.symlink_to(instance)
    hard.hardlink_to(instance)
    before = [each.read_text() for each in (instance, plan, change)]
    replan = ("replan", instance, plan, change)
    for words, over in (
        (("solve", instance, "--out", instance), instance),
        (("solve", instance, "--out", link), link),
        (("solve", link, "--out", hard), hard),
        (("draw", plan, "--out", plan), plan),
        ((*replan, "--out", instance), instance),
        ((*replan, "--out", change), change),
        ((*replan, "--out", out, "--instance-out", plan), plan),
        ((*replan, "--out", out, "--instance-out", change), change),
    ):
        refused = breakout(*words)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr == f"ontmoet: {over}: is read here and would be lost; name another file to write\n"
    assert [each.read_text() for each in (instance, plan, change)] == before
    assert not out.exists()
    assert breakout(*replan, "--out", plan, "--instance-out", instance).exit_code == 0


def test_what_cannot_be_written_or_said_is_one_line_and_not_a_stack(tmp_path: Path):
    instance, plan = (
        an_instance(tmp_path, n=4, group_size=2, rounds=1),
        written(tmp_path / "plan.json", [[[0, 1], [2, 3]]]),
    )
    long = breakout("draw", plan, "--out", tmp_path / ("a" * 300))
    assert (long.exit_code, long.stderr.count("\n")) == (2, 1)
    longest = breakout("draw", plan, "--out", tmp_path / ("a" * 255))
    assert longest.exit_code == 0
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "deploy.cli.main", "breakout", "verify", instance, plan]
        said = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (said.returncode, said.stderr) == (2, "ontmoet: stdout: cannot be written: No space left on device\n")


@pytest.mark.parametrize("place", ["instance", "plan", "change"])
def test_a_field_that_is_named_twice_is_refused(tmp_path: Path, place: str):
    files = {name: tmp_path / f"{name}.json" for name in ("instance", "plan", "change")}
    text = {
        "instance": '{"n": 4, "group_size": 2, "rounds": 1}',
        "plan": '{"rounds": [{"groups": [[0, 1], [2, 3]]}]}',
        "change": '{"late": 0}',
    }
    twice = {"instance": ('"n": 4', "n"), "plan": ('"groups": []', "groups"), "change": ('"late": 2', "late")}
    again, field = twice[place]
    text[place] = text[place].replace(f'"{field}"', f'{again}, "{field}"')
    for name, file in files.items():
        file.write_text(text[name])
    refused = breakout("replan", *files.values(), "--out", tmp_path / "new.json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == f"ontmoet: {files[place]}: {field}: is named twice; name it once\n"


NOT_JSON = {
    "nothing": b"",
    "text": b"hello",
    "half": b'{"n": 30',
    "nan": b'{"n": NaN, "group_size": 5, "rounds": 4}',
    "latin": b'{"name": "caf\xe9", "n": 30, "group_size": 5, "rounds": 4}',
    "deep": b"[" * 100_000,
    "digits": b'{"n": ' + b"9" * 10_000 + b"}",
    "list": b"[1, 2]",
    "nobody": b'{"n": 0, "group_size": 5, "rounds": 4}',
    "crowd": b'{"n": 100000, "group_size": 5, "rounds": 4}',
}


@pytest.mark.parametrize("kind", NOT_JSON)
def test_a_file_that_makes_no_sense_is_refused_in_one_line(tmp_path: Path, kind: str):
    instance = tmp_path / "instance.json"
    instance.write_bytes(NOT_JSON[kind])
    outcome = breakout("solve", instance, "--out", tmp_path / "plan.json")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"ontmoet: {instance}: ")
    assert outcome.stderr.count("\n") == 1
    assert not (tmp_path / "plan.json").exists()


def test_what_is_wrong_with_the_instance_is_not_said_of_the_change(tmp_path: Path):
    often = an_instance(tmp_path, n=4, group_size=2, rounds=1, moderators=0, history=[[0, 1, 2_000_000]])
    plan, change = written(tmp_path / "plan.json", [[[0, 1], [2, 3]]]), written(tmp_path / "change.json", {"late": 1})
    why = "history[0]: is 2000000, and must be a number from 0 to 1000000"
    for words in (
        ("solve", often, "--out", os.devnull),
        ("verify", often, plan),
        ("replan", often, plan, change, "--out", os.devnull),
    ):
        refused = breakout(*words)
        assert (refused.exit_code, refused.stderr) == (2, f"ontmoet: {often}: {why}\n")
    many = an_instance(tmp_path, n=600, group_size=300, rounds=1, moderators=0, cls="season")
    halves = written(tmp_path / "plan.json", [[list(range(300)), list(range(300, 600))]])
    for words in (("solve", many), ("replan", many, halves, change)):
        refused = breakout(*words, "--out", os.devnull)
        assert refused.stderr.startswith(f"ontmoet: {many}: n: is 600, and a season is planned for 500 at most; ")


def test_more_who_come_late_than_can_be_planned_for_are_refused_by_name(tmp_path: Path):
    change = written(tmp_path / "change.json", {"late": 500})
    for n, cls, most in ((9_800, "", 10_000), (498, "season", 500)):
        instance = an_instance(tmp_path, n=n, group_size=n // 2, rounds=1, moderators=0, cls=cls)
        halves = written(tmp_path / "plan.json", [[list(range(n // 2)), list(range(n // 2, n))]])
        refused = breakout("replan", instance, halves, change, "--out", os.devnull)
        why = f"late: is 500, and there are {n} people of {most} at most; name {most - n} at most"
        assert (refused.exit_code, refused.stderr) == (2, f"ontmoet: {change}: {why}\n")


def test_only_people_are_drawn(tmp_path: Path):
    drawn = breakout("draw", written(tmp_path / "plan.json", [[["Ann", "Bo"]]]), "--out", tmp_path / "plan.svg")
    assert (drawn.exit_code, drawn.stdout) == (2, "")
    why = "rounds[0].groups[0][0]: is 'Ann', and must be a whole number"
    assert drawn.stderr == f"ontmoet: {tmp_path}/plan.json: {why}\n"
    assert not (tmp_path / "plan.svg").exists()


def test_files_that_cannot_be_read_or_written_are_named_before_the_search(tmp_path: Path):
    instance = an_instance(tmp_path)
    missing = breakout("solve", tmp_path / "none.json", "--out", tmp_path / "plan.json")
    assert missing.stderr == f"ontmoet: {tmp_path}/none.json: cannot be read: No such file or directory\n"
    endless = written(tmp_path / "endless.json", {"n": 100, "group_size": 10, "rounds": 5})
    began = time.monotonic()
    nowhere = breakout("solve", endless, "--seconds", "60", "--out", tmp_path / "no" / "plan.json")
    assert time.monotonic() - began < 40
    assert nowhere.stderr.startswith(f"ontmoet: {tmp_path}/no/plan.json: cannot be written")
    other = breakout("verify", instance, written(tmp_path / "plan.json", {"rounds": 3}))
    assert other.stderr == f"ontmoet: {tmp_path}/plan.json: rounds: is 3, and must be a list: [...]\n"
    change = written(tmp_path / "change.json", {"held": 9})
    replanned = breakout("replan", instance, written(tmp_path / "plan.json", []), change, "--out", os.devnull)
    assert "plan.json: rounds: there are 0, and the instance has 4" in replanned.stderr
    assert [each.exit_code for each in (missing, nowhere, other, replanned)] == [2, 2, 2, 2]
    for seconds in ("nan", "0", "86401", "1e308", "inf"):
        assert breakout("solve", instance, "--seconds", seconds, "--out", tmp_path / "plan.json").exit_code == 2
