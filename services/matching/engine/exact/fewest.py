"""The fewest repeats of a few people's rounds: all are tried for which prices leave any hope."""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.apart import apart
from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.bounds import met_before, ruled_out
from services.matching.engine.exact.looking import FOUND, NO_WAY, PAUSED, look
from services.matching.engine.exact.pricing import EXACT, HERE, LATER, Possible, Tree, price_first
from services.matching.engine.problem import Group, Problem, group_sizes
from services.matching.engine.tally import repeats

MOST_PEOPLE, MOST_GROUPS = 62, 40_000
"""Of more people, or of people who may sit in more groups, nothing is tried."""
MOST_GROUPS_OF_EQUALS = 5_000
"""Where nobody met before there are so many ways that are alike that it is done with few groups, or not at all."""
MEETING = 1_000
"""What one is worth in the whole numbers of what a group costs."""

Rounds = list[list[list[int]]]
"""The people of each group of each round."""


class Fewest(NamedTuple):
    """No rounds have fewer repeats than `least`. Where some were come by that have no more, `rounds` are such."""

    least: int
    rounds: Rounds | None


def can_be_tried(problem: Problem, decided: dict[int, tuple[Group, ...]], free: Sequence[int]) -> bool:
    """Whether the free rounds are alike, of few people: some met before, or all are equal; none are kept together."""
    equals = not (problem.history or decided)
    if len(free) < (2 if equals else 1) or problem.keep_together or len(problem.rounds[free[0]].present) > MOST_PEOPLE:
        return False
    people, sizes = set(problem.rounds[free[0]].present), group_sizes(problem, free[0])
    groups = sum(comb(len(people), size) for size in set(_all_sizes(len(people), sizes)))
    if groups > (MOST_GROUPS_OF_EQUALS if equals else MOST_GROUPS) or (equals and _told_apart(problem)):
        return False
    alike = all(set(problem.rounds[r].present) == people and group_sizes(problem, r) == sizes for r in free)
    return alike and len(sizes) > 1 < max(sizes)


def _told_apart(problem: Problem) -> bool:
    never = apart(problem)
    return never is not None and bool(never.any())


def fewest_repeats(
    problem: Problem,
    decided: dict[int, tuple[Group, ...]],
    free: Sequence[int],
    span: tuple[int, int],
    more: Callable[[int], int],
) -> Fewest:
    """The fewest repeats of all rounds, of which so many at least and at most are known.

    Equals can change places, so their first round is any. `more` is asked how many further groups may be looked at,
    when so many of those that may be the first were begun with; when it is 0 what is known by then is told.
    """
    there: Ints = np.array(sorted(problem.rounds[free[0]].present), dtype=np.int64)
    sizes = _all_sizes(len(there), group_sizes(problem, free[0]))
    begun: Rounds = []
    if not (problem.history or decided):
        begun = [[part.tolist() for part in np.split(there, np.cumsum(sizes)[:-1])]]
        decided, free = {free[0]: tuple(Group(0, tuple(people)) for people in begun[0])}, free[1:]
    possible = _possible(
        _among(there, ruled_out(problem, met_before(problem, decided))), _among(there, apart(problem)), sizes
    )
    fixed, (least, most) = repeats(problem, decided.values()), span
    while least < most:
        tree = _tree(possible, sizes, len(free), len(there))
        state = PAUSED if _priced(possible, tree, len(free), least - fixed) else NO_WAY
        while state == PAUSED and (looks := more(_begun(possible, tree))):
            state = look(possible, tree, len(sizes), least - fixed, looks)
        if state == PAUSED:
            break
        if state == FOUND:
            return Fewest(least, begun + _rounds(possible, tree, len(sizes), there))
        least += 1
    return Fewest(least, None)


def _all_sizes(people: int, sizes: Sequence[int]) -> list[int]:
    """Whoever has no seat is a group of one."""
    return [*sizes, *[1] * (people - sum(sizes))]


def _among(there: Ints, which: Bools | None) -> Bools:
    """For each two of these people what is said of two of all; None: nothing is."""
    return np.zeros((len(there), len(there)), dtype=np.bool_) if which is None else which[np.ix_(there, there)]


