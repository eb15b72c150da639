"""Every way to seat a few people, to hold what is proven of all of them against."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from hypothesis import strategies as st

from services.matching.engine.problem import Freedom, Group, Problem, group_sizes, ordered
from tests.support.matching import a_problem


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    """Up to eight people and two rounds to come, of whom many met before, with companies, rules and a round held."""
    people = draw(st.integers(4, 8))
    pairs = list(combinations(range(people), 2))
    some = st.sets(st.sampled_from(pairs), max_size=len(pairs))
    few = st.just(set[tuple[int, int]]()) | st.sets(st.sampled_from(pairs), max_size=3)
    together = draw(few)
    problem = a_problem(
        people,
        draw(st.integers(2, 4)),
        draw(st.integers(1, 2)),
        history=tuple((a, b, 1.0) for a, b in draw(some)),
        keep_apart=tuple(draw(few) - together),
        keep_together=tuple(together),
    )
    company = draw(st.just([-1] * people) | st.lists(st.integers(-1, 3), min_size=people, max_size=people))
    held = draw(st.just([0] * people) | st.lists(st.integers(1, 3), min_size=people, max_size=people))
    groups = tuple(Group(n, tuple(p for p in range(people) if held[p] == n)) for n in (1, 2, 3))
    over = (replace(problem.rounds[0], groups=groups, freedom=Freedom.HELD),) if any(held) else ()
    return replace(problem, company=tuple(company), rounds=(*over, *problem.rounds))


def every_way(problem: Problem) -> Iterator[tuple[int, bool]]:
    """The repeats of every way to seat the rounds to come, and whether it breaks no rule."""
    together = problem.together_pairs()
    known = {ordered(a, b) for a, b, _ in problem.history}
    over = [round_.groups for round_ in problem.rounds if round_.freedom is Freedom.HELD]
    met = Counter(pair for groups in over for group in groups for pair in combinations(group.people, 2))
    fixed = sum(times - (pair not in known) for pair, times in met.items() if pair not in together)
    known |= met.keys()
    free = len(problem.rounds) - len(over)
    seatings = [_pairs(groups) for groups in partitions(range(problem.people), group_sizes(problem, len(over)))]
    never = {
        (a, b)
        for a, b in combinations(range(problem.people), 2)
        if (a, b) in problem.keep_apart or problem.company[a] == problem.company[b] >= 0
    }
    kept = [not pairs & never and together <= pairs for pairs in seatings]
    again = [len((pairs & known) - together) for pairs in seatings]
    for first in range(len(seatings)):
        if free == 1:
            yield fixed + again[first], kept[first]
        for second in range(first, len(seatings) if free == 2 else 0):
            twice = len((seatings[first] & seatings[second]) - known - together)
            yield fixed + again[first] + again[second] + twice, kept[first] and kept[second]


def _pairs(groups: Iterable[tuple[int, ...]]) -> frozenset[tuple[int, int]]:
    return frozenset(ordered(a, b) for group in groups for a, b in combinations(group, 2))


def ways(present: Sequence[int], sizes: Sequence[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to seat as many of those present as there are seats."""
    for seated in combinations(present, sum(sizes)):
        yield from partitions(seated, sizes)


def partitions(people: Sequence[int], sizes: Sequence[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to seat them in groups of these sizes."""
    if not sizes:
        yield ()
        return
    first, *rest = people
    for size in sorted(set(sizes)):
        left = list(sizes)
        left.remove(size)
        for others in combinations(rest, size - 1):
            remaining = [person for person in rest if person not in others]
            for groups in partitions(remaining, left):
                yield ((first, *others), *groups)
