"""Rounds of pairs until everybody met everybody: the circle, on which all but one turn."""

import numpy as np

from services.matching.engine.algebra.design import Design


def in_pairs(groups: int, rounds: int) -> Design | None:
    """So many rounds of pairs; in each another one, in order, is in the first group, with the last point.

    Without that point they are rounds of one fewer, in each of which another one sits out.
    """
    others = 2 * groups - 1
    if rounds > others:
        return None
    turn, apart = np.arange(rounds)[:, None], np.arange(groups)
    pairs = np.stack([turn + apart, turn - apart], axis=2) % others
    pairs[:, 0, 1] = others
    return Design(pairs, columns=False)
