"""A referee for designs."""

from collections import Counter
from itertools import combinations

from services.matching.engine.algebra import Design


def meetings(design: Design) -> Counter[tuple[int, int]]:
    """How often each two meet, counted one by one."""
    return Counter(
        pair for groups in design.blocks.tolist() for group in groups for pair in combinations(sorted(group), 2)
    )


def is_good(design: Design | None, groups: int, size: int, rounds: int) -> bool:
    """Whether it is what was asked for, and nobody meets twice."""
    assert design is not None
    assert design.blocks.shape == (rounds, groups, size)
    everybody = list(range(groups * size))
    assert all(sorted(people) == everybody for people in design.blocks.reshape(rounds, -1).tolist())
    met = meetings(design)
    assert not design.columns or all(a // groups != b // groups for a, b in met)
    return max(met.values(), default=0) <= 1
