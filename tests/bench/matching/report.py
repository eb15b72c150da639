"""The runs as a table: for readers (markdown) and for spreadsheets (CSV)."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

from tests.bench.matching.contest import Kind, Method, Run

LEGEND = """
Meetings of two who met before; in brackets the time until there were none.
"+ 2 hard": so many hard rules are broken. "none": no plan was found. "-": the engine had proven its plan the best.
"""
FIELDS = ("instance", "method", "seconds", "wasted", "bound", "gap", "to_zero", "hard", "note")


def best_bounds(runs: Sequence[Run]) -> dict[str, int]:
    """What no plan of each instance can avoid, by the best proof of any method."""
    bounds: dict[str, int] = {}
    for run in runs:
        bounds[run.instance] = max(bounds.get(run.instance, 0), run.bound)
    return bounds


def as_csv(runs: Sequence[Run]) -> str:
    """A line for each run."""
    bounds = best_bounds(runs)
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(FIELDS)
    for run in runs:
        gap = "" if run.wasted is None else run.wasted - bounds[run.instance]
        zero = "" if run.to_zero is None else f"{run.to_zero:.4f}"
        wasted = "" if run.wasted is None else run.wasted
        lines.writerow(
            (
                run.instance,
                run.method,
                run.seconds,
                wasted,
                bounds[run.instance],
                gap,
                zero,
                run.hard,
                run.note,
            )
        )
    return text.getvalue()


def as_markdown(runs: Sequence[Run]) -> str:
    """A table for each length of time: meetings wasted, and beside them how soon there were none."""
    bounds = best_bounds(runs)
    names = list(dict.fromkeys(run.method for run in runs))
    parts: list[str] = []
    for seconds in dict.fromkeys(run.seconds for run in runs):
        parts += [f"### {seconds:g} seconds", "", f"| instance | bound | {' | '.join(map(str, names))} |"]
        parts.append("|---|---:|" + "---:|" * len(names))
        for instance in dict.fromkeys(run.instance for run in runs if run.seconds == seconds):
            cells = [_cell(_found(runs, instance, name, seconds)) for name in names]
            parts.append(f"| {instance} | {bounds[instance]} | {' | '.join(cells)} |")
        parts.append("")
    return "\n".join(parts) + LEGEND


def against_cpsat(runs: Sequence[Run]) -> list[str]:
    """Where the engine has no plan, or more than a quarter of CP-SAT's waste above the bound on the same cores."""
    bounds = best_bounds(runs)
    lines: list[str] = []
    for run in runs:
        if run.method.kind is not Kind.ENGINE:
            continue
        if run.wasted is None or run.hard:
            lines.append(f"{run.instance}, {run.seconds:g} s, {run.method}: no plan that keeps every rule")
            continue
        other = _found(runs, run.instance, replace(run.method, kind=Kind.CPSAT), run.seconds)
        if other is None or other.wasted is None or other.hard:
            continue
        own, theirs = run.wasted - bounds[run.instance], other.wasted - bounds[run.instance]
        if 4 * own > theirs:
            lines.append(f"{run.instance}, {run.seconds:g} s, {run.method}: {own} above the bound, CP-SAT {theirs}")
    return lines


def _found(runs: Sequence[Run], instance: str, method: Method, seconds: float) -> Run | None:
    return next((run for run in runs if (run.instance, run.method, run.seconds) == (instance, method, seconds)), None)


def _cell(run: Run | None) -> str:
    if run is None:
        return "-"
    if run.wasted is None:
        return "none"
    zero = "" if run.to_zero is None else f" ({run.to_zero:.3f} s)"
    return f"{run.wasted}{zero}" + (f" + {run.hard} hard" if run.hard else "")
