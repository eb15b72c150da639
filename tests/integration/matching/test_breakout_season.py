"""A season from files: even, in its time, and whole whatever happens."""

import json
import time
from pathlib import Path

import pytest

from tests.support.breakout_command import an_instance, breakout, interrupted, judged, written


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
    code, said, seconds = interrupted(["solve", instance, "--seconds", "60", "--out", plan], b"week 2 of 20", after)
    assert code == 0
    assert seconds < 8
    assert said.startswith("24 people, 60 rounds of 5 groups: ")
    assert judged(instance, plan)["hard_total"] == 0
