"""`ontmoet breakout` on files, as somebody at a terminal or a script uses it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest
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


def test_a_plan_is_made_judged_changed_judged_again_and_drawn(tmp_path: Path):
    instance, plan, new = an_instance(tmp_path), tmp_path / "plan.json", tmp_path / "new.json"
    made = breakout("solve", instance, "--seconds", "5", "--seed", "1", "--out", plan)
    assert (made.exit_code, made.stderr) == (0, "")
    assert made.stdout.splitlines() == [
        "35 people, 4 rounds of 7 groups: 0 repeats, nobody meets anyone twice",
        "hard rules broken: none",
    ]
    figures = judged(instance, plan)
    assert (figures["wasted"], figures["hard_total"], figures["conflict_free"]) == (0, 0, True)

    change = written(tmp_path / "change.json", {"held": 1, "absent": [3, 7], "late": 1, "moderators_gone": [4]})
    after = tmp_path / "after.json"
    replanned = breakout("replan", instance, plan, change, "--out", new, "--instance-out", after)
    assert (replanned.exit_code, replanned.stderr) == (0, "")
    lines = replanned.stdout.splitlines()
    assert lines[0].startswith("round 2, which runs: ")
    assert any(line.startswith("  3 leaves group ") for line in lines)
    assert any(line.startswith("  35 comes into group ") for line in lines)
    before_rounds, rounds = json.loads(plan.read_text())["rounds"], json.loads(new.read_text())["rounds"]
    assert rounds[0] == before_rounds[0]
    assert all(4 not in round_["moderators"] for round_ in rounds[1:])
    figures = judged(after, new)
    assert figures["hard"] == dict.fromkeys(figures["hard"], 0)
    assert figures["moderators"]["rooms_without"] == 3

    picture = tmp_path / "plan.svg"
    assert breakout("draw", new, "--out", picture).exit_code == 0
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_one_moderator_short_is_said_plainly_and_is_another_room_each_round(tmp_path: Path):
    instance, plan = an_instance(tmp_path, moderators=6, rounds=3), tmp_path / "plan.json"
    made = breakout("solve", instance, "--seconds", "5", "--out", plan)
    assert made.exit_code == 0
    rooms = [round_["moderators"].index(None) for round_ in json.loads(plan.read_text())["rounds"]]
    assert len(set(rooms)) == 3
    said = [f"round {r + 1}: group {room + 1} has no moderator" for r, room in enumerate(rooms)]
    why = "rounds 1, 2, 3: 6 moderators are there; groups without one: 1, or else larger ones: 5 of 6 and 1 of 5"
    assert made.stdout.splitlines()[2:] == [*said, why]
    assert judged(instance, plan)["hard_total"] == 0


def test_one_of_a_kind_is_said_as_of_one(tmp_path: Path):
    instance = an_instance(tmp_path, n=4, group_size=2, rounds=1, moderators=1)
    made = breakout("solve", instance, "--seconds", "1", "--out", tmp_path / "plan.json")
    assert made.stdout.startswith("4 people, 1 round of 2 groups: ")
    assert "round 1: 1 moderator is there; groups without one: 1" in made.stdout


def test_rules_that_cannot_be_kept_are_named_and_there_is_a_plan_all_the_same(tmp_path: Path):
    instance = an_instance(tmp_path, n=4, group_size=2, rounds=1, moderators=0, company=[1, 1, 1, -1])
    made = breakout("solve", instance, "--seconds", "1", "--out", tmp_path / "plan.json")
    assert made.exit_code == 0
    lines = made.stdout.splitlines()
    assert lines[1].startswith("hard rules broken: 1")
    assert "are of one company and share a group" in lines[2]
    assert judged(instance, tmp_path / "plan.json")["hard"]["company"] == 1


def test_what_was_broken_in_a_round_that_is_over_is_not_said_again(tmp_path: Path):
    instance = an_instance(
        tmp_path, n=6, group_size=3, rounds=2, moderators=0, company=[1, 1, 1, -1, -1, -1], pins=[[0, 0, 0], [1, 0, 0]]
    )
    plan, new = tmp_path / "plan.json", tmp_path / "new.json"
    seats = {"rounds": [{"groups": [[1, 2, 3], [0, 4, 5]]}, {"groups": [[0, 1, 3], [2, 4, 5]]}]}
    change = written(tmp_path / "change.json", {"held": 1, "absent": [2]})
    replanned = breakout("replan", instance, written(plan, seats), change, "--out", new)
    assert replanned.exit_code == 0
    assert "hard rules broken: none" in replanned.stdout.splitlines()


@pytest.mark.parametrize("group", [0, 1])
def test_who_is_pinned_sits_in_that_group_of_the_file_also_when_another_one_is_given_up(tmp_path: Path, group: int):
    instance = an_instance(tmp_path, n=9, group_size=3, rounds=2, moderators=0)
    before = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 3, 6], [1, 4, 7], [2, 5, 8]]]
    change = written(tmp_path / "change.json", {"held": 1, "absent": [0, 3, 6], "pins": [[1, 1, group]]})
    new, after = tmp_path / "new.json", tmp_path / "after.json"
    replanned = breakout(
        "replan", instance, written(tmp_path / "plan.json", before), change, "--out", new, "--instance-out", after
    )
    groups = json.loads(new.read_text())["rounds"][1]["groups"]
    assert 1 in groups[group]
    assert json.loads(after.read_text())["pins"] == [[1, 1, group]]
    assert judged(after, new)["hard_total"] == 0
    seat = {person: number + 1 for number, people in enumerate(before[1]) for person in people}
    for line in replanned.stdout.splitlines():
        match line.strip().split(":")[0].split():
            case ["group", old, "is", "group", place, *_]:
                seat |= {person: int(place) for person, number in seat.items() if number == int(old)}
            case [person, "leaves", "group", _]:
                del seat[int(person)]
            case [person, "goes", "from", "group", _, "to", "group", place]:
                seat[int(person)] = int(place)
            case _:
                pass
    assert seat == {person: number + 1 for number, people in enumerate(groups) for person in people}


def test_the_same_seed_gives_the_same_plan_when_the_search_comes_to_its_end(tmp_path: Path):
    instance = an_instance(tmp_path)
    plans = [tmp_path / f"{number}.json" for number in range(2)]
    for plan in plans:
        assert breakout("solve", instance, "--seconds", "60", "--seed", "3", "--out", plan).exit_code == 0
    assert plans[0].read_text() == plans[1].read_text()


def a_season(folder: Path, weeks: int, people: int) -> Path:
    """Of all but four of these people each week."""
    there = [[person for person in range(people) if (person + week) % people >= 4] for week in range(weeks)]
    attendance = [present for present in there for _ in range(3)]
    return an_instance(
        folder, n=people, group_size=4, rounds=3 * weeks, moderators=0, attendance=attendance, cls="season"
    )


def test_a_season_is_planned_week_by_week(tmp_path: Path):
    instance = a_season(tmp_path, weeks=3, people=16)
    made = breakout("solve", instance, "--seconds", "3", "--out", tmp_path / "plan.json")
    assert made.exit_code == 0
    assert made.stdout.splitlines()[-1].startswith("meetings beyond the share of each two: standard deviation 0.")
    assert judged(instance, tmp_path / "plan.json")["hard_total"] == 0


def deviation(said: str) -> float:
    """Of the meetings of a season from their share."""
    return float(said.splitlines()[-1].split("standard deviation ")[1].split(",")[0])


def test_what_is_left_of_a_season_is_planned_anew_as_evenly(tmp_path: Path):
    instance, plan, new = a_season(tmp_path, weeks=10, people=20), tmp_path / "plan.json", tmp_path / "new.json"
    assert deviation(breakout("solve", instance, "--seconds", "3", "--out", plan).stdout) < 0.5
    change = written(tmp_path / "change.json", {"held": 3})
    replanned = breakout("replan", instance, plan, change, "--out", new)
    assert replanned.stdout.startswith("round 4, which runs: 0 people change seats; no way moves fewer")
    assert deviation(replanned.stdout) < 0.5
    rounds, old = json.loads(new.read_text())["rounds"], json.loads(plan.read_text())["rounds"]
    assert rounds[:4] == old[:4]
    assert judged(instance, new)["hard_total"] == 0
    leaving = written(tmp_path / "change.json", {"held": 4, "absent": [5, 6], "late": 1})
    after = tmp_path / "after.json"
    assert breakout("replan", instance, plan, leaving, "--out", new, "--instance-out", after).exit_code == 0
    assert judged(after, new)["hard_total"] == 0


def test_a_season_takes_no_longer_than_was_said(tmp_path: Path):
    instance = a_season(tmp_path, weeks=20, people=24)
    breakout("solve", instance, "--seconds", "0.1", "--out", tmp_path / "plan.json")
    began = time.process_time()
    assert breakout("solve", instance, "--seconds", "0.2", "--out", tmp_path / "plan.json").exit_code == 0
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize("after", [0.0, 0.2, 0.6])
def test_ctrl_c_during_a_season_seats_the_weeks_that_are_left_and_writes_all(tmp_path: Path, after: float):
    instance, plan = a_season(tmp_path, weeks=20, people=24), tmp_path / "plan.json"
    words = ["breakout", "solve", str(instance), "--seconds", "60", "--out", str(plan)]
    screen, terminal = pty.openpty()
    search = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli.main", *words], stdout=subprocess.PIPE, stderr=terminal, text=True
    )
    os.close(terminal)
    shown = b""
    while b"week 2 of 20" not in shown:
        shown += os.read(screen, 4096)
    time.sleep(after)
    search.send_signal(signal.SIGINT)
    ended = time.monotonic()
    Thread(target=_drain, args=(screen,)).start()
    said, _ = search.communicate(timeout=300)
    assert time.monotonic() - ended < 8
    assert search.returncode == 0
    assert said.startswith("24 people, 60 rounds of 5 groups: ")
    assert judged(instance, plan)["hard_total"] == 0


STATUS = Path("/proc/self/status")
MEASURED = """
import atexit
from pathlib import Path
from deploy.cli.main import main
atexit.register(lambda: print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]))
main()
"""


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux says what a process took at most")
@pytest.mark.parametrize("met", [0, 84])
def test_a_plan_for_5000_people_takes_less_than_300_mb(tmp_path: Path, met: int):
    history = [[person, (person + step) % 5000, 1] for step in range(1, met + 1) for person in range(5000)]
    instance = an_instance(tmp_path, n=5000, group_size=6, rounds=3, moderators=0, history=history)
    words = ["breakout", "solve", str(instance), "--out", str(tmp_path / "plan.json")]
    search = subprocess.run([sys.executable, "-c", MEASURED, *words], stdout=subprocess.PIPE, text=True, check=True)
    assert int(search.stdout.split()[-1]) < 300_000


def test_a_field_that_means_nothing_is_named_and_left_aside(tmp_path: Path):
    instance = an_instance(tmp_path, keep_appart=[[0, 1]])
    made = breakout("solve", instance, "--out", tmp_path / "plan.json")
    assert made.exit_code == 0
    assert made.stderr == f"ontmoet: {instance}: means nothing here and is left aside: keep_appart\n"


def test_a_field_cannot_command_the_terminal(tmp_path: Path):
    made = breakout("solve", an_instance(tmp_path, **{"\x1b[31mred\n": 1}), "--out", tmp_path / "plan.json")
    assert made.stderr.endswith("is left aside: \\x1b[31mred\\n\n")


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


def test_a_terminal_shows_the_best_so_far_and_ctrl_c_writes_it(tmp_path: Path):
    # Nobody knows five such rounds without a repeat: the search has no end of its own.
    instance, plan = an_instance(tmp_path, n=100, group_size=10, rounds=5, moderators=0), tmp_path / "plan.json"
    words = ["breakout", "solve", str(instance), "--seconds", "600", "--out", str(plan)]
    screen, terminal = pty.openpty()
    search = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli.main", *words], stdout=subprocess.PIPE, stderr=terminal, text=True
    )
    os.close(terminal)
    shown = b""
    while b"repeats, at least" not in shown:
        shown += os.read(screen, 4096)
    search.send_signal(signal.SIGINT)
    Thread(target=_drain, args=(screen,)).start()
    said, _ = search.communicate(timeout=300)
    assert search.returncode == 0
    assert said.startswith("100 people, 5 rounds of 10 groups: ")
    assert judged(instance, plan)["hard_total"] == 0


def _drain(screen: int) -> None:
    """Reads on until the terminal is closed, so that nobody waits for a reader."""
    with suppress(OSError):
        while os.read(screen, 4096):
            pass
    os.close(screen)


def test_no_more_searches_run_at_once_than_the_machine_has_cores_for(tmp_path: Path):
    # As many searches as were asked for took turns, each for its part of the time, and far longer in all.
    instance = an_instance(tmp_path, n=102, group_size=6, rounds=18, moderators=0)
    breakout("solve", instance, "--seconds", "0.1", "--out", tmp_path / "plan.json")
    began = time.monotonic()
    made = breakout("solve", instance, "--seconds", "1", "--cores", "256", "--out", tmp_path / "plan.json")
    assert time.monotonic() - began < 10
    assert made.exit_code == 0
    there = len(os.sched_getaffinity(0))
    assert made.stderr == f"ontmoet: --cores 256: so many search at once as this machine has, {there}\n"
    assert breakout("solve", instance, "--seconds", "0.1", "--cores", "1", "--out", os.devnull).stderr == ""


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
    assert breakout("solve", instance, "--seconds", "nan", "--out", tmp_path / "plan.json").exit_code == 2
