"""What it costs that two share a group: rules above repeats above wishes."""

from functools import lru_cache

import numpy as np

from services.matching.engine.arrays import Prices

BROKEN = 1_000_000
REPEAT = 10_000
WISH = REPEAT // 1000
"""A repeat is worth a wish of weight 1000, or several together that weigh as much."""
TIMID = 25
"""Wishes that may cost no repeat weigh so many times less: twenty of them together are less than one repeat."""
OFTEN = 50
"""A repeat costs more the more (and the more recent) the earlier meetings: this much for each, up to MOST_OFTEN."""
MOST_OFTEN = 20.0
LED_BEFORE = 300
TIMES = 64
"""So many meetings in free rounds are told apart."""
LEVELS = 20
"""The weights of earlier meetings are told apart in steps of 1/LEVELS."""

Kind = tuple[int, int, int, int]
"""(rule broken, weight of earlier meetings x LEVELS, wish against, wish for); with a leader it begins with LEADER."""
LEADER = 2
EMPTY = -2
"""The kind of the empty seat, which costs nothing beside anybody."""
TOGETHER = -1
"""Who is to stay together saves a broken rule by it; a board counts each such pair as torn to begin with.

A search to which blocks that can't stay whole cost nothing stopped at 42 repeats where 8 would do."""


@lru_cache(maxsize=4096)
def prices(kind: Kind, divided: int) -> Prices:
    """What it costs two of that kind to meet once more, for each number of free rounds that they share already."""
    return np.array([price(kind, times, divided) for times in range(TIMES)], dtype=np.int64)


def price(kind: Kind, times: int, divided: int) -> int:
    """What it costs two of that kind to meet once more, when they share so many free rounds already."""
    rule, level, against, wanted = kind
    if rule < 0:
        return -BROKEN if rule == TOGETHER else 0
    before = level / LEVELS + times
    often = min(before, MOST_OFTEN)
    if rule >= LEADER:
        return round(LED_BEFORE * often) + (rule - LEADER) * BROKEN
    repeat = REPEAT + round(OFTEN * often) if before > 0 else 0
    return repeat + rule * BROKEN + WISH * (against - (wanted if before == 0 else 0)) // divided
