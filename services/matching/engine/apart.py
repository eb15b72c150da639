"""Who may never share a group, of thousands of people too."""

import numpy as np

from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.problem import Problem


def apart(problem: Problem) -> Bools | None:
    """For each two people whether they are of one company or kept apart, not so with themselves; None: nobody is."""
    if not problem.company and not problem.keep_apart:
        return None
    found: Bools = np.zeros((problem.people, problem.people), dtype=np.bool_)
    company: Ints = np.array(problem.company, dtype=np.int64)
    for number in np.unique(company[company >= 0]).tolist():
        members: Ints = np.flatnonzero(company == number)
        found[np.ix_(members, members)] = len(members) > 1
    np.fill_diagonal(found, False)
    if problem.keep_apart:
        first, second = np.array(problem.keep_apart, dtype=np.int64).T
        found[first, second] = found[second, first] = True
    return found
