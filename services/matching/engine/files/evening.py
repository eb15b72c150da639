"""Annealing of one week of a season: who met less than their share shares a group."""

import numpy as np

from services.matching.engine.arrays import Bools, Floats, Seats
from services.matching.engine.compiled import compiled

HOT, COLD = 2.0, 0.05
"""Temperatures, in squared meetings."""
AGAIN = 2.3
"""What the next meeting of two costs more than the one before: squares grow by 2, cubes by a little more."""


@compiled
def even_out(seats: Seats, fixed: Bools, price: Floats, steps: int, seed: int) -> Seats:
    """The seats with the least sum of prices that were seen on the way from these.

    seats[round, group, place] is a person, or -1; who is fixed[round, person] stays; price[person, person] is what the
    first meeting costs.
    """
    np.random.seed(seed)
    rounds, groups, places = seats.shape
    met = np.zeros(price.shape, dtype=np.float64)
    for r in range(rounds):
        for g in range(groups):
            for a in seats[r, g]:
                for b in seats[r, g]:
                    if a >= 0 and b >= 0 and a != b:
                        met[a, b] += 1.0
    best = seats.copy()
    cost = least = 0.0
    for step in range(steps):
        r, g, h = int(np.random.random() * rounds), int(np.random.random() * groups), int(np.random.random() * groups)
        i, j = int(np.random.random() * places), int(np.random.random() * places)
        a, b = seats[r, g, i], seats[r, h, j]
        if g == h or a < 0 or b < 0 or fixed[r, a] or fixed[r, b]:
            continue
        change = 0.0
        for k in range(places):
            c, d = seats[r, g, k], seats[r, h, k]
            if c >= 0 and c != a:
                change += price[b, c] - price[a, c] + AGAIN * (met[b, c] - met[a, c] + 1.0)
            if d >= 0 and d != b:
                change += price[a, d] - price[b, d] + AGAIN * (met[a, d] - met[b, d] + 1.0)
        heat = HOT * (COLD / HOT) ** (step / steps)
        if change > 0.0 and np.random.random() >= np.exp(-change / heat):
            continue
        for k in range(places):
            c, d = seats[r, g, k], seats[r, h, k]
            if c >= 0 and c != a:
                met[a, c] -= 1.0
                met[c, a] -= 1.0
                met[b, c] += 1.0
                met[c, b] += 1.0
            if d >= 0 and d != b:
                met[b, d] -= 1.0
                met[d, b] -= 1.0
                met[a, d] += 1.0
                met[d, a] += 1.0
        seats[r, g, i], seats[r, h, j] = b, a
        cost += change
        if cost < least - 1e-6:
            least = cost
            best[:] = seats
    return best
