"""How many empty groups of a running round are opened: what an organiser would do with those who have no seat."""

from collections.abc import Sequence
from heapq import heapify, heapreplace

from services.matching.engine.problem import Problem


def worth_opening(problem: Problem, counts: Sequence[int], waiting: int, most: int, empty: int) -> int:
    """So many of the empty groups are opened for those who wait, beside groups in which so many sit.

    As few people as can be sit out, each group that is opened gets `smallest`, and the sizes are as near to the wished
    one as they can be while nobody moves for it; of equals, in smaller groups.
    """
    best, opened = _judged(problem, counts, waiting, most, 0), 0
    for groups in range(1, min(empty, max(waiting // problem.smallest, not counts)) + 1):
        found = _judged(problem, counts, waiting, most, groups)
        if found > best:
            break
        best, opened = found, groups
    return opened


def _judged(problem: Problem, counts: Sequence[int], waiting: int, most: int, groups: int) -> tuple[int, int, int]:
    """(people too few, people who sit out, distance from the wished size): with so many groups opened."""
    sizes = [*counts, *[0] * groups]
    heapify(sizes)
    out = waiting
    while sizes and out and sizes[0] < most:
        heapreplace(sizes, sizes[0] + 1)
        out -= 1
    alone = len(sizes) == 1
    missing = 0 if alone else sum(max(0, problem.smallest - size) for size in sizes)
    return missing, out, sum((size - problem.group_size) ** 2 for size in sizes)
