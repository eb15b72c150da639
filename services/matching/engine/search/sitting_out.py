"""Who has a seat where there are fewer seats than people."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from services.matching.engine.problem import Group, Problem


def who_sits(
    problem: Problem,
    decided: Mapping[int, tuple[Group, ...]],
    free: Sequence[int],
    sizes: Sequence[Sequence[int]],
    rng: np.random.Generator,
) -> list[list[int]]:
    """Who has a seat in each free round: who sat out least goes without, as far as no company is too large then."""
    times = Counter(dict(enumerate(problem.sat_out)))
    for r, groups in decided.items():
        times.update(set(problem.rounds[r].present) - {person for group in groups for person in group.people})
    result: list[list[int]] = []
    for r, groups in zip(free, sizes, strict=True):
        present = problem.rounds[r].present
        over = len(present) - sum(groups)
        if over > 0:
            pinned = {person for group in problem.rounds[r].pinned for person in group.people}
            bound = {person for block in problem.blocks_of(present) for person in block}
            chance = dict(zip(present, rng.random(len(present)), strict=True))
            out = _out(
                problem.company,
                sorted(present, key=lambda i: (i in pinned, times[i], i in bound, chance[i])),
                over,
                len(groups),
            )
            times.update(out)
            present = tuple(sorted(set(present) - out))
        result.append(list(present))
    return result


def _out(companies: Sequence[int], turn: Sequence[int], over: int, groups: int) -> set[int]:
    """The first whose turn it is, but before them those of a company with more people than there are groups."""
    company = dict(enumerate(companies))
    crowd = Counter(company.get(person, -1) for person in turn)
    crowd[-1] = 0
    out: list[int] = []
    for person in turn:
        if crowd[company.get(person, -1)] > groups and len(out) < over:
            crowd[company[person]] -= 1
            out.append(person)
    return set(out).union([person for person in turn if person not in out][: over - len(out)])
