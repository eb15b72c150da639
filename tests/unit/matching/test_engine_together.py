"""Who is kept together sits together wherever that can be, and beside that as few meet again as can be."""

import random
from dataclasses import replace

import pytest

from services.matching.engine import Budget
from services.matching.engine.problem import Freedom, Group, Problem, Round
from services.matching.engine.solve import solve


def in_blocks(*sizes: int, alone: int = 0, group_size: int, rounds: int) -> Problem:
    """Delegations of these sizes, and people by themselves."""
    blocks: list[tuple[int, ...]] = []
    for size in sizes:
        first = sum(map(len, blocks))
        blocks.append(tuple(range(first, first + size)))
    everybody = Round(tuple(range(sum(sizes) + alone)))
    return Problem(len(everybody.present), group_size, (everybody,) * rounds, keep_together=tuple(blocks))


@pytest.mark.parametrize("seed", range(6))
def test_couples_stay_together_when_others_left_and_groups_became_fewer(seed: int):
    rng = random.Random(seed)
    people = rng.sample(range(102), 102)
    couples = tuple((people[2 * i], people[2 * i + 1]) for i in range(6))
    problem = Problem(102, 6, (Round(tuple(range(102))),) * 4, keep_together=couples)
    plan = solve(problem, Budget(iterations=100_000), seed).rounds
    there = tuple(sorted(people[:95]))
    held = Round(problem.rounds[0].present, groups=plan[0], freedom=Freedom.HELD)
    later = [Round(there, groups=plan[r]) for r in range(1, 4)]
    schedule = solve(replace(problem, rounds=(held, *later)), Budget(iterations=100_000), seed)
    assert (schedule.broken, schedule.repeats) == ((), 0)


def test_others_make_room_for_a_couple_where_nobody_anneals():
    problem = Problem(3002, 2, (Round(tuple(range(3002))),), keep_together=((0, 2),))
    pairs = tuple(Group(number + 1, (2 * number, 2 * number + 1)) for number in range(1501))
    planned = replace(problem, rounds=(replace(problem.rounds[0], groups=pairs),))
    assert solve(planned, Budget(iterations=1)).broken == ()


@pytest.mark.parametrize(
    ("sizes", "alone", "rounds"),
    [((3,) * 8 + (2,) * 12, 0, 3), ((3,) * 8 + (2,) * 9, 6, 3), ((3,) * 14 + (2,) * 14, 2, 2)],
)
def test_delegations_that_fit_in_one_way_alone_are_packed_so(sizes: tuple[int, ...], alone: int, rounds: int):
    # In sixes: three and three, or two and two and two.
    schedule = solve(in_blocks(*sizes, alone=alone, group_size=6, rounds=rounds), Budget(iterations=200_000))
    assert schedule.broken == ()


def test_rounds_seated_by_trying_are_searched_for_fewer_repeats():
    # Four threes and six couples: each three must meet another one of two, and each couple two others.
    schedule = solve(in_blocks(*[3] * 4, *[2] * 6, group_size=6, rounds=2), Budget(iterations=300_000))
    assert (schedule.broken, schedule.repeats) == ((), 8)


@pytest.mark.parametrize("seed", range(6))
def test_a_search_among_rules_begins_anew_and_finds_ways_that_exchanges_do_not_lead_to(seed: int):
    everybody = Round(tuple(range(8)))
    problem = Problem(8, 4, (everybody,) * 3, keep_apart=((1, 3), (3, 7), (5, 6), (4, 5)))
    assert solve(problem, Budget(iterations=2_000_000), seed).repeats == 12


@pytest.mark.parametrize(
    ("people", "size", "together", "torn"),
    [
        (5, 4, ((0, 3), (0, 1, 4)), 1),
        (6, 4, ((1, 4), (0, 3, 4), (2, 3, 5)), 2),
        (6, 2, ((0, 4, 5), (1, 2, 4)), 4),
        (8, 4, ((4, 7), (3, 5, 6), (0, 2, 6)), 2),
    ],
)
def test_of_those_who_cannot_all_stay_together_as_few_part_as_must(
    people: int, size: int, together: tuple[tuple[int, ...], ...], torn: int
):
    """Looked up by trying every way."""
    problem = Problem(people, size, (Round(tuple(range(people))),) * 2, keep_together=together)
    assert len(solve(problem, Budget(iterations=100_000)).broken) == 2 * torn


@pytest.mark.parametrize(("people", "size", "block", "repeats"), [(4, 2, 3, 0), (9, 5, 6, 6)])
def test_those_who_cannot_all_stay_together_are_torn_between_others_each_time(
    people: int, size: int, block: int, repeats: int
):
    """The same one sat beside the same strangers in every round."""
    problem = Problem(people, size, (Round(tuple(range(people))),) * 3, keep_together=(tuple(range(block)),))
    schedule = solve(problem, Budget(iterations=100_000))
    assert (schedule.repeats, len(schedule.broken)) == (repeats, 3 * (block - 1))
    assert len({tuple(sorted(group.people for group in groups)) for groups in schedule.rounds}) == 3
