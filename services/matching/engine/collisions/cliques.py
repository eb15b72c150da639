"""People of whom each is to be kept from each other."""

from collections.abc import Mapping, Set

STEPS = 5_000
"""Sets looked at before one is content with the largest found."""


def large_clique(enemies: Mapping[int, Set[int]], more_than: int) -> set[int]:
    """The largest set, of more than so many, in which all are enemies; empty when there is none.

    In a graph that takes more than STEPS looks one may be overlooked.
    """
    search = _Search(enemies, more_than)
    near = {vertex for vertex, others in enemies.items() if len(others) >= more_than}
    search.grow(set(), near)
    return search.best


class _Search:
    def __init__(self, enemies: Mapping[int, Set[int]], more_than: int) -> None:
        self._enemies, self._size, self._steps = enemies, more_than, STEPS
        self.best: set[int] = set()

    def grow(self, clique: set[int], candidates: set[int]) -> None:
        """Looks at every way to enlarge this clique by candidates, the best connected first."""
        self._steps -= 1
        if len(clique) > self._size:
            self.best, self._size = set(clique), len(clique)
        left = set(candidates)
        for vertex in sorted(candidates, key=lambda v: (-len(self._enemies[v] & candidates), v)):
            if self._steps < 0 or len(clique) + len(left) <= self._size:
                return
            self.grow(clique | {vertex}, left & self._enemies[vertex])
            left.discard(vertex)
