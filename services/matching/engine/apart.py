"""Who may never share a group, of thousands of people too."""

import numpy as np

from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.problem import Problem


def apart(problem: Problem, rows: slice = slice(None)) -> Bools | None:
    """For each two people whether they are of one company or kept apart, not so with themselves; None: nobody is.

    `rows`: with all others, for these people alone.
    """
    if not problem.company and not problem.keep_apart:
        return None
    people: Ints = np.arange(problem.people)[rows]
    company: Ints = np.array(problem.company or [-1] * problem.people, dtype=np.int64)
    found: Bools = company[people, None] == company
    found[company[people] < 0] = False
    found[np.arange(len(people)), people] = False
    if problem.keep_apart:
        pairs: Ints = np.array(problem.keep_apart, dtype=np.int64)
        for first, second in (pairs.T, pairs.T[::-1]):
            here = np.isin(first, people)
            found[first[here] - people[0], second[here]] = True
    return found
