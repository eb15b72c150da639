"""Who may never share a group, of thousands of people too."""

import numpy as np

from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.problem import Problem


def apart(problem: Problem) -> Bools | None:
    """For each two people whether they are of one company or kept apart, not so with themselves; None: nobody is."""
    if not problem.company and not problem.keep_apart:
        return None
    company: Ints = np.array(problem.company or [-1] * problem.people, dtype=np.int64)
    found: Bools = company[:, None] == company
    found[company < 0] = False
    np.fill_diagonal(found, False)
    if problem.keep_apart:
        first, second = np.array(problem.keep_apart, dtype=np.int64).T
        found[first, second] = found[second, first] = True
    return found
