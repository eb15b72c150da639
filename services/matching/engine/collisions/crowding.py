"""Blocks of people who stay together: each fits into a group, and not all at once."""

import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

STEPS = 50_000
"""Ways to fill one more group that are looked at; where there are more, nothing is said."""

Kind = tuple[int, int]
"""How many a block has, and how many pairs part at least when it is torn."""
Crowd = Mapping[Kind, int]
"""How many blocks there are of each kind."""


def least_torn(sizes: Sequence[int], crowd: Crowd, until: float = math.inf) -> int:
    """So many pairs part at least, however groups of these sizes are filled with blocks.

    A block that is torn counts as if its parts needed no seats. 0 also where it takes too long.
    """
    if _fit(sizes, crowd):
        return 0
    kinds = sorted(crowd, reverse=True)
    states = {tuple(0 for _ in kinds)}
    for size in sizes:
        ways = list(islice(_fills(size, kinds, crowd), STEPS))
        if len(states) * len(ways) >= STEPS or time.monotonic() > until:
            return 0
        states = {
            tuple(min(crowd[kind], had + more) for kind, had, more in zip(kinds, state, way, strict=True))
            for state in states
            for way in ways
        }
    return min(sum((crowd[kind] - n) * kind[1] for kind, n in zip(kinds, state, strict=True)) for state in states)


def fewest_that_collide(sizes: Sequence[int], crowd: Crowd, least: int, until: float = math.inf) -> dict[Kind, int]:
    """As few blocks, of one kind after the other, as still tear so many pairs."""
    fewest = dict(crowd)
    for kind in sorted(crowd):
        low, high = 0, fewest[kind]
        while low < high:
            middle = (low + high) // 2
            if least_torn(sizes, {**fewest, kind: middle}, until) == least:
                high = middle
            else:
                low = middle + 1
        fewest[kind] = high
    return fewest


def _fit(sizes: Sequence[int], crowd: Crowd) -> bool:
    """Whether they fit when the largest go first, each where the fewest seats are left: most do."""
    left = list(sizes)
    for size, _ in sorted(Counter(crowd).elements(), reverse=True):
        with_room = [g for g, seats in enumerate(left) if seats >= size]
        if not with_room:
            return False
        left[min(with_room, key=lambda g: left[g])] -= size
    return True


def _fills(size: int, kinds: Sequence[Kind], crowd: Crowd) -> Iterator[tuple[int, ...]]:
    """How many blocks of each kind a group can hold: of the last one as many as go in."""
    first, *others = kinds
    most = min(size // first[0], crowd[first])
    if not others:
        yield (most,)
        return
    for many in range(most, -1, -1):
        for rest in _fills(size - many * first[0], others, crowd):
            yield (many, *rest)
