"""How many repeats no schedule can avoid: each part is a proof, none an estimate."""

import numpy as np

from services.matching.engine.arrays import Bools
from services.matching.engine.problem import Freedom, Group, Problem, even_sizes, group_count, ordered
from services.matching.engine.verify import repeats


def least_repeats(problem: Problem, decided: dict[int, tuple[Group, ...]]) -> int:
    """The fewest repeats of any schedule whose held and running rounds are as `decided`.

    What the decided rounds repeat is fixed. In the free rounds a meeting is new only between two who may meet and have
    not met before, so there are no more new meetings than
    - pairs that may still meet and are present together,
    - half the sum over people of the least of their possible new partners and the chairs beside them;
    and a group of more people than the next round has groups must send two of them into one group again.
    """
    fixed_repeats = repeats(problem, decided.values())
    free = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE]
    if not free:
        return fixed_repeats
    present = np.zeros((len(free), problem.people), dtype=bool)
    sizes: list[list[int]] = []
    for row, r in enumerate(free):
        members = problem.rounds[r].present
        present[row, list(members)] = True
        sizes.append(even_sizes(len(members), group_count(len(members), problem.group_size, problem.smallest)))
    slots = sum(_pairs(size) for round_sizes in sizes for size in round_sizes)
    together = problem.together_pairs()
    ordered_meetings = sum(int((present[:, a] & present[:, b]).sum()) for a, b in together)
    new = _may_be_new(problem, decided, present)
    chairs = np.zeros(problem.people)
    for row, round_sizes in enumerate(sizes):
        chairs += present[row] * (max(round_sizes, default=1) - 1)
    partners = new.sum(axis=1)
    by_person = int(np.minimum(partners, chairs).sum()) // 2
    by_pairs = int(partners.sum()) // 2
    free_repeats = max(
        slots - ordered_meetings - min(by_person, by_pairs), _two_rounds(present, sizes) - ordered_meetings, 0
    )
    return fixed_repeats + free_repeats


def _may_be_new(problem: Problem, decided: dict[int, tuple[Group, ...]], present: Bools) -> Bools:
    together_in_time: Bools = np.logical_or.reduce(present[:, :, None] & present[:, None, :], axis=0)
    np.fill_diagonal(together_in_time, False)
    met = {ordered(a, b) for a, b, _ in problem.history}
    met |= {
        ordered(a, b)
        for groups in decided.values()
        for group in groups
        for a in group.people
        for b in group.people
        if a != b
    }
    for a, b in met | problem.apart_pairs() | problem.together_pairs():
        together_in_time[a, b] = together_in_time[b, a] = False
    return together_in_time


def _two_rounds(present: Bools, sizes: list[list[int]]) -> int:
    """Repeats that any two rounds with the same people force, averaged over all pairs of rounds.

    A pair that meets m times is counted in C(m,2) pairs of rounds, and C(m,2) <= rounds/2 x (m-1).
    """
    rounds = len(sizes)
    total = 0
    for r in range(rounds):
        for s in range(r + 1, rounds):
            if bool((present[r] == present[s]).all()):
                total += max(
                    sum(_spread(size, len(sizes[s])) for size in sizes[r]),
                    sum(_spread(size, len(sizes[r])) for size in sizes[s]),
                )
    return -(-2 * total // rounds) if rounds > 1 else 0


def _spread(people: int, groups: int) -> int:
    """The fewest pairs that share a group when so many people are spread over so many groups."""
    return sum(_pairs(size) for size in even_sizes(people, groups))


def _pairs(size: int) -> int:
    return size * (size - 1) // 2
