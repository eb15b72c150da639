"""Base rounds and shifts of columns that were found once, here or by others, and everybody has at once since."""

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.starter import Turning
from services.matching.engine.arrays import Ints

STARTERS = Path(__file__).with_name("starters.json")
"""One per line: how many sit in a group, turns, orbits, fixed people, and the base rounds, group after group.

Rounds that stand `still` come after all turns: groups across the orbits, or the orbits themselves. All were found by
annealing as in `annealing`, but for those of 85 people: they are a packing of the lines of PG(3, 4), in which points of
a fifth of the Singer cycle turn, found by exact cover. None is copied from a table.
"""

PUBLISHED = Path(__file__).with_name("published.json")
"""One per line: groups, how many sit in one, moves, the source, and for each base round what keeps it and some groups.

Points are numbered so that move m takes point p to p ^ m. The moves that keep a base round make all its groups of those
that are said, and the others make further rounds of it.
"""

SQUARES = Path(__file__).with_name("squares.json")
"""One per line: groups, as many as sit in one, and columns of numbers below one less, or null, with one for each round.

Quasi-difference matrices, and so orthogonal Latin squares: a number turns, null doesn't, and each of the columns that
come of it is a person who sits in the groups it names. All were found by annealing; none is copied from a table.
"""

SHIFTS = Path(__file__).with_name("shifts.json")
"""One per line: groups, and for each of as many rounds the shift of each column, in the ring of that order.

Also known as difference matrices. All were found by trying column after column, the one for 12 among all shifts, the
others among those that turn into themselves when every sign changes; none is copied from a table.
"""


class Starter(NamedTuple):
    """Base rounds that turn, and rounds that stand still: all together without a repeat."""

    size: int
    turning: Turning
    bases: list[list[int]]
    still: list[list[int]]

    @property
    def rounds(self) -> int:
        """How many they become."""
        return len(self.bases) * self.turning.turns + len(self.still)

    def expanded(self) -> Ints:
        """[rounds, groups, size]"""
        turning = self.turning.expand(np.array(self.bases), self.size)
        return np.concatenate([turning, np.array(self.still, dtype=np.int64).reshape(-1, *turning.shape[1:])])


@lru_cache(maxsize=1)
def shifts() -> dict[int, Ints]:
    """[rounds, columns] of what is kept, by the number of groups."""
    return {entry["groups"]: np.array(entry["shifts"], dtype=np.int64) for entry in json.loads(SHIFTS.read_text())}


@lru_cache(maxsize=1)
def starters() -> dict[tuple[int, int], list[Starter]]:
    """What is kept, by (groups, size)."""
    found: dict[tuple[int, int], list[Starter]] = {}
    for entry in json.loads(STARTERS.read_text()):
        turning = Turning(entry["turns"], entry["orbits"], entry["fixed"])
        starter = Starter(entry["size"], turning, entry["bases"], entry.get("still", []))
        found.setdefault((turning.people // starter.size, starter.size), []).append(starter)
    return found


def kept(groups: int, size: int, rounds: int) -> Design | None:
    """The first so many rounds of what is kept for these groups."""
    for starter in starters().get((groups, size), []):
        if rounds <= starter.rounds:
            return Design(starter.expanded()[:rounds], columns=False)
    whole = squares().get(groups) if size == groups else published().get((groups, size))
    return None if whole is None or rounds > len(whole) else Design(whole[:rounds], columns=False)


@lru_cache(maxsize=1)
def published() -> dict[tuple[int, int], Ints]:
    """[rounds, groups, size] of what was published, by (groups, size)."""
    return {
        (entry["groups"], entry["size"]): np.array(
            [
                _moved(base["groups"], first ^ np.array(base["kept_by"]))
                for base in entry["bases"]
                for first in range(entry["moves"])
                if first == min(first ^ move for move in base["kept_by"])
            ]
        )
        for entry in json.loads(PUBLISHED.read_text())
    }


@lru_cache(maxsize=1)
def squares() -> dict[int, Ints]:
    """[rounds, groups, size] of what is kept, by the number of groups, which is how many sit in one."""
    found: dict[int, Ints] = {}
    for entry in json.loads(SQUARES.read_text()):
        groups, columns = entry["groups"], entry["columns"]
        turns = groups - 1
        still = [[turns] * len(columns[0])]
        turned = [[turns if i is None else (i + x) % turns for i in column] for column in columns for x in range(turns)]
        found[groups] = np.argsort(np.array(still + turned), axis=0, kind="stable").T.reshape(-1, groups, groups)
    return found


def _moved(groups: list[list[int]], moves: Ints) -> Ints:
    """What the moves make of the groups, each group once."""
    points = np.array(groups) ^ moves[:, None, None]
    return np.unique(np.sort(points.reshape(-1, len(groups[0]))), axis=0)
