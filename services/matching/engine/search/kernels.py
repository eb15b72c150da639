"""The inner loops, compiled: what a change of seats costs, and the search by such changes.

Arrays that all of them take:
- state (entities, entities) uint16: for each two, the kind of their relation x 64 + the free rounds they share now.
- more, less (states,) int64: what sharing one more round costs, and what sharing one round less saves.
- seats (rounds, groups, width) int32: the entity on each seat; seat 0 is the leader's, the others are people's.
- spans (rounds, 2) int64: how many groups have people, and how many there are with those where leaders wait.
- fixed (rounds, entities) bool: who stays where they are.
- dice (1,) uint64: the random state.
The last entity is the empty seat: it costs nothing, and as many may share a group as will.
"""

import numpy as np

from services.matching.engine.arrays import Bools, Dice, Index, Ints, Prices, Seats, States
from services.matching.engine.compiled import compiled


@compiled
def draw(dice: Dice, below: int) -> np.int64:
    """A random number from 0 to below - 1 (xorshift64*)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(32)
    return np.int64((high * np.uint64(below)) >> np.uint64(32))


@compiled
def cost_of_seat(state: States, less: Prices, row: Ints, place: Index) -> np.int64:
    """What somebody's company costs."""
    entity = row[place]
    cost = np.int64(0)
    for i in range(row.shape[0]):
        if i != place:
            cost += less[state[entity, row[i]]]
    return np.int64(cost)


@compiled
def gain(state: States, more: Prices, less: Prices, left: Ints, i: Index, right: Ints, j: Index) -> np.int64:
    """What it costs that two in different groups change seats."""
    a, b = left[i], right[j]
    cost = np.int64(0)
    for k in range(left.shape[0]):
        if k != i:
            x = left[k]
            cost += more[state[b, x]] - less[state[a, x]]
        if k != j:
            y = right[k]
            cost += more[state[a, y]] - less[state[b, y]]
    return np.int64(cost)


@compiled
def swap(state: States, left: Ints, i: Index, right: Ints, j: Index) -> None:
    """Two in different groups change seats."""
    a, b = left[i], right[j]
    nobody = state.shape[0] - 1
    for k in range(left.shape[0]):
        x, y = left[k], right[k]
        if k != i and x != nobody:
            if a != nobody:
                state[a, x] -= np.uint16(1)
                state[x, a] = state[a, x]
            if b != nobody:
                state[b, x] += np.uint16(1)
                state[x, b] = state[b, x]
        if k != j and y != nobody:
            if b != nobody:
                state[b, y] -= np.uint16(1)
                state[y, b] = state[b, y]
            if a != nobody:
                state[a, y] += np.uint16(1)
                state[y, a] = state[a, y]
    left[i] = b
    right[j] = a


@compiled
def meet(state: States, more: Prices, seats: Seats) -> np.int64:
    """Counts all meetings of these rounds, and says what they cost together; -1 marks free seats."""
    nobody = state.shape[0] - 1
    cost = np.int64(0)
    for r in range(seats.shape[0]):
        for g in range(seats.shape[1]):
            for i in range(seats.shape[2]):
                a = seats[r, g, i]
                if a < 0 or a == nobody:
                    continue
                for j in range(i):
                    b = seats[r, g, j]
                    if b >= 0 and b != nobody:
                        cost += more[state[a, b]]
                        state[a, b] += np.uint16(1)
                        state[b, a] = state[a, b]
    return np.int64(cost)


@compiled
def allowed(left: Ints, i: Index, right: Ints, j: Index, nobody: int) -> bool:
    """Whether the sizes of all groups stay the same, as a set, when these two change seats."""
    if i == 0 or (left[i] == nobody) == (right[j] == nobody):
        return True
    taken_left, taken_right = 0, 0
    for k in range(1, left.shape[0]):
        taken_left += left[k] != nobody
        taken_right += right[k] != nobody
    if left[i] == nobody:
        return taken_left + 1 == taken_right
    return taken_right + 1 == taken_left


@compiled
def mend(
    state: States, more: Prices, less: Prices, seats: Seats, spans: Ints, fixed: Bools, tries: int, dice: Dice
) -> np.int64:
    """One walk along all who sit with cost: each changes seats where it gains most of some tries. Says the change."""
    width, nobody = seats.shape[2], state.shape[0] - 1
    gained = np.int64(0)
    for r in range(seats.shape[0]):
        for g in range(spans[r, 1]):
            for i in range(width):
                a = seats[r, g, i]
                if a == nobody or fixed[r, a] or cost_of_seat(state, less, seats[r, g], i) <= 0:
                    continue
                groups = spans[r, 1] if i == 0 else spans[r, 0]
                if groups < 2:
                    continue
                best, best_h, best_j = np.int64(0), -1, -1
                for _ in range(tries):
                    h = draw(dice, groups)
                    j = 0 if i == 0 else 1 + draw(dice, width - 1)
                    b = seats[r, h, j]
                    if h == g or fixed[r, b] or not allowed(seats[r, g], i, seats[r, h], j, nobody):
                        continue
                    change = gain(state, more, less, seats[r, g], i, seats[r, h], j)
                    if change < best or (change == 0 and best == 0):
                        best, best_h, best_j = change, h, j
                        if best_h >= 0 and -change >= cost_of_seat(state, less, seats[r, g], i):
                            break
                if best_h >= 0:
                    swap(state, seats[r, g], i, seats[r, best_h], best_j)
                    gained += best
    return np.int64(gained)


@compiled
def place(
    state: States, more: Prices, seats: Seats, r: int, entity: int, groups: int, leading: bool, tries: int, dice: Dice
) -> np.int64:
    """Seats somebody where it costs least, among all groups with a free place or some of them; -1 marks free seats.

    Says what it costs: nothing where no place is free.
    """
    width, nobody = seats.shape[2], state.shape[0] - 1
    first = draw(dice, groups)
    best, best_g, best_i, tried = np.int64(0), -1, -1, 0
    for n in range(groups):
        g = (first + n) % groups
        i = -1
        if leading:
            i = 0 if seats[r, g, 0] == -1 else -1
        else:
            for k in range(1, width):
                if seats[r, g, k] == -1:
                    i = k
                    break
        if i < 0:
            continue
        cost = np.int64(0)
        for k in range(width):
            x = seats[r, g, k]
            if x >= 0 and x != nobody:
                cost += more[state[entity, x]]
        tried += 1
        if best_g < 0 or cost < best:
            best, best_g, best_i = cost, g, i
        if best <= 0 or tried >= tries:
            break
    if best_g < 0:
        return np.int64(0)
    for k in range(width):
        x = seats[r, best_g, k]
        if x >= 0 and x != nobody:
            state[entity, x] += np.uint16(1)
            state[x, entity] = state[entity, x]
    seats[r, best_g, best_i] = entity
    return np.int64(best)


@compiled
def place_all(
    state: States, more: Prices, seats: Seats, r: int, order: Ints, groups: int, leading: bool, tries: int, dice: Dice
) -> np.int64:
    """Seats these, one after another, and says what that costs."""
    cost = np.int64(0)
    for n in range(order.shape[0]):
        cost += place(state, more, seats, r, order[n], groups, leading, tries, dice)
    return np.int64(cost)
