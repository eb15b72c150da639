"""A schedule as a picture (SVG): the groups of every round, and below them who met whom as a matrix.

It shows seats and nothing else: no rule or wish can be read from it.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from services.common.counted import counted
from services.matching.engine.files import forms
from services.matching.engine.files.seating import Seats, is_id
from services.matching.engine.problem import ProblemError, ordered

WIDTH = 1160
MARGIN = 24
GAP = 10
LINE = 20
LETTER = 6.5
"""How wide one of a label is in a wide font."""
MATRIX = 960
"""The matrix is as wide at most, whatever the number of people."""
WIDEST_CELL = 28
MOST_IN_MATRIX = 2000
LEVELS = 3
"""Pairs that met once, twice, and more often are told apart."""

STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
       font-size: 13px; fill: #1c2430; font-variant-numeric: tabular-nums; }
.head { font-size: 18px; font-weight: 600; }
.small, .axis { font-size: 11px; fill: #5b6675; }
.again { font-size: 11px; font-weight: 600; fill: #c2272d; }
.paper { fill: #ffffff; }
.box { fill: #f4f6f9; stroke: #c6cdd6; }
.grid { fill: none; stroke: #c6cdd6; stroke-width: 0.5; }
.met1 { fill: #2f6fb5; } .met2 { fill: #d98a00; } .met3 { fill: #c2272d; }
.self { fill: #c6cdd6; }
@media (prefers-color-scheme: dark) {
  text { fill: #e9edf2; }
  .small, .axis { fill: #a0abb9; }
  .again { fill: #ff6b6b; }
  .paper { fill: #14181e; }
  .box { fill: #1e252e; stroke: #3a4451; }
  .grid { stroke: #3a4451; }
  .met1 { fill: #6aa9ee; } .met2 { fill: #f0b13c; } .met3 { fill: #ff6b6b; }
  .self { fill: #3a4451; }
}
"""

Met = Counter[tuple[int, int]]


def draw(schedule: Sequence[Seats]) -> str:
    """The picture of this schedule; it follows the reader's light or dark colours and needs no other file.

    ProblemError names the seat that is nobody's, or a second one of somebody in a round.
    """
    _check(schedule)
    people = sorted({person for seats in schedule for group in seats.people() for person in group})
    parts: list[str] = []
    met: Met = Counter()
    y = MARGIN
    digits = len(str(max(people, default=0)))
    for r, seats in enumerate(schedule):
        drawn, y = _round(r, seats, met, digits, y)
        parts += drawn
    drawn, y = _matrix(people, met, y + GAP)
    title = f"{counted(len(people), 'person', 'people')}, {counted(len(schedule), 'round')}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{y}"/>',
            *parts,
            *drawn,
            "</svg>\n",
        ]
    )


def _check(schedule: Sequence[Seats]) -> None:
    for r, seats in enumerate(schedule):
        seated: set[int] = set()
        for g, group in enumerate(seats.groups):
            for place, entry in enumerate(group):
                field = f"rounds[{r}].groups[{g}][{place}]"
                person = forms.a_whole_number(entry, field, 0)
                if person in seated:
                    raise ProblemError(field, f"seats {person} a second time in this round; seat each once")
                seated.add(person)
        for g, entry in enumerate(seats.moderators):
            if entry is not None:
                forms.a_whole_number(entry, f"rounds[{r}].moderators[{g}]", 0)
        if len(seats.moderators) > len(seats.groups):
            raise ProblemError(f"rounds[{r}].moderators", "are more than there are groups; leave out who leads none")


