"""How many repeats no schedule can avoid: each part is a proof, none an estimate."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain, combinations

import numpy as np

from services.matching.engine.apart import apart
from services.matching.engine.arrays import Bools, Ints, Keys, ends_of
from services.matching.engine.densest import most_new_meetings
from services.matching.engine.problem import Argument, Bound, Freedom, Group, Problem, even_sizes, group_sizes
from services.matching.engine.tally import repeats

MOST_SEARCHED = 200
"""People among whom the best groups are looked for."""
NODES = 4_000_000
"""So many groups are looked at, unless said otherwise: about a second."""


def least_repeats(
    problem: Problem,
    decided: dict[int, tuple[Group, ...]],
    nodes: int = NODES,
    stop: Callable[[], bool] = lambda: False,
) -> Bound:
    """The fewest repeats of any schedule whose held and running rounds are as `decided`, and why.

    What the decided rounds repeat is fixed. In the free rounds a meeting is new only between two who may meet and have
    not met before, so there are no more new meetings than
    - pairs that may still meet and are present together,
    - half the sum over people of the least of their possible new partners and the chairs beside them, without those on
      which somebody sits who must,
    - what the best groups around each person have of them;
    and a group of more people than the next round has groups must send two of them into one group again, as must some
    group of six groups of six when they meet four times. What is known counts when the look for the best groups is to
    stop.
    """
    fixed = repeats(problem, decided.values())
    free = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE and round_.present]
    least = _in_free_rounds(problem, decided, free, nodes, stop) if free else Bound(0, Argument.NONE)
    if fixed and not least.repeats:
        return Bound(fixed, Argument.DECIDED)
    return Bound(fixed + least.repeats, least.argument)


def _in_free_rounds(
    problem: Problem, decided: dict[int, tuple[Group, ...]], free: list[int], nodes: int, stop: Callable[[], bool]
) -> Bound:
    present: Bools = np.zeros((len(free), problem.people), dtype=np.bool_)
    for row, r in enumerate(free):
        present[row, list(problem.rounds[r].present)] = True
    sizes = [group_sizes(problem, r) for r in free]
    slots = sum(_pairs(size) * groups for size, groups in Counter(chain(*sizes)).items())
    together = problem.together_pairs()
    by_order = [int((present[:, a] & present[:, b]).sum()) for a, b in together]
    met = met_before(problem, decided)
    never = ruled_out(problem, np.concatenate([met, _ends(together)]))
    partners = _partners(present, never)
    chairs = _chairs(present, sizes, dict(zip(together, by_order, strict=True)))
    needed = slots - sum(by_order)
    again_by_order = sum(max(0, times - 1) for times in by_order)
    found = {
        Argument.PAIRS: needed - int(partners.sum()) // 2,
        Argument.PARTNERS: needed - int(np.minimum(partners, chairs).sum()) // 2,
        Argument.SPREAD: max(
            _two_rounds(present, sizes) - again_by_order, _after_decided(present, sizes, decided, together)
        ),
        Argument.SQUARES: _no_third_square(present, sizes) - again_by_order,
    }
    if met.size and never is not None and problem.people <= MOST_SEARCHED and bool((present == present[0]).all()):
        found[Argument.GROUPS] = needed - _in_best_groups(present[0], sizes, never, nodes, stop)
    argument = max(found, key=lambda argument: found[argument])
    return Bound(found[argument], argument) if found[argument] > 0 else Bound(0, Argument.NONE)


def met_before(problem: Problem, decided: dict[int, tuple[Group, ...]]) -> Keys:
    """(pairs, 2): who met before, in the history or in rounds that are decided."""
    sharing = (combinations(group.people, 2) for groups in decided.values() for group in groups)
    return np.concatenate([ends_of(problem.history), _ends(chain.from_iterable(sharing))])


def _ends(pairs: Iterable[tuple[int, int]]) -> Keys:
    return np.array(list(pairs), dtype=np.int32).reshape(-1, 2)


def ruled_out(problem: Problem, met: Keys) -> Bools | None:
    """For each two people whether they can't meet for the first time; None: all can."""
    found = apart(problem)
    if met.size:
        first, second = met.T
        found = np.zeros((problem.people, problem.people), dtype=np.bool_) if found is None else found
        found[first, second] = found[second, first] = True
    return found


