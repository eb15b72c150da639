"""Prices of pairs and people, which bound how many new meetings a choice of groups can have, and rule groups out.

Whatever prices pairs (from 0 to 1) and people have, the best groups around people, net of prices, bound the new
meetings of all rounds: it is the dual of a linear programme, as in densest.py, but over listed groups.
"""

from typing import NamedTuple

from services.matching.engine.arrays import Bools, Floats, Ints, States
from services.matching.engine.compiled import compiled

TURNS, LOOK_OUT = 42, 6
"""So often prices change for a row of the look, and so often until groups that they rule out are left out."""
TURNS_AT_FIRST, VAIN, NO_MORE = 2_000, 20, 0.01
"""Before the first row they change more often. So many changes without a lower bound are one too many: then as if half
as much were still to be had, until that is so few meetings."""
BEYOND = 0.05
"""Prices change as if the bound could be by so many meetings lower than where nothing is left to look for."""
KEPT = 0.85
"""So much of the last change of prices is in the next."""
EXACT = 1e-6
NONE = -1e9
HERE, LATER = 0, 1
"""The round that is being filled, and those after it."""


class Possible(NamedTuple):
    """Every group that may sit together. `nobody` is the number after all people, `no_pair` the one after all pairs."""

    masks: Ints
    """Bit i is set for person i."""
    members: States
    """(groups, places): nobody where a smaller group has no place."""
    pairs: States
    """(groups, pairs of places): who would meet for the first time; no_pair for all others."""
    met: Ints
    """How many of its pairs met before."""
    part: Floats
    """What one person is of it."""
    kinds: Ints
    """Which of the sizes it has."""
    pairs_of: Ints
    """How many pairs a group of each size has."""
    slack: Ints
    reuse: Ints
    """What the group costs at the first prices, and what each pair does when it meets again."""


class Tree(NamedTuple):
    """Where the look is, so that it can go on: a row for each group of all rounds, one round after the other."""

    row: Ints
    """(1): the one for which a group is looked for."""
    listed: Bools
    """(1): whether it has its groups."""
    looked: Ints
    """(1): how many groups were looked at."""
    first: Ints
    """(1): whose group is the first of each round. Rounds are alike, so those groups need only come in order."""
    groups: States
    counts: Ints
    """(HERE or LATER, rows, groups): those of which the rest of that round may be, and of which later ones may."""
    tried: Ints
    chosen: Ints
    whose: Ints
    """How many of the groups were tried, the one that is chosen, and around whom it is."""
    covered: Ints
    """Bit i is set when person i has a group in that round."""
    lacking: Ints
    """(rows, sizes): how many groups of each size the round still needs."""
    repeats: Ints
    left: Ints
    """Repeats until there, and what further groups may cost at the first prices."""
    used: Ints
    """(pairs): how often each meets in chosen groups."""
    sits: Bools
    """(HERE or LATER, people): who still needs a group there."""
    pair_prices: Floats
    people_prices: Floats
    """(rows, HERE or LATER, people)."""
    worth: Floats
    asked: Floats
    pairs_way: Floats
    """(pairs): a new meeting net of its price, how often the best groups have it, and how its price changes."""
    best: Floats
    which: Ints
    seats: Floats
    people_way: Floats
    """(HERE or LATER, people): each one's share of the best group around them, that group, and how often they sit in
    the best groups, and how their price changes."""


@compiled
def price_first(possible: Possible, tree: Tree, rounds: int, needed: int) -> float:
    """The lowest bound on all meetings of so many rounds, less those needed; below 0 they can't be had.

    Groups with which they can't are left out.
    """
    pairs, people = tree.pair_prices[0], tree.people_prices[0]
    kept_pairs, kept_people = pairs.copy(), people.copy()
    least, hoped, vain = NONE, 1.0, 0
    for turn in range(TURNS_AT_FIRST):
        bound = _bound(possible, tree, 0, 0, rounds)
        if bound < needed - EXACT:
            return bound - needed
        vain += 1
        if turn == 0 or bound < least:
            least, vain = bound, 0
            put(kept_pairs, kept_people, pairs, people)
            hoped = least - needed + BEYOND if turn == 0 else min(hoped, least - needed + BEYOND)
        elif vain == VAIN:
            put(pairs, people, kept_pairs, kept_people)
            vain, hoped = 0, hoped / 2
            if hoped < NO_MORE:
                break
            _forget(tree)
            continue
        _turn(possible, tree, 0, 0, rounds, bound - least + hoped)
    put(pairs, people, kept_pairs, kept_people)
    left = _bound(possible, tree, 0, 0, rounds) - needed
    _leave_out(possible, tree, 0, LATER, left + EXACT)
    return left


@compiled
def may_have(possible: Possible, tree: Tree, row: int, later: int, needed: int) -> bool:
    """Whether the rest of a round and so many later ones may have so many new meetings.

    Groups with which they can't are left out. The prices go on from there in the next row.
    """
    for person in range(tree.sits.shape[1] - 1):
        tree.sits[HERE, person] = not tree.covered[row] >> person & 1
    _forget(tree)
    for turn in range(TURNS):
        bound = _bound(possible, tree, row, 1, later)
        if bound < needed - EXACT:
            return False
        if turn % LOOK_OUT == LOOK_OUT - 1:
            _leave_out(possible, tree, row, HERE, bound - needed + EXACT)
            _leave_out(possible, tree, row, LATER, bound - needed + EXACT)
        _turn(possible, tree, row, 1, later, bound - needed + BEYOND)
    return True


