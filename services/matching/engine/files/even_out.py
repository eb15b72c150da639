"""Annealing of one week of a season: who met less than their share shares a group."""

import numpy as np

from services.matching.engine.arrays import Bools, Floats, Index, Seats
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
        count(seats[r], met)
    best = seats.copy()
    cost = least = 0.0
    for step in range(steps):
        r, g, h = int(np.random.random() * rounds), int(np.random.random() * groups), int(np.random.random() * groups)
        i, j = int(np.random.random() * places), int(np.random.random() * places)
        a, b = seats[r, g, i], seats[r, h, j]
        if g == h or a < 0 or b < 0 or fixed[r, a] or fixed[r, b]:
            continue
        change = dearer(a, b, seats[r, g], price, met) + dearer(b, a, seats[r, h], price, met)
        heat = HOT * (COLD / HOT) ** (step / steps)
        if change > 0.0 and np.random.random() >= np.exp(-change / heat):
            continue
        replace_by(a, b, seats[r, g], met)
        replace_by(b, a, seats[r, h], met)
        seats[r, g, i], seats[r, h, j] = b, a
        cost += change
        if cost < least - 1e-6:
            least = cost
            best[:] = seats
    return best


@compiled
def count(groups: Seats, met: Floats) -> None:
    """Adds the meetings of a round."""
    for group in groups:
        for a in group:
            for b in group:
                if a >= 0 and b >= 0 and a != b:
                    met[a, b] += 1.0


@compiled
def dearer(a: Index, b: Index, group: Seats, price: Floats, met: Floats) -> float:
    """What the others of a's group cost more with b instead."""
    change = 0.0
    for c in group:
        if c >= 0 and c != a:
            change += price[b, c] - price[a, c] + AGAIN * (met[b, c] - met[a, c] + 1.0)
    return change


@compiled
def replace_by(a: Index, b: Index, group: Seats, met: Floats) -> None:
    """The others of a's group meet b instead."""
    for c in group:
        if c >= 0 and c != a:
            met[a, c] -= 1.0
            met[c, a] -= 1.0
            met[b, c] += 1.0
            met[c, b] += 1.0
