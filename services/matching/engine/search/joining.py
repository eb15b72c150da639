"""Seats of a plan that stays, for those who are to stay together and don't."""

from collections.abc import Sequence

import numpy as np

from services.matching.engine.arrays import Seats

FREE = -1
"""A seat that is to be taken."""


def join_torn(blocks: Sequence[Sequence[int]], seats: Seats, groups: int, pinned: set[int], nobody: int) -> None:
    """Who is to stay together sits together, or waits for a seat where a group has room for all of them.

    Where none has, others make room who are neither pinned nor kept together; who is pinned stays. `seats` are those of
    one round, whose first `groups` have people.
    """
    bound = pinned.union(*blocks)
    people = seats[:groups, 1:]
    for block in blocks:
        there = np.isin(seats, block)
        if there.any(axis=1).sum() == 1 and there.sum() == len(block):
            continue
        waiting = [person for person in block if person not in pinned]
        seats[np.isin(seats, waiting)] = FREE
        beside = np.isin(people, block).any(axis=1)
        rooms = np.where(beside | ~beside.any(), (people == FREE).sum(axis=1), -1)
        if rooms.max() >= len(waiting):
            continue
        loose = (people != FREE) & (people != nobody) & ~np.isin(people, list(bound))
        fitting = np.flatnonzero((rooms >= 0) & (rooms + loose.sum(axis=1) >= len(waiting)))
        if fitting.size:
            g = fitting[np.argmax(rooms[fitting])]
            people[g, np.flatnonzero(loose[g])[: len(waiting) - rooms[g]]] = FREE
            people[g, np.flatnonzero(people[g] == FREE)[: len(waiting)]] = waiting
