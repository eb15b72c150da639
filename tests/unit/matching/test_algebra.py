"""Rounds by construction: whatever is handed over is free of repeats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.algebra import construct
from services.matching.engine.algebra.fields import field, prime_powers, ring
from services.matching.engine.algebra.fills import one_more
from tests.support.designs import is_good


@pytest.mark.parametrize(
    ("groups", "size", "rounds"),
    [
        *[(17, 6, 5), (17, 6, 17), (13, 6, 13), (16, 6, 16), (25, 6, 25), (167, 6, 5), (834, 6, 3), (8, 5, 4)],
        *[(20, 6, 13), (12, 6, 12), (12, 5, 9), (15, 5, 15), (21, 5, 21)],
    ],
)
def test_columns_serve_companies_without_a_repeat(groups: int, size: int, rounds: int):
    design = construct(groups, size, rounds, columns=True)
    assert is_good(design, groups, size, rounds)
    assert design is not None
    assert design.columns


@pytest.mark.parametrize(
    ("groups", "size", "rounds"),
    [(6, 6, 3), (7, 7, 8), (8, 8, 9), (9, 9, 10), (11, 11, 12), (10, 10, 3), (9, 3, 13), (16, 4, 21), (27, 3, 40)],
)
def test_planes_and_spaces_let_everybody_meet(groups: int, size: int, rounds: int):
    assert is_good(construct(groups, size, rounds, columns=False), groups, size, rounds)


@pytest.mark.parametrize(("groups", "size", "rounds"), [(12, 6, 13), (15, 5, 16), (15, 4, 15)])
def test_where_columns_can_meet_among_themselves_there_is_a_round_more(groups: int, size: int, rounds: int):
    assert is_good(construct(groups, size, rounds, columns=False), groups, size, rounds)


@pytest.mark.parametrize("groups", [2, 3, 5, 10, 31])
def test_in_pairs_everybody_meets_everybody(groups: int):
    assert is_good(construct(groups, 2, 2 * groups - 1, columns=False), groups, 2, 2 * groups - 1)
    assert construct(groups, 2, 2 * groups, columns=False) is None


def test_a_hundred_and_two_people_meet_in_eighteen_rounds_of_six_without_a_repeat():
    assert is_good(construct(17, 6, 18, columns=False), 17, 6, 18)


@pytest.mark.parametrize(("groups", "size"), [(11, 4), (19, 5), (23, 6), (23, 8), (27, 7), (32, 3), (32, 11), (49, 5)])
def test_a_round_more_than_there_are_groups_where_the_groups_allow_it(groups: int, size: int):
    assert is_good(construct(groups, size, groups + 1, columns=False), groups, size, groups + 1)


@pytest.mark.parametrize(("groups", "size", "rounds"), [(20, 7, 14), (14, 5, 11), (35, 6, 26)])
def test_a_round_more_than_in_columns_where_there_is_no_plane(groups: int, size: int, rounds: int):
    assert is_good(one_more(groups, size, rounds), groups, size, rounds)
    assert one_more(groups, size, groups + 2) is None


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 40), st.integers(0, 12), st.integers(0, 45), st.booleans())
def test_whatever_is_constructed_is_free_of_repeats(groups: int, size: int, rounds: int, columns: bool):
    design = construct(groups, size, rounds, columns=columns)
    if design is not None:
        assert is_good(design, groups, size, rounds)
        assert design.columns or not columns


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 30), st.integers(2, 8), st.integers(2, 30))
def test_who_gets_so_many_rounds_gets_one_less(groups: int, size: int, rounds: int):
    if construct(groups, size, rounds, columns=True) is not None:
        assert construct(groups, size, rounds - 1, columns=True) is not None
    if construct(groups, size, rounds, columns=False) is not None:
        assert construct(groups, size, rounds - 1, columns=False) is not None


def test_more_rounds_than_there_are_partners_are_not_promised():
    assert construct(5, 3, 8, columns=False) is None
    assert construct(17, 6, 21, columns=False) is None


def test_a_design_that_others_share_is_not_written_to():
    design = construct(17, 6, 5, columns=True)
    assert design is not None
    with pytest.raises(ValueError):
        design.blocks[0, 0, 0] = 1


def test_a_number_is_the_product_of_its_prime_powers():
    assert prime_powers(360) == [(2, 3), (3, 2), (5, 1)]
    assert prime_powers(1) == []


@pytest.mark.parametrize("order", [2, 3, 4, 8, 9, 16, 25, 27, 49, 64, 81])
def test_a_field_multiplies_and_adds_as_a_field_does(order: int):
    elements = np.arange(order)
    [(prime, exponent)] = prime_powers(order)
    one, other, third = np.meshgrid(elements, elements, elements[: min(order, 9)], indexing="ij")
    times, plus = field(prime, exponent).times, ring(order).plus
    assert np.array_equal(times(one, plus(other, third)), plus(times(one, other), times(one, third)))
    assert np.array_equal(times(one, times(other, third)), times(times(one, other), third))
    assert all(sorted(row) == elements.tolist() for row in times(one, other)[1:, :, 0].tolist())
    assert np.array_equal(ring(order).minus(plus(one, other), other), one)