def _in_best_groups(
    present: Bools, sizes: list[list[int]], ruled_out: Bools, nodes: int, stop: Callable[[], bool]
) -> int:
    """The most new meetings of rounds of the same people when each group were the best around all of its people."""
    new: Bools = ~np.eye(len(present), dtype=np.bool_) & ~ruled_out
    there: Ints = np.flatnonzero(present)
    among: Bools = np.ascontiguousarray(new[np.ix_(there, there)])
    alone = {1} if any(sum(each) < len(there) for each in sizes) else set[int]()
    return most_new_meetings(among, alone.union(*sizes), len(sizes), nodes, stop)


def _partners(present: Bools, ruled_out: Bools | None) -> Ints:
    """For each person, how many they may still meet for the first time: of those present with them."""
    if bool((present == present[0]).all()):
        never = 0 if ruled_out is None else ruled_out.sum(axis=1, where=present[0])
        return present[0] * (int(present[0].sum()) - 1 - never)
    patterns, pattern_of, people = np.unique(present.T, axis=0, return_inverse=True, return_counts=True)
    at_once: Bools = np.any(patterns[:, None, :] & patterns[None, :, :], axis=2)
    partners: Ints = (at_once * people).sum(axis=1)[pattern_of.ravel()] - present.any(axis=0)
    if ruled_out is None:
        return partners
    return partners - np.count_nonzero(ruled_out & at_once[np.ix_(pattern_of.ravel(), pattern_of.ravel())], axis=1)


def _chairs(present: Bools, sizes: list[list[int]], by_order: dict[tuple[int, int], int]) -> Ints:
    """For each person, the chairs beside them in all rounds that nobody takes who must sit there.

    Also where one of two who stay together sits out or apart: that leaves each a chair, and so one meeting more at most
    is new, while one fewer is by order.
    """
    beside: Ints = np.array([max(round_sizes, default=1) - 1 for round_sizes in sizes], dtype=np.int64)
    chairs: Ints = (present * beside[:, None]).sum(axis=0)
    for (a, b), times in by_order.items():
        chairs[[a, b]] -= times
    return chairs.clip(0)


def _two_rounds(present: Bools, sizes: list[list[int]]) -> int:
    """Repeats that any two rounds with the same people force, averaged over all pairs of rounds.

    A pair that meets m times is counted in C(m,2) pairs of rounds, and C(m,2) <= rounds/2 x (m-1).
    """
    rounds = len(sizes)
    if rounds < 2 or max(max(each, default=0) for each in sizes) <= min(len(each) for each in sizes):
        return 0
    total = 0
    for r in range(rounds):
        for s in range(r + 1, rounds):
            seats = int(present[r].sum())
            if bool((present[r] == present[s]).all()) and sum(sizes[r]) == seats == sum(sizes[s]):
                total += max(_forced(sizes[r], len(sizes[s])), _forced(sizes[s], len(sizes[r])))
    return -(-2 * total // rounds)


def _after_decided(
    present: Bools, sizes: list[list[int]], decided: dict[int, tuple[Group, ...]], together: Iterable[tuple[int, int]]
) -> int:
    """Repeats that each round forces by spreading the groups of a decided one over fewer groups than those have people.

    But for those who must sit together.
    """
    total = 0
    for there, round_sizes in zip(present, sizes, strict=True):
        large = ([g.people for g in groups if len(g.people) > len(round_sizes)] for groups in decided.values())
        sat = [[int(there[list(people)].sum()) for people in groups] for groups in large]
        if any(sat) and sum(round_sizes) == there.sum():
            by_order = sum(int(there[a] & there[b]) for a, b in together)
            total += max(0, max(_forced(counts, len(round_sizes)) for counts in sat) - by_order)
    return total


def _no_third_square(present: Bools, sizes: list[list[int]]) -> int:
    """Four rounds of six groups of six would be two orthogonal Latin squares of order six: Tarry found none."""
    whole = Counter(row.tobytes() for row, size in zip(present, sizes, strict=True) if size == [6] * 6)
    return int(max(whole.values(), default=0) > 3)


def _forced(sizes: list[int], groups: int) -> int:
    return sum(_pairs(part) for size in sizes for part in even_sizes(size, groups))


def _pairs(size: int) -> int:
    return size * (size - 1) // 2
