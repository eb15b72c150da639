"""The engine, in a process of its own and warm: a task on stdin, each better plan as a line on stdout."""

import json
import sys
import time
from dataclasses import replace

from services.matching.engine import Budget
from services.matching.engine.files.instance import problem_of, read_instance
from services.matching.engine.files.seating import write_seats
from services.matching.engine.problem import Progress
from services.matching.engine.solve import solve


def main() -> None:
    """Solves the task on stdin."""
    task = json.load(sys.stdin)
    problem = problem_of(read_instance(task["instance"]))
    budget = Budget(seconds=task["seconds"], cores=task["cores"])
    solve(problem, replace(budget, seconds=0.1), task["seed"] + 1)
    best: int | None = None

    def watch(progress: Progress) -> bool:
        nonlocal best
        if best is None or progress.repeats < best:
            best = progress.repeats
            print(json.dumps({"seconds": time.perf_counter() - began, "wasted": best}), flush=True)
        return True

    began = time.perf_counter()
    schedule = solve(problem, budget, task["seed"], watch=watch)
    print(json.dumps({"seconds": time.perf_counter() - began, "wasted": schedule.repeats}))
    print(json.dumps(write_seats(schedule.rounds) | {"bound": schedule.bound}))


if __name__ == "__main__":
    main()
