"""Compiles every kernel that `solve` may need, or takes what was compiled before from the cache."""

import gc

from services.matching.engine.algebra import construct
from services.matching.engine.algebra.hunt import find_bases
from services.matching.engine.exact.fewest import fewest_repeats
from services.matching.engine.problem import Budget, Problem, Round
from services.matching.engine.solve import solve


def warm(*, annealing: bool = True) -> None:
    """Returns when no later search waits for the compiler: twelve people take every way that a search can go.

    Without annealing, every way of more people than are annealed, for whom the memory that its code takes is wanted.
    What the compiler leaves behind is frozen: to collect it again and again cost some later plan fifty milliseconds.
    """
    everybody = Round(tuple(range(12)), moderators=(0, 1, 2))
    solve(
        Problem(12, 4, (everybody,) * 6, moderators=3, history=((2, 3, 1.0),), keep_together=((0, 1),)),
        Budget(iterations=1),
        watch=lambda _: annealing,
    )
    construct(10, 4, 5, columns=True)
    if annealing:
        find_bases(4, 2, 3, seed=0, iterations=1)
        fewest_repeats(Problem(12, 4, (everybody,), history=((0, 1, 1.0),)), {}, [0], (0, 1), lambda _: 1)
    gc.freeze()


if __name__ == "__main__":
    warm()
