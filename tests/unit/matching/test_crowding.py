"""Blocks that fit into groups one by one and not all at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.collisions.conflicts import conflicts
from services.matching.engine.collisions.crowding import least_torn
from tests.support.matching import a_problem

TRIPLES, COUPLES = tuple((3 * n, 3 * n + 1, 3 * n + 2) for n in range(14)), tuple((42 + n, 56 + n) for n in range(14))


def torn_by_trying(sizes: tuple[int, ...], blocks: Sequence[int]) -> int:
    """The same number, found by putting each block into each group, and nowhere."""
    if not blocks:
        return 0
    first, *others = blocks
    nowhere = first - 1 + torn_by_trying(sizes, others)
    room = [g for g, left in enumerate(sizes) if left >= first]
    filled = [(*sizes[:g], sizes[g] - first, *sizes[g + 1 :]) for g in room]
    return min([nowhere, *(torn_by_trying(left, others) for left in filled)])


@given(st.lists(st.integers(2, 6), min_size=1, max_size=4), st.lists(st.integers(2, 5), max_size=6))
def test_as_many_pairs_part_as_when_every_way_is_tried(sizes: list[int], blocks: list[int]):
    assert least_torn(sizes, Counter((size, size - 1) for size in blocks)) == torn_by_trying(tuple(sizes), blocks)


def test_couples_find_no_room_beside_triples_in_groups_of_four():
    problem = a_problem(72, 4, 2, keep_together=(*TRIPLES, *COUPLES))
    everyone = tuple(range(70))
    assert conflicts(problem) == tuple(Conflict(Clash.CROWDED, r, everyone, least=6) for r in (0, 1))
    assert conflicts(replace(problem, keep_together=(*TRIPLES, *COUPLES[:8]))) == ()


def test_blocks_that_part_for_want_of_groups_are_named_without_those_that_have_room():
    problem = a_problem(40, 4, 1, keep_together=(*TRIPLES[:11], *COUPLES[:1]))
    assert conflicts(problem) == (Conflict(Clash.CROWDED, 0, tuple(range(33)), least=2),)


def test_where_somebody_sits_out_blocks_may_be_whole_without_them():
    problem = a_problem(7, 4, 1, keep_together=((0, 1), (2, 3), (4, 5)), largest=3)
    assert conflicts(problem) == ()


def test_of_a_chain_one_pair_parts_and_those_at_its_ends_need_not_stay_together_then():
    problem = a_problem(7, 3, 1, keep_together=((0, 2), (0, 1), (4, 5, 6)))
    assert conflicts(problem) == (Conflict(Clash.CROWDED, 0, (0, 1, 2, 4, 5, 6), least=1),)
    stated = a_problem(7, 3, 1, keep_together=((0, 1, 2), (4, 5, 6)))
    assert conflicts(stated) == (Conflict(Clash.CROWDED, 0, (0, 1, 2, 4, 5, 6), least=2),)
