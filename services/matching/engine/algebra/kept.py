"""Base rounds that a search of this package found once, and everybody has at once since."""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.starter import Turning

FILE = Path(__file__).with_name("starters.json")
"""One per line: how many sit in a group, turns, orbits, fixed people, and the base rounds, group after group.

All were found by annealing as in `annealing`; none is copied from a table.
"""


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
