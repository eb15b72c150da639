"""People of whom each is to be kept from each other."""

import math
import time
from collections.abc import Iterator, Mapping, Set

STEPS = 5_000
"""Sets looked at before one is content with the largest found."""


def large_clique(enemies: Mapping[int, Set[int]], more_than: int, until: float = math.inf) -> set[int]:
    """The largest set, of more than so many, in which all are enemies; empty when there is none.

    In a graph that takes more than STEPS looks, or more time than there is, one may be overlooked.
    """
    search = _Search(enemies, more_than, until)
    search.grow({vertex for vertex, others in enemies.items() if len(others) >= more_than})
    return search.best


class _Search:
    def __init__(self, enemies: Mapping[int, Set[int]], more_than: int, until: float) -> None:
        self._enemies, self._size, self._steps, self._until = enemies, more_than, STEPS, until
        self.best: set[int] = set()

    def grow(self, candidates: set[int]) -> None:
        """Looks at every way to make a clique of candidates; as deep as cliques are large, and so without recursion."""
        levels = [self._level(set(), candidates)]
        while levels:
            clique, left, vertices = levels[-1]
            vertex = next(vertices, None)
            if vertex is None or self._over() or len(clique) + len(left) <= self._size:
                levels.pop()
                continue
            levels.append(self._level(clique | {vertex}, left & self._enemies[vertex]))
            left.discard(vertex)

    def _over(self) -> bool:
        return self._steps < 0 or time.monotonic() > self._until

    def _level(self, clique: set[int], candidates: set[int]) -> tuple[set[int], set[int], Iterator[int]]:
        """This clique, what may enlarge it, and the same in the order in which to try, the best connected first."""
        self._steps -= 1
        near = {vertex: len(self._enemies[vertex] & candidates) for vertex in candidates}
        if all(count == len(candidates) - 1 for count in near.values()):
            clique, near = clique | candidates, {}
        if len(clique) > self._size:
            self.best, self._size = set(clique), len(clique)
        return clique, set(near), iter(sorted(near, key=lambda vertex: (-near[vertex], vertex)))
