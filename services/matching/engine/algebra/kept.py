"""Base rounds and shifts of columns that a search found once, and everybody has at once since."""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.starter import Turning
from services.matching.engine.arrays import Ints

FILE = Path(__file__).with_name("starters.json")
"""One per line: how many sit in a group, turns, orbits, fixed people, and the base rounds, group after group.

All were found by annealing as in `annealing`; none is copied from a table.
"""


SHIFTS = Path(__file__).with_name("shifts.json")
"""One per line: groups, and for each of as many rounds the shift of each column, in the ring of that order.

Also known as difference matrices. All were found by trying column after column, the one for 12 among all shifts, the
others among those that turn into themselves when every sign changes; none is copied from a table.
"""


@lru_cache(maxsize=1)
def shifts() -> dict[int, Ints]:
    """[rounds, columns] of what is kept, by the number of groups."""
    return {entry["groups"]: np.array(entry["shifts"], dtype=np.int64) for entry in json.loads(SHIFTS.read_text())}


@lru_cache(maxsize=1)
def starters() -> dict[tuple[int, int], list[tuple[Turning, list[list[int]]]]]:
    """What is kept, by (groups, size)."""
    found: dict[tuple[int, int], list[tuple[Turning, list[list[int]]]]] = {}
    for entry in json.loads(FILE.read_text()):
        turning = Turning(entry["turns"], entry["orbits"], entry["fixed"])
        found.setdefault((turning.people // entry["size"], entry["size"]), []).append((turning, entry["bases"]))
    return found


def kept(groups: int, size: int, rounds: int) -> Design | None:
    """The first so many rounds of what is kept for these groups."""
    for turning, bases in starters().get((groups, size), []):
        if rounds <= len(bases) * turning.turns:
            return Design(turning.expand(np.array(bases), size)[:rounds], columns=False)
    return None
