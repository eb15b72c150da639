"""`ontmoet breakout` on files, as somebody at a terminal or a script uses it."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from deploy.cli.breakout_words import WHY, so_far
from services.matching.engine.problem import Argument, Progress
from tests.support.breakout_command import an_instance, breakout, interrupted, judged, written

# A program of its own, for to whatever starts another its own memory is added.
MEGABYTES_OF = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def carried_out(replanned: dict[str, Any], before: list[list[int]], r: int) -> list[list[int]]:
    """The groups of a round when its moves are made."""
    renumbered = dict(replanned["renumbered"]) if r == min(move["round"] for move in replanned["moves"]) else {}
    seat = {person: renumbered.get(index, index) for index, people in enumerate(before) for person in people}
    seat |= {move["person"]: move["to"] for move in replanned["moves"] if move["round"] == r and "person" in move}
    count = len(replanned["rounds"][r]["groups"])
    return [sorted(person for person, index in seat.items() if index == group) for group in range(count)]


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
    for r in (1, 2, 3):
        assert carried_out(json.loads(new.read_text()), before_rounds[r]["groups"], r) == rounds[r]["groups"]
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


def test_a_repeat_that_cannot_be_avoided_is_said_with_the_reason(tmp_path: Path):
    instance = an_instance(tmp_path, n=36, group_size=6, rounds=4, moderators=0)
    made = breakout("solve", instance, "--seconds", "1", "--out", tmp_path / "plan.json")
    assert "for six groups of six never meet four times without one" in made.stdout.splitlines()[0]


def test_every_argument_has_words():
    assert set(WHY) == set(Argument)


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
    assert carried_out(json.loads(new.read_text()), before[1], 1) == groups
    seat = {person: number + 1 for number, people in enumerate(before[1]) for person in people}
    for line in replanned.stdout.splitlines():
        match line.strip().split(":")[0].split():
            case ["group", old, "is", "group", place, *_]:
                seat |= {person: int(place) for person, number in seat.items() if number == int(old)}
            case [person, "leaves", "group", _]:
                del seat[int(person)]
            case [person, "goes", "from", "group", old, "to", "group", new, *now]:
                assert old != new.rstrip(",")
                seat[int(person)] = int(now[-1] if now else new)
            case _:
                pass
    assert seat == {person: number + 1 for number, people in enumerate(groups) for person in people}


def test_who_leaves_a_group_for_one_that_takes_its_number_is_told_so(tmp_path: Path):
    instance = an_instance(tmp_path, n=9, group_size=3, rounds=2, moderators=0)
    plan = written(tmp_path / "plan.json", [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 3, 6], [1, 4, 7], [2, 5, 8]]])
    change = written(tmp_path / "change.json", {"held": 1, "absent": [0, 3, 1], "pins": [[8, 1, 1]]})
    replanned = breakout("replan", instance, plan, change, "--out", tmp_path / "new.json")
    lines = [line.strip() for line in replanned.stdout.splitlines()]
    assert "group 3 is group 1 from now on" in lines
    assert "6 goes from group 1 to group 3, now 1: their group is given up" in lines


def test_the_same_seed_gives_the_same_plan_when_the_search_comes_to_its_end(tmp_path: Path):
    instance = an_instance(tmp_path)
    plans = [tmp_path / f"{number}.json" for number in range(2)]
    for plan in plans:
        assert breakout("solve", instance, "--seconds", "60", "--seed", "3", "--out", plan).exit_code == 0
    assert plans[0].read_text() == plans[1].read_text()


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


def test_a_terminal_shows_the_best_so_far_and_ctrl_c_writes_it(tmp_path: Path):
    # Nobody knows five such rounds without a repeat: the search has no end of its own.
    instance, plan = an_instance(tmp_path, n=100, group_size=10, rounds=5, moderators=0), tmp_path / "plan.json"
    code, said, _ = interrupted(["solve", instance, "--seconds", "600", "--out", plan], b"repeats, at least")
    assert code == 0
    assert said.startswith("100 people, 5 rounds of 10 groups: ")
    assert judged(instance, plan)["hard_total"] == 0


def test_one_repeat_is_said_as_of_one():
    assert so_far(Progress(repeats=1, bound=1, seconds=0.0, rounds=tuple)) == "1 repeat, at least 1"


@pytest.mark.parametrize("command", [(), ("solve",), ("replan",), ("draw",)])
def test_the_help_says_from_where_is_counted(command: tuple[str, ...]):
    said = " ".join(breakout(*command, "--help").stdout.split())
    assert "Files count people, rounds and groups from 0; what is said and drawn counts rounds and groups" in said


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


def test_five_thousand_people_with_companies_and_wishes_are_planned_in_less_than_300_mb(tmp_path: Path):
    people, rng = 5_000, random.Random(0)
    wants = [[a, (a + 1 + rng.randrange(people - 1)) % people] for a in rng.sample(range(people), 3_000)]
    fields = {"company": [person // 10 for person in range(people)], "wants": wants}
    fields["profession"] = [rng.randrange(30) for _ in range(people)]
    instance = an_instance(tmp_path, n=people, group_size=6, rounds=3, moderators=834, **fields)
    words = ["solve", str(instance), "--seconds", "1", "--out", str(tmp_path / "plan.json")]
    solving = [sys.executable, "-m", "deploy.cli.main", "breakout", *words]
    subprocess.run(solving, check=True, capture_output=True)  # the first may have the compiler in its memory, too
    measured = subprocess.run([sys.executable, "-c", MEGABYTES_OF, *solving], check=True, capture_output=True)
    assert int(measured.stdout.split()[-1]) < 300
