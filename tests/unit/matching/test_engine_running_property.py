"""A running round, for any small problem: compared with every way to seat everybody anew."""

from collections import Counter
from dataclasses import replace
from itertools import product

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from services.matching.engine import Freedom, Group, Problem, Round
from services.matching.engine.problem import even_sizes, ordered
from services.matching.engine.tally import broken_rules
from tests.support.reseating import reseated

Pair = tuple[int, int]


@st.composite
def running(draw: st.DrawFn, *, rules: bool) -> Problem:
    """Up to 8 people who sat in up to 3 groups; some left, some came late, and the groups shall be even."""
    people, places = draw(st.integers(2, 8)), draw(st.integers(1, 3))
    at = draw(st.lists(st.integers(-1, places - 1), min_size=people, max_size=people))
    groups = tuple(Group(number + 1, tuple(p for p in range(people) if at[p] == number)) for number in range(places))
    present = tuple(sorted(draw(st.sets(st.integers(0, people - 1), min_size=1))))
    count = draw(st.integers(1, min(3, len(present))))
    pairs = st.tuples(st.sampled_from(range(people)), st.sampled_from(range(people))).filter(lambda p: p[0] < p[1])
    apart = draw(st.lists(pairs, max_size=4, unique=True)) if rules else []
    together = draw(st.lists(pairs, max_size=2, unique=True)) if rules else []
    pins = (
        draw(st.dictionaries(st.sampled_from(present), st.integers(1, min(places, count)), max_size=2)) if rules else {}
    )
    company = draw(st.lists(st.integers(-1, 3), min_size=people, max_size=people)) if rules else [-1] * people
    pinned = tuple(Group(n, tuple(sorted(p for p in pins if pins[p] == n))) for n in sorted(set(pins.values())))
    round_ = Round(present, (), groups, Freedom.RUNNING, tuple(even_sizes(len(present), count)), pinned)
    return Problem(people, 2, (round_,), company=tuple(company), keep_apart=tuple(apart), keep_together=tuple(together))


def every_way(problem: Problem) -> list[tuple[int, int, int]]:
    """(pins missed, rules broken, moves) of all ways to seat those present that keep the sizes."""
    round_ = problem.rounds[0]
    numbers = [group.number for group in round_.groups]
    numbers += range(len(numbers) + 1, len(round_.sizes) + 1)
    home = {p: group.number for group in round_.groups for p in group.people}
    pinned = {p: group.number for group in round_.pinned for p in group.people}
    sizes = sorted(round_.sizes)
    found: list[tuple[int, int, int]] = []
    for seats in product(numbers, repeat=len(round_.present)):
        if sorted(Counter(seats).values()) != sizes:
            continue
        where = dict(zip(round_.present, seats, strict=True))
        groups = tuple(Group(n, tuple(p for p in round_.present if where[p] == n)) for n in sorted(set(seats)))
        missed = sum(where[p] != number for p, number in pinned.items())
        moved = sum(home.get(p, n) != n for p, n in where.items())
        found.append((missed, len(broken_rules(problem, [groups])), moved))
    return found


@given(problem=running(rules=False))
@settings(max_examples=150, deadline=None)
def test_without_rules_no_way_to_the_prescribed_sizes_moves_fewer(problem: Problem):
    result = reseated(problem)
    assert sorted(p for group in result.groups for p in group.people) == list(problem.rounds[0].present)
    assert sorted(len(group.people) for group in result.groups) == sorted(problem.rounds[0].sizes)
    assert result.moved == result.least_moves == min(every_way(problem))[2]


FAR = Round(
    tuple(range(7)),
    groups=(Group(1, (0, 1, 2, 3, 4)), Group(2, (6,)), Group(3, (5,))),
    freedom=Freedom.RUNNING,
    sizes=(3, 2, 2),
    pinned=(Group(3, (1,)),),
)
"""Three more must move for the rules than for the sizes and the pin."""


@given(problem=running(rules=True))
@example(problem=Problem(7, 2, (FAR,), company=(1, -1, 0, 0, 1, 0, 1), keep_together=((0, 5), (1, 2))))
@settings(max_examples=200, deadline=None)
def test_the_fewest_rules_are_broken_and_then_the_fewest_people_move(problem: Problem):
    result = reseated(problem)
    assert sorted(p for group in result.groups for p in group.people) == list(problem.rounds[0].present)
    assert sorted(len(group.people) for group in result.groups) == sorted(problem.rounds[0].sizes)
    missed, broken, least = min(every_way(problem))
    event("can't be kept" if missed or broken else "can be kept")
    assert (result.broken, result.moved, result.least_moves) == (missed + broken, least, least)


def with_nine_more(problem: Problem) -> Problem:
    """The same beside a full group of nine in which everybody is pinned."""
    round_, people = problem.rounds[0], problem.people
    nine = Group(9, tuple(range(people, people + 9)))
    round_ = replace(
        round_,
        present=(*round_.present, *nine.people),
        groups=(*round_.groups, nine),
        sizes=(9, *round_.sizes),
        pinned=(*round_.pinned, nine),
    )
    return replace(problem, people=people + 9, rounds=(round_,), company=(*problem.company, *[-1] * 9))


CROWDED = Round(
    tuple(range(5)),
    groups=(Group(1, (1, 2)), Group(2, ()), Group(3, (0,))),
    freedom=Freedom.RUNNING,
    sizes=(3, 2),
)
"""Whoever comes late, two rules are broken; nobody need move for that."""


@given(problem=running(rules=True))
@example(problem=Problem(5, 2, (CROWDED,), company=(2, 2, 2, 2, 0), keep_apart=((1, 4),), keep_together=((0, 3),)))
@settings(max_examples=100, deadline=None)
def test_among_more_than_twelve_people_too(problem: Problem):
    result = reseated(with_nine_more(problem))
    missed, broken, least = min(every_way(problem))
    assert (result.broken, result.moved) == (missed + broken, least)


@given(problem=running(rules=False), met=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
@settings(max_examples=100, deadline=None)
def test_who_met_whom_never_makes_more_people_move(problem: Problem, met: set[Pair]):
    known = Counter({ordered(a, b): 1 for a, b in met if a != b})
    result = reseated(problem, known)
    assert result.moved == result.least_moves == reseated(problem).moved


@given(problem=running(rules=False), smallest=st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_without_prescribed_sizes_the_fewest_leave_groups_that_became_too_small_and_nobody_else_moves(
    problem: Problem, smallest: int
):
    round_ = replace(problem.rounds[0], sizes=(), pinned=())
    problem = replace(problem, rounds=(round_,), smallest=smallest, group_size=max(2, smallest))
    result = reseated(problem)
    home = {p: group.number for group in round_.groups for p in group.people if p in round_.present}
    left = Counter(home.values())
    numbers = [group.number for group in round_.groups]
    least = 99
    for seats in product(numbers, repeat=len(round_.present)):
        where = dict(zip(round_.present, seats, strict=True))
        sizes = Counter(seats)
        alone = len(sizes) == 1
        if alone or min(sizes.values()) >= smallest:
            away = [number for p, number in home.items() if where[p] != number]
            if all(left[number] < smallest for number in away):
                least = min(least, len(away))
    assert (result.moved, result.least_moves) == (least, least)
    sizes = [len(group.people) for group in result.groups]
    assert sum(sizes) == len(round_.present)
    assert len(sizes) == 1 or min(sizes) >= smallest
