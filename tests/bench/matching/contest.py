"""Every method on every instance for the same time on the same cores, one after the other, in turn."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from services.common.counted import counted
from services.matching.engine.files.figures import figures
from services.matching.engine.files.instance import Instance, problem_of, read_instance
from services.matching.engine.files.seating import read_seats
from tests.bench.matching.kinds import Data, random_groups

BENCH_PYTHON = Path(".venv-bench/bin/python").absolute()
SAMPLES = 21
"""Random plans; the middle one counts."""
SEED = 0
GRACE = 180
"""Seconds beyond its time for a method to start, build its model and end."""


class Kind(StrEnum):
    """Who makes the plans."""

    RANDOM = "random"
    CPSAT = "CP-SAT"
    ENGINE = "engine"


COMMANDS = {
    Kind.CPSAT: (str(BENCH_PYTHON), "tests/bench/matching/cpsat_run.py"),
    Kind.ENGINE: (sys.executable, "-m", "tests.bench.matching.engine_run"),
}


@dataclass(frozen=True)
class Method:
    """A way to make plans."""

    kind: Kind
    cores: int = 1

    def __str__(self) -> str:
        return self.kind.value if self.kind is Kind.RANDOM else f"{self.kind}, {counted(self.cores, 'core')}"


@dataclass(frozen=True)
class Run:
    """What one method made of one instance in its time."""

    instance: str
    method: Method
    seconds: float
    """That it had."""
    wasted: int | None
    """By the referee; None when no plan was found."""
    hard: int
    bound: int
    """What no plan can avoid, by this method's proof."""
    curve: tuple[tuple[float, int], ...] = ()
    """(seconds, wasted) of each better plan."""
    note: str = ""

    @property
    def best_possible(self) -> bool:
        """Whether the method has proven that no plan wastes less."""
        return self.wasted == self.bound and not self.hard

    @property
    def to_zero(self) -> float | None:
        """Seconds until nothing was wasted."""
        return next((seconds for seconds, wasted in self.curve if wasted == 0), None)


def contest(instances: Sequence[Data], budgets: Sequence[float]) -> Iterator[Run]:
    """The runs, as they end: random, then the engine and CP-SAT with one core, and with all of them.

    In more than the first of the budgets CP-SAT is left out where the engine has proven its plan the best: nothing that
    CP-SAT could find there would be better, and it would take hours.
    """
    for seconds in budgets:
        for data in instances:
            yield _run(data, Method(Kind.RANDOM), seconds)
            for cores in (1, os.cpu_count() or 1):
                own = _run(data, Method(Kind.ENGINE, cores), seconds)
                yield own
                if seconds == budgets[0] or not own.best_possible:
                    yield _run(data, Method(Kind.CPSAT, cores), seconds)


def _run(data: Data, method: Method, seconds: float) -> Run:
    instance = read_instance(data)
    if method.kind is Kind.RANDOM:
        return _random(instance, method, seconds)
    task = {
        "instance": data,
        "n": instance.people,
        "attendance": instance.attendance,
        "sizes": instance.sizes,
        "history": instance.history,
        "company": instance.company,
        "keep_apart": instance.keep_apart,
        "keep_together": instance.keep_together,
        "seconds": seconds,
        "cores": method.cores,
        "seed": SEED,
    }
    lines, note = _asked(method, json.dumps(task), seconds)
    curve = tuple((float(line["seconds"]), int(line["wasted"])) for line in lines if "wasted" in line)
    last = lines[-1] if lines else {}
    if "rounds" not in last:
        return Run(instance.name, method, seconds, None, 0, 0, curve, note or str(last.get("failed", "")))
    wasted, hard = _judged(instance, last["rounds"], moderators=method.kind is Kind.ENGINE)
    return Run(instance.name, method, seconds, wasted, hard, max(0, int(last["bound"])), curve)


def _asked(method: Method, task: str, seconds: float) -> tuple[list[dict[str, Any]], str]:
    """The lines that the method said, and why there are none after the last."""
    process = subprocess.Popen(COMMANDS[method.kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said, _ = process.communicate(task, timeout=seconds + GRACE)
        note = "" if process.returncode == 0 else f"ended with code {process.returncode}"
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
        note = "did not end in time"
    return [json.loads(line) for line in said.splitlines() if line.endswith("}")], note


def _random(instance: Instance, method: Method, seconds: float) -> Run:
    """The middle one of many plans without any thought."""
    rng = random.Random(SEED)
    found: list[tuple[int, int]] = []
    for _ in range(SAMPLES):
        rounds = [
            {"groups": random_groups(rng, present, sizes), "moderators": list(range(instance.moderators))[: len(sizes)]}
            for present, sizes in zip(instance.attendance, instance.sizes, strict=True)
        ]
        found.append(_judged(instance, rounds))
    wasted, hard = sorted(found)[SAMPLES // 2]
    return Run(instance.name, method, seconds, wasted, hard, 0, ((0.0, wasted),))


def _judged(instance: Instance, rounds: object, *, moderators: bool = True) -> tuple[int, int]:
    """Meetings wasted and hard rules broken; a method that knows no moderators isn't blamed for them."""
    found = figures(instance, read_seats(rounds), 0)
    hard = cast(dict[str, int], found["hard"])
    blamed = sum(times for rule, times in hard.items() if moderators or rule != "moderators")
    return cast(int, found["wasted"]), blamed


def check_ready(instances: Sequence[Data]) -> None:
    """Fails at once, not after an hour, when an instance makes no sense or CP-SAT isn't installed."""
    for data in instances:
        problem_of(read_instance(data))
    if not BENCH_PYTHON.exists():
        sys.exit("bench-matching: .venv-bench is missing; make bench-matching makes it")
