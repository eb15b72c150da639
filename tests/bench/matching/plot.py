"""Waste over time as small pictures beside one another (SVG), one for each instance."""

import math
from collections.abc import Iterator, Sequence

from tests.bench.matching.contest import Method, Run

PANEL, PLOT, HIGH = 360, 280, 150
COLUMNS = 3
FIRST = 0.001
"""Seconds at the left edge; time runs by powers of ten."""

STYLE = """
svg { --paper: #ffffff; --ink: #1c2430; --faint: #5b6675; --line: #c6cdd6;
      --c0: #5b6675; --c1: #d98a00; --c2: #2f6fb5; --c3: #c2272d; --c4: #12877a; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14181e; --ink: #e9edf2; --faint: #a0abb9; --line: #3a4451;
        --c0: #a0abb9; --c1: #f0b13c; --c2: #6aa9ee; --c3: #ff6b6b; --c4: #45c9b6; }
}
text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--faint); }
.head { font-size: 13px; font-weight: 600; fill: var(--ink); }
.paper { fill: var(--paper); } .axis { fill: none; stroke: var(--line); }
.c0, .c1, .c2, .c3, .c4 { fill: none; stroke-width: 2; }
.c0 { stroke: var(--c0); stroke-dasharray: 4 4; } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); }
.c3 { stroke: var(--c3); stroke-dasharray: 8 3; } .c4 { stroke: var(--c4); stroke-dasharray: 8 3; }
"""


def plot(runs: Sequence[Run]) -> str:
    """The picture of each method's longest run of each instance."""
    longest = max(run.seconds for run in runs)
    shown = list({(run.instance, run.method): run for run in sorted(runs, key=lambda run: run.seconds)}.values())
    names = list(dict.fromkeys(run.method for run in shown))
    instances = list(dict.fromkeys(run.instance for run in shown))
    width = COLUMNS * PANEL
    height = 50 + -(-len(instances) // COLUMNS) * (HIGH + 70)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'<style>{STYLE}</style><rect class="paper" width="{width}" height="{height}"/>',
    ]
    for index, name in enumerate(names):
        x = 20 + index * 170
        parts.append(f'<path class="c{index}" d="M{x} 20h28"/><text x="{x + 34}" y="24">{name}</text>')
    for index, instance in enumerate(instances):
        of_it = [run for run in shown if run.instance == instance]
        parts += _panel(of_it, names, longest, 50 + index % COLUMNS * PANEL, 70 + index // COLUMNS * (HIGH + 70))
    return "\n".join([*parts, "</svg>\n"])


def _panel(runs: Sequence[Run], names: Sequence[Method], longest: float, x: float, y: float) -> Iterator[str]:
    most = max((wasted for run in runs for _, wasted in run.curve), default=1) or 1
    yield f'<text class="head" x="{x}" y="{y - 10}">{runs[0].instance}</text>'
    yield f'<path class="axis" d="M{x} {y}v{HIGH}h{PLOT}"/>'
    yield f'<text x="{x - 6}" y="{y + 8}" text-anchor="end">{most}</text>'
    yield f'<text x="{x - 6}" y="{y + HIGH + 4}" text-anchor="end">0</text>'
    for power in range(round(math.log10(FIRST)), math.floor(math.log10(longest)) + 1):
        right = x + _right(10.0**power, longest)
        yield f'<text x="{right:.0f}" y="{y + HIGH + 16}" text-anchor="middle">{10.0**power:g} s</text>'
    for run in runs:
        if not run.curve:
            continue
        path, last = "", 0.0
        for seconds, wasted in run.curve:
            right, down = x + _right(seconds, longest), y + HIGH - HIGH * math.sqrt(wasted / most)
            path += f"H{right:.1f}V{down:.1f}" if path else f"M{right:.1f} {down:.1f}"
            last = right
        if last < x + PLOT:
            path += f"H{x + PLOT}"
        yield f'<path class="c{names.index(run.method)}" d="{path}"/>'


def _right(seconds: float, longest: float) -> float:
    """How far right of the left edge."""
    part = math.log(max(seconds, FIRST) / FIRST) / math.log(longest / FIRST)
    return PLOT * min(1.0, part)