def _round(r: int, seats: Seats, met: Met, digits: int, y: int) -> tuple[list[str], int]:
    """One round, and where the next one begins; counts its meetings."""
    largest = max((len(group) for group in seats.groups), default=0)
    in_line = max(1, min(largest, 10))
    step = 8 * digits + 8
    labels = [f"group {index + 1}{_led(seats, index)}" for index in range(len(seats.groups))]
    letters = max(map(len, labels), default=0) + len(f"{largest * (largest - 1) // 2} again")
    width = max(in_line * step + 2 * GAP, int(LETTER * letters) + 3 * GAP, 160)
    height = LINE + GAP + LINE * -(-largest // in_line) + 4
    columns = max(1, (WIDTH - 2 * MARGIN + GAP) // (width + GAP))
    parts = [_text(MARGIN, y + 14, f"Round {r + 1}", "head")]
    y += 28
    for index, group in enumerate(seats.people()):
        x = MARGIN + (index % columns) * (width + GAP)
        top = y + (index // columns) * (height + GAP)
        pairs = {ordered(a, b) for a, b in combinations(group, 2)}
        again = sum(met[pair] > 0 for pair in pairs)
        met.update(pairs)
        parts.append(f'<rect class="box" x="{x}" y="{top}" width="{width}" height="{height}" rx="5"/>')
        parts.append(_text(x + GAP, top + 17, labels[index], "small"))
        if again:
            parts.append(_text(x + width - GAP, top + 17, f"{again} again", "again", "end"))
        parts.extend(
            _text(
                x + GAP + place % in_line * step + step - 8, top + 38 + place // in_line * LINE, str(person), "", "end"
            )
            for place, person in enumerate(group)
        )
    rows = -(-len(seats.groups) // columns)
    return parts, y + rows * (height + GAP) + GAP


def _matrix(people: Sequence[int], met: Met, y: int) -> tuple[list[str], int]:
    """Who met whom, and where the picture ends."""
    parts = [_text(MARGIN, y + 14, "Who met whom", "head")]
    y += 28
    times = Counter(min(count, LEVELS) for count in met.values())
    x = MARGIN
    for level, words in enumerate(("once", "twice", "more often"), start=1):
        label = f"{words}: {counted(times[level], 'pair')}"
        parts.append(f'<rect class="met{level}" x="{x}" y="{y}" width="12" height="12"/>')
        parts.append(_text(x + 18, y + 11, label, "small"))
        x += 40 + 7 * len(label)
    y += 2 * LINE
    if not people or len(people) > MOST_IN_MATRIX:
        return [*parts, _text(MARGIN, y, f"No matrix is drawn for {len(people)} people.", "small")], y + MARGIN
    cell = min(WIDEST_CELL, MATRIX / len(people))
    left, side = MARGIN + 44, cell * len(people)
    place = {person: index for index, person in enumerate(people)}
    paths: dict[str, list[str]] = {"self": [_cell(i, i, cell, left, y) for i in range(len(people))]}
    for (a, b), count in sorted(met.items()):
        paths.setdefault(f"met{min(count, LEVELS)}", []).extend(
            (_cell(place[a], place[b], cell, left, y), _cell(place[b], place[a], cell, left, y))
        )
    widest = 8 * len(str(people[-1])) + 2
    every = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200) if step * cell >= widest), 500)
    marks = range(0, len(people), every)
    grid = "".join(
        f"M{left + i * cell:.1f} {y}v{side:.1f}M{left} {y + i * cell:.1f}h{side:.1f}" for i in (*marks, len(people))
    )
    parts += [f'<path class="{name}" d="{"".join(cells)}"/>' for name, cells in sorted(paths.items(), reverse=True)]
    parts.append(f'<path class="grid" d="{grid}"/>')
    for i in marks:
        middle = (i + 0.5) * cell
        parts.append(_text(left + middle, y - 5, str(people[i]), "axis", "middle"))
        parts.append(_text(left - 6, y + middle + 4, str(people[i]), "axis", "end"))
    return parts, int(y + side + MARGIN)


def _cell(row: int, column: int, cell: float, left: float, top: float) -> str:
    """A square of the matrix; a little of the paper stays around it where there is room."""
    inset = cell * 0.06
    size = cell - 2 * inset
    return f"M{left + column * cell + inset:.1f} {top + row * cell + inset:.1f}h{size:.1f}v{size:.1f}h-{size:.1f}z"


def _led(seats: Seats, index: int) -> str:
    if not any(is_id(moderator) for moderator in seats.moderators):
        return ""
    moderator = seats.moderators[index] if index < len(seats.moderators) else None
    return f", moderator {moderator}" if is_id(moderator) else ", no moderator"


def _text(x: float, y: float, words: str, name: str, anchor: str = "") -> str:
    style = f' class="{name}"' if name else ""
    style += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:g}" y="{y:g}"{style}>{words}</text>'
