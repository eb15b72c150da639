"""Who has a seat where there are fewer seats than people."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.matching.engine.collisions.seatable import seatable
from services.matching.engine.problem import Group, Problem
from services.matching.engine.search.alone import MOST_TRIED, NODES, fewest_broken, has_rules, rules_alone

MOST_TURNS = 7
"""Of so many different turns the price of the last is still below that of a broken rule; later ones are as dear."""


def times_out(problem: Problem, decided: Mapping[int, tuple[Group, ...]]) -> Counter[int]:
    """How often each sat out before the free rounds."""
    times = Counter(dict(enumerate(problem.sat_out)))
    for r, groups in decided.items():
        times.update(set(problem.rounds[r].present) - {person for group in groups for person in group.people})
    return times


def who_sits(
    problem: Problem,
    sat_out: Counter[int],
    free: Sequence[int],
    sizes: Sequence[Sequence[int]],
    rng: np.random.Generator,
) -> list[list[int]]:
    """Who has a seat in each free round: who sat out least goes without, as far as rules can be kept then."""
    times = sat_out.copy()
    result: list[list[int]] = []
    for r, groups in zip(free, sizes, strict=True):
        present = problem.rounds[r].present
        over = len(present) - sum(groups)
        if over > 0:
            pinned = {person for group in problem.rounds[r].pinned for person in group.people}
            bound = {person for block in problem.blocks_of(present) for person in block}
            chance = dict(zip(present, rng.random(len(present)), strict=True))
            turn = sorted(present, key=lambda i: (i in pinned, times[i], i in bound, chance[i]))
            sitting = sorted(set(present) - _out(_crowds(problem, present, groups), turn, over, pinned))
            if _collides(problem, r, sitting, groups):
                sitting = _fairest(problem, r, times, groups)
            present = tuple(sitting)
            times.update(set(problem.rounds[r].present).difference(present))
        result.append(list(present))
    return result


def _collides(problem: Problem, r: int, sitting: Sequence[int], sizes: Sequence[int]) -> bool:
    """It is known that these people can't sit by all rules."""
    if len(problem.rounds[r].present) > MOST_TRIED or not has_rules(problem):
        return False
    return seatable(rules_alone(problem, r, sitting, sizes), NODES) is False


def _fairest(problem: Problem, r: int, times: Mapping[int, int], sizes: Sequence[int]) -> list[int]:
    """Who sits where as few rules are broken as can be, and of those who sit out the least often one did most."""
    present = problem.rounds[r].present
    rank = {often: turn for turn, often in enumerate(sorted({times[person] for person in present}))}
    weight = len(present) - sum(sizes) + 1
    dear = tuple(weight ** min(rank.get(times[person], 0), MOST_TURNS) - 1 for person in range(problem.people))
    groups = fewest_broken(replace(problem, sat_out=dear), r, present, sizes)
    return sorted(person for group in groups for person in group.people)


def _crowds(problem: Problem, present: Sequence[int], sizes: Sequence[int]) -> list[tuple[set[int], int]]:
    """Those of a company with more people than there are groups, or of a block larger than any; how many may sit."""
    companies: dict[int, set[int]] = {}
    for person in present if problem.company else ():
        companies.setdefault(problem.company[person], set()).add(person)
    companies.pop(-1, None)
    blocks = ((set(block), max(sizes, default=0)) for block in problem.blocks_of(present))
    parties = [*((people, len(sizes)) for people in companies.values()), *blocks]
    return [(people, most) for people, most in parties if len(people) > most]


def _out(crowds: Sequence[tuple[set[int], int]], turn: Sequence[int], over: int, pinned: Collection[int]) -> set[int]:
    """The first whose turn it is, but before them those of a crowd until as many are left of it as may sit.

    Who is pinned sits, whatever their company.
    """
    out = set[int]()
    for person in turn:
        if (
            person not in pinned
            and len(out) < over
            and any(person in people and len(people - out) > most for people, most in crowds)
        ):
            out.add(person)
    return out.union([person for person in turn if person not in out][: over - len(out)])