@compiled
def put(pairs: Floats, people: Floats, new_pairs: Floats, new_people: Floats) -> None:
    """Takes those prices. (To assign whole arrays takes the compiler seconds.)"""
    for pair in range(len(pairs)):
        pairs[pair] = new_pairs[pair]
    for side in range(2):
        for person in range(people.shape[1]):
            people[side, person] = new_people[side, person]


@compiled
def _forget(tree: Tree) -> None:
    tree.pairs_way[:] = 0
    tree.people_way[:] = 0


@compiled
def _bound(possible: Possible, tree: Tree, row: int, here: int, later: int) -> float:
    """How many new meetings so many rounds as the row's, and later ones, have at most, by its prices."""
    pairs, people, worth, used = tree.pair_prices[row], tree.people_prices[row], tree.worth, tree.used
    bound = 0.0
    for pair in range(len(pairs) - 1):
        worth[pair] = 0.0
        if not used[pair]:
            worth[pair] = 1 - pairs[pair]
            bound += pairs[pair]
    for side in range(2):
        rounds = later if side == LATER else here
        if rounds:
            groups, best, sits = tree.groups[side, row, : tree.counts[side, row]], tree.best[side], tree.sits[side]
            _best_around(possible, groups, worth, people[side], best, tree.which[side])
            tree.looked[0] += len(groups)
            for person in range(len(sits) - 1):
                if sits[person]:
                    bound += rounds * (people[side, person] + best[person])
    return bound


@compiled
def _best_around(possible: Possible, groups: States, worth: Floats, prices: Floats, best: Floats, which: Ints) -> None:
    """Each one's share of the best of these groups around them, net of prices, and that group."""
    members, pairs, part = possible.members, possible.pairs, possible.part
    best[:] = NONE
    for g in groups:
        net = 0.0
        for place in range(pairs.shape[1]):
            net += worth[pairs[g, place]]
        for place in range(members.shape[1]):
            net -= prices[members[g, place]]
        net *= part[g]
        for place in range(members.shape[1]):
            person = members[g, place]
            if net > best[person]:
                best[person] = net
                which[person] = g
    best[-1] = 0


@compiled
def _leave_out(possible: Possible, tree: Tree, row: int, side: int, gap: float) -> None:
    """Leaves out the groups with which the bound would be lower by more than that gap."""
    members, pairs, groups = possible.members, possible.pairs, tree.groups[side, row]
    prices, best, worth, kept = tree.people_prices[row, side], tree.best[side], tree.worth, 0
    for g in groups[: tree.counts[side, row]]:
        short = 0.0
        for place in range(members.shape[1]):
            short += best[members[g, place]] + prices[members[g, place]]
        for place in range(pairs.shape[1]):
            short -= worth[pairs[g, place]]
        if short <= gap:
            groups[kept] = g
            kept += 1
    tree.counts[side, row] = kept


@compiled
def _turn(possible: Possible, tree: Tree, row: int, here: int, later: int, hoped: float) -> None:
    """Changes the row's prices, after `_bound`, so that the bound may be lower by so much.

    Pairs that the best groups ask for more than once get dearer, and people who are in more of them than there are
    rounds: Polyak's steps along a deflected subgradient.
    """
    pairs, people, way, used, asked = (
        tree.pair_prices[row],
        tree.people_prices[row],
        tree.pairs_way,
        tree.used,
        tree.asked,
    )
    length = EXACT
    asked[:] = 0
    for side in range(2):
        rounds = later if side == LATER else here
        if rounds:
            length += _turn_people(possible, tree, side, rounds)
    for pair in range(len(pairs) - 1):
        if not used[pair]:
            dearer = asked[pair] - 1
            way[pair] = KEPT * way[pair] + (dearer if pairs[pair] > 0 or dearer > 0 else 0.0)
            length += way[pair] ** 2
    step = hoped / length
    for pair in range(len(pairs) - 1):
        pairs[pair] = min(1.0, max(0.0, pairs[pair] + step * way[pair]))
    people_way = tree.people_way
    for side in range(2):
        for person in range(people.shape[1] - 1):
            people[side, person] += step * people_way[side, person]


@compiled
def _turn_people(possible: Possible, tree: Tree, side: int, rounds: int) -> float:
    """Which way people's prices change in those rounds, and the square of how far; adds what is asked of pairs."""
    members, pairs, part, asked = possible.members, possible.pairs, possible.part, tree.asked
    sits, seats, way, which = tree.sits[side], tree.seats[side], tree.people_way[side], tree.which[side]
    length = 0.0
    seats[:] = 0
    for person in range(len(seats) - 1):
        if sits[person]:
            g = which[person]
            for place in range(pairs.shape[1]):
                asked[pairs[g, place]] += rounds * part[g]
            for place in range(members.shape[1]):
                seats[members[g, place]] += rounds * part[g]
    for person in range(len(seats) - 1):
        if sits[person]:
            way[person] = KEPT * way[person] + seats[person] - rounds
            length += way[person] ** 2
    return length