def _possible(met: Bools, never: Bools, sizes: Sequence[int]) -> Possible:
    """All groups of these sizes but of those who may never share one; `met` says who can't meet for the first time."""
    nobody, kinds = len(met), sorted(set(sizes))
    groups: Ints = np.concatenate([_groups(nobody, size, max(kinds)) for size in kinds])
    first, second = np.array(list(combinations(range(max(kinds)), 2))).T
    groups = groups[~_wider(never, False)[groups[:, first], groups[:, second]].any(axis=1)]
    numbers: Ints = np.zeros(met.shape, dtype=np.int64)
    new = np.triu(~met, 1)
    numbers[new] = np.arange(new.sum())
    no_pair = int(new.sum())
    numbers = np.where(new | new.T, numbers + numbers.T, no_pair)
    pairs: Ints = _wider(numbers, no_pair)[groups[:, first], groups[:, second]]
    size = (groups < nobody).sum(axis=1)
    return Possible(
        masks=np.append(1 << np.arange(nobody), 0)[groups].sum(axis=1),
        members=groups.astype(np.uint16),
        pairs=np.ascontiguousarray(pairs, dtype=np.uint16),
        met=size * (size - 1) // 2 - (pairs < no_pair).sum(axis=1),
        part=1 / size,
        kinds=np.searchsorted(kinds, size),
        pairs_of=np.array([comb(size, 2) for size in kinds], dtype=np.int64),
        slack=np.zeros(len(groups), dtype=np.int64),
        reuse=np.zeros(no_pair + 1, dtype=np.int64),
    )


def _groups(people: int, size: int, places: int) -> Ints:
    """(groups, places): all groups of so many people, with the number after all people on places they don't take."""
    groups: Ints = np.full((comb(people, size), places), people, dtype=np.int64)
    groups[:, :size] = list(combinations(range(people), size))
    return groups


def _wider(table: NDArray[Any], beyond: int) -> NDArray[Any]:
    """With a row and a column more, of that."""
    return np.pad(table, (0, 1), constant_values=beyond)


def _tree(possible: Possible, sizes: Sequence[int], rounds: int, people: int) -> Tree:
    """Before the first group: every one is possible."""
    rows, groups, pairs = rounds * len(sizes), len(possible.masks), len(possible.reuse)

    def numbers(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    tree = Tree(
        row=numbers(1),
        listed=np.zeros(1, dtype=np.bool_),
        looked=numbers(1),
        first=numbers(1),
        groups=np.zeros((2, rows, groups), dtype=np.uint16),
        counts=numbers(2, rows),
        tried=numbers(rows),
        chosen=numbers(rows),
        whose=numbers(rows),
        covered=numbers(rows),
        lacking=numbers(rows, len(possible.pairs_of)),
        repeats=numbers(rows),
        left=numbers(rows),
        used=numbers(pairs),
        sits=np.ones((2, people + 1), dtype=np.bool_),
        pair_prices=np.zeros((rows, pairs)),
        people_prices=np.zeros((rows, 2, people + 1)),
        worth=np.zeros(pairs),
        asked=np.zeros(pairs),
        pairs_way=np.zeros(pairs),
        best=np.zeros((2, people + 1)),
        which=numbers(2, people + 1),
        seats=np.zeros((2, people + 1)),
        people_way=np.zeros((2, people + 1)),
    )
    tree.groups[:, 0], tree.counts[:, 0] = np.arange(groups), groups
    tree.lacking[0] = np.unique(sizes, return_counts=True)[1]
    return tree


def _priced(possible: Possible, tree: Tree, rounds: int, most: int) -> bool:
    """Whether so few repeats may be at the first prices: then what each group costs is put down, and their order."""
    left = price_first(possible, tree, rounds, rounds * int((tree.lacking[0] * possible.pairs_of).sum()) - most)
    if left < -EXACT:
        return False
    people, count = tree.people_prices[0], tree.counts[LATER, 0]
    dear = (tree.best[LATER] + people[LATER])[possible.members].sum(axis=1) - tree.worth[possible.pairs].sum(axis=1)
    possible.slack[:] = np.maximum(0, MEETING * dear)
    possible.reuse[:] = MEETING * tree.worth
    tree.left[0] = int(MEETING * max(0.0, left)) + 1
    groups = tree.groups[LATER, 0, :count]
    groups[:] = groups[np.argsort(possible.slack[groups], kind="stable")]
    tree.groups[HERE, 0], tree.counts[HERE, 0], people[HERE] = tree.groups[LATER, 0], count, people[LATER]
    return True


def _begun(possible: Possible, tree: Tree) -> int:
    """With how many groups, of those that may be the first, the look has begun."""
    tried = tree.groups[HERE, 0, : tree.tried[0]]
    return int((possible.masks[tried] >> tree.first[0] & 1).sum())


def _rounds(possible: Possible, tree: Tree, in_round: int, there: Ints) -> Rounds:
    """The groups that were chosen, of one person where they have no seat."""
    groups = [there[members[members < len(there)]].tolist() for members in possible.members[tree.chosen]]
    return [groups[at : at + in_round] for at in range(0, len(groups), in_round)]
