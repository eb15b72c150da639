"""Measures the matching engine: `make bench-matching`, with FULL=1 on all instances, and for 10 and 60 seconds as well.

Writes build/bench-matching/: targets.md, contest.md, contest.csv and contest.svg.
"""

import sys
from pathlib import Path

from tests.bench.matching import moved, report, targets
from tests.bench.matching.contest import Run, check_ready, contest
from tests.bench.matching.kinds import contestants, event, with_companies, with_everything
from tests.bench.matching.plot import plot

FOLDER = Path("build/bench-matching")


def main(full: bool) -> None:
    """Measures the targets, then holds the contest; what is done is written after each run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    instances = list(contestants(full))
    check_ready(instances)
    found: list[targets.Row] = []
    for row in targets.rows():
        found.append(row)
        print(f"{'ok    ' if row.met else 'NOT OK'}  {row.name}: {row.figure} (must: {row.target})", flush=True)
    (FOLDER / "targets.md").write_text(targets.as_markdown(found))
    runs: list[Run] = []
    for run in contest(instances, budgets=(2, 10, 60) if full else (2,)):
        runs.append(run)
        wasted = "none" if run.wasted is None else f"{run.wasted} wasted"
        print(f"{run.seconds:g} s  {run.instance}  {run.method}: {wasted}  {run.note}", flush=True)
        (FOLDER / "contest.csv").write_text(report.as_csv(runs))
    changes = moved.moved([event("37/5x4", 37, 5, 4), with_companies(), with_everything()])
    tables = report.as_markdown(runs) + "\n" + moved.as_markdown(list(changes))
    (FOLDER / "contest.md").write_text(tables)
    (FOLDER / "contest.svg").write_text(plot(runs))
    print("\n" + tables)
    behind = report.against_cpsat(runs)
    print("CP-SAT has four times the engine's waste above the bound, or more" + (", but:" if behind else " everywhere"))
    print("\n".join(behind))
    print(f"written to {FOLDER}/")


if __name__ == "__main__":
    main(full="--full" in sys.argv[1:])
