"""Base rounds that were searched for, and the search for them."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from services.matching.engine.algebra import Design, construct, find_bases
from services.matching.engine.algebra.hunt import prescriptions
from services.matching.engine.algebra.kept import kept, published, squares, starters
from services.matching.engine.algebra.starter import Turning
from tests.support.designs import is_good

KEPT = [
    *((*key, starter.rounds) for key, entries in starters().items() for starter in entries),
    *((*key, len(rounds)) for key, rounds in published().items()),
    *((groups, groups, len(rounds)) for groups, rounds in squares().items()),
]


@pytest.mark.parametrize(("groups", "size", "rounds"), KEPT)
def test_whatever_is_kept_is_free_of_repeats(groups: int, size: int, rounds: int):
    assert is_good(kept(groups, size, rounds), groups, size, rounds)


FOUND = {
    3: [(5, 7), (6, 8), (7, 10), (8, 11), (9, 13), (11, 16), (15, 22)],
    4: [(7, 9), (8, 10), (10, 13), (19, 25)],
    5: [(17, 21)],
    6: [(14, 11), (15, 12), (20, 16)],
    7: [(12, 8), (15, 10), (20, 14)],
    10: [(10, 4)],
    12: [(12, 7)],
    15: [(15, 6)],
    21: [(21, 6)],
    24: [(24, 5)],
}


@pytest.mark.parametrize(
    ("groups", "size", "rounds"), [(g, size, r) for size, known in FOUND.items() for g, r in known]
)
def test_what_was_found_once_is_there_at_once(groups: int, size: int, rounds: int):
    assert is_good(construct(groups, size, rounds, columns=False), groups, size, rounds)


def test_fewer_rounds_than_are_kept_are_the_first_of_them():
    all_rounds, some = construct(7, 4, 9, columns=False), construct(7, 4, 8, columns=False)
    assert all_rounds is not None
    assert some is not None
    assert np.array_equal(all_rounds.blocks[:8], some.blocks)


@pytest.mark.parametrize(("groups", "size", "rounds"), [(5, 3, 7), (8, 3, 11), (9, 3, 13), (7, 4, 9), (8, 4, 9)])
def test_a_small_search_finds_rounds_without_a_repeat(groups: int, size: int, rounds: int):
    assert is_good(hunted(groups, size, rounds, 100_000_000), groups, size, rounds)


def test_a_symmetry_that_the_base_rounds_keep_finds_what_is_full():
    assert any(plan.symmetry.order == 3 for plan in prescriptions(10, 4, 13))
    assert is_good(hunted(10, 4, 13, 300_000_000), 10, 4, 13)


@pytest.mark.parametrize("turns", range(1, 9))
@pytest.mark.parametrize("orbits", range(5))
@pytest.mark.parametrize("fixed", range(4))
def test_usable_classes_are_counted_without_making_them(turns: int, orbits: int, fixed: int):
    turning = Turning(turns, orbits, fixed)
    if turning.people > 1:
        _, closed = turning.classes()
        assert turning.usable == (~closed).sum()


def hunted(groups: int, size: int, rounds: int, iterations: int) -> Design:
    """What a hunt finds, which must be without a repeat."""
    found = find_bases(groups, size, rounds, seed=1, iterations=iterations)
    assert found is not None
    assert found.repeats == 0
    return found.design(size, rounds)


def test_the_same_seed_finds_the_same_rounds():
    one, same = (hunted(8, 3, 11, 20_000_000) for _ in range(2))
    assert np.array_equal(one.blocks, same.blocks)


def test_a_search_ends_when_it_is_told_to_and_after_its_iterations():
    assert find_bases(20, 6, 18, seed=1, iterations=10**12, stop=lambda: True) is None
    assert find_bases(20, 6, 18, seed=1, iterations=0) is None
    found = find_bases(20, 6, 18, seed=1, iterations=300_000)
    assert found is not None
    assert found.repeats > 0


def test_where_some_meet_again_the_best_try_says_how_often():
    """A hunt lets some of 32 people meet again in ten rounds: in few places, and never more often than is said."""
    found = find_bases(8, 4, 10, seed=1, iterations=60_000_000)
    assert found is not None
    pairs = Counter(
        pair
        for groups in found.design(4, 10).blocks.tolist()
        for group in groups
        for pair in combinations(sorted(group), 2)
    )
    assert 0 < sum(times - 1 for times in pairs.values()) <= found.repeats <= 60


def test_nobody_looks_for_more_rounds_than_there_are_partners():
    assert list(prescriptions(5, 3, 8)) == []


def test_people_turn_and_fixed_ones_stay():
    turning = Turning(turns=3, orbits=1, fixed=1)
    rounds = turning.expand(np.array([[0, 3, 1, 2]]), size=2)
    assert rounds.tolist() == [[[0, 3], [1, 2]], [[1, 3], [2, 0]], [[2, 3], [0, 1]]]


def test_two_who_are_half_a_turn_apart_or_both_fixed_may_not_meet():
    pairs, closed = Turning(turns=4, orbits=1, fixed=2).classes()
    assert closed[pairs[0, 2]]
    assert closed[pairs[4, 5]]
    assert not closed[pairs[0, 1]]
    assert pairs[0, 1] == pairs[1, 2] == pairs[3, 0]
    assert pairs[0, 4] == pairs[3, 4] != pairs[0, 5]
