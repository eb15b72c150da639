"""A running round: people sit together already, so the fewest of them change seats."""

from collections import Counter
from dataclasses import dataclass, replace

from services.matching.engine.problem import Group, Problem
from services.matching.engine.replan.floor import OUT, Floor, Seats, Sizes
from services.matching.engine.replan.in_blocks import place_in_blocks
from services.matching.engine.replan.leading import lead
from services.matching.engine.replan.opening import worth_opening
from services.matching.engine.replan.placing import Limits, place_everyone, polish, too_small
from services.matching.engine.replan.proving import fewest
from services.matching.engine.replan.trying import bettered, cheapest
from services.matching.engine.replan.wishing import Wished, meet_wishes, wished_of
from services.matching.engine.rooms import choose_host

WAYS = 5
"""So many groups are tried as the one that is given up, where several are equally empty."""
MANY, MORE = 40, 8
"""In rounds of more people so many moves more than the least are looked at to keep every rule, else any number."""
FEW, SOME = 40, 120
"""Rounds of up to a few people are looked at in every way that a tenth of a second allows, which among twelve is nearly
always any; rounds of up to some if a rule is broken."""


@dataclass(frozen=True)
class Reseated:
    """A running round with the absent gone and the late seated."""

    groups: tuple[Group, ...]
    least_moves: int
    """No seating with these sizes that gives up no more pins and rules moves fewer."""


def reseated(problem: Problem, r: int, met: Counter[tuple[int, int]], hosted: Counter[int]) -> Reseated:
    """The running round with the absent gone, the late seated, no more rules broken and the fewest people moved.

    With prescribed sizes people move until the groups have them, and every rule is kept. Without, nobody moves, except
    out of groups in which fewer than `smallest` are left, to where they are pinned, or for a rule that whoever comes to
    a group would break. Who sat together, or apart, before a rule came stays so: all would see whom it parts. An empty
    group, or a new one, is opened when those without a seat fill it, and sizes come nearer to the wished one or a rule
    needs it. A group has more than `largest` only by who sat in it already or is pinned to it. Among ways with
    equally few moves it is one where few meet again, and of those one that meets many wishes. A group keeps its
    moderator where no other may lead it either; one whose moderator left gets a free one, else a participant hosts it.
    Where not all can be had, pins come before rules and rules before moves; among few people no more is given up than
    must be.
    """
    floor = Floor(problem, r, met)
    wished = wished_of(problem, floor.present, met)
    seats, limits, least = _settle_as_prescribed(floor) if floor.strict else _settle_freely(floor)
    if _pins_missed(seats):
        least = limits.excess([sum(at == place for at in floor.home.values()) for place in range(len(seats.at))])
    if wished is not None:
        floor.leaders = lead(floor, seats, _places(seats))
        meet_wishes(seats, limits, wished)
    if len(floor.present) <= (SOME if any(True for _ in seats.disturbed()) else FEW):
        seats, least = _best(floor, limits, seats, least, wished)
    places = _places(seats)
    leader = lead(floor, seats, places)
    groups = tuple(_group(floor, seats, place, leader.get(place), hosted) for place in places)
    return Reseated(groups, least_moves=min(least, seats.moved()))


def _pins_missed(seats: Seats) -> bool:
    """Somebody doesn't sit where they are pinned, or leads no group although pinned to one."""
    floor = seats.floor
    people = any(seats.where.get(person, OUT) != place for person, place in floor.pinned.items())
    return people or any(not seats.at[place] for place in floor.pinned_leaders)


def _best(floor: Floor, limits: Limits, seats: Seats, least: int, wished: Wished | None) -> tuple[Seats, int]:
    """The best seats there are, also by who may lead them, and how many move at least, whoever leads."""
    floor.leaders = floor.pinned_leaders
    found, least = cheapest(floor, limits, seats, least, wished, led=False)
    if floor.never:
        found, _ = cheapest(floor, limits, found, least, wished, led=True)
    floor.leaders = lead(floor, found, _places(found))
    return bettered(floor, limits, found, wished), least


def _group(floor: Floor, seats: Seats, place: int, moderator: int | None, hosted: Counter[int]) -> Group:
    people, before = seats.at[place], floor.groups[place]
    host = None
    if moderator is None:
        host = before.host if before.host in people else choose_host(sorted(people), hosted)
    return Group(before.number, tuple(sorted(people)), moderator, host)


def _settle_as_prescribed(floor: Floor) -> tuple[Seats, Limits, int]:
    """With fewer groups than there are the emptiest are given up, first those nobody leads; the best of a few ways."""
    sizes, counts = list(floor.round.sizes), Seats(floor).counts()
    led = set(floor.round.moderators)
    order = sorted(
        range(len(counts)),
        key=lambda place: (place in floor.kept, counts[place], floor.groups[place].moderator in led, -place),
    )
    given_up, kept = order[: len(counts) - len(sizes)], order[len(counts) - len(sizes) :]
    as_empty = [place for place in kept if given_up and counts[place] == counts[given_up[-1]] > 0]
    ways = [given_up, *([*given_up[:-1], place] for place in as_empty if place not in floor.kept)]
    found: list[tuple[tuple[int, int, int], Seats, Limits, int]] = []
    for without in ways[:WAYS]:
        limits = Limits(sizes, 0, [], frozenset(without))
        seats, least = _settle(floor, limits)
        found.append(((sum(1 for _ in seats.disturbed()), seats.moved(), seats.repeats()), seats, limits, least))
        if found[-1][0] == (0, least, 0):
            break
    _, seats, limits, _ = min(found, key=lambda way: way[0])
    return seats, limits, max(least for *_, least in found)


def _settle_freely(floor: Floor) -> tuple[Seats, Limits, int]:
    """Gives up as few groups as leave no other too small, and opens empty ones for those who have no seat."""
    as_pinned = Seats(floor)
    smallest, counts = floor.problem.smallest, as_pinned.counts()
    empty = _empty(floor, counts)
    small = sorted(
        (place for place, count in enumerate(counts) if 0 < count < smallest and place not in floor.kept),
        key=lambda place: (counts[place], -place),
    )
    spare = len(floor.present) - sum(counts) + sum(counts[place] for place in small)
    fewest_given_up = max(0, len(small) - spare // smallest)
    room = max(0, len(counts) - len(empty) - 1)
    given_up = min(fewest_given_up, room)
    proven = as_pinned.moved() + sum(counts[place] for place in small[:given_up])
    leaving = {person for place in small for person in as_pinned.at[place]} | floor.pinned.keys()
    while True:
        limits = _limits(floor, counts, empty, small[:given_up])
        seats, least = _settle(floor, limits)
        given_up += 1
        large = not too_small(seats, limits)
        if large or given_up > min(len(small), room):
            if small:
                stays = all(seats.where.get(p) == place for p, place in floor.home.items() if p not in leaving)
                least = proven if large and stays and not any(seats.disturbed()) else as_pinned.moved()
            return seats, replace(limits, without=frozenset()), least


def _empty(floor: Floor, counts: Sizes) -> list[int]:
    """Places where nobody sits nor is pinned, first those whose moderator is there."""
    led = set(floor.round.moderators)
    empty = (place for place, count in enumerate(counts) if not count and place not in floor.kept)
    return sorted(empty, key=lambda place: (floor.groups[place].moderator not in led, place))


def _limits(floor: Floor, counts: Sizes, empty: list[int], given_up: list[int]) -> Limits:
    """How full groups may be when these are given up, and as many of the empty ones are opened as is worth it."""
    problem, people = floor.problem, len(floor.present)
    largest = people if problem.largest is None else problem.largest
    left = [count for place, count in enumerate(counts) if place not in empty and place not in given_up]
    opened = worth_opening(problem, left, people - sum(left), largest, len(empty))
    most = [max(largest, count) for count in counts]
    return Limits(None, problem.smallest, most, frozenset(given_up), frozenset(empty[opened:]))


def _settle(floor: Floor, limits: Limits) -> tuple[Seats, int]:
    """Who sits where, and how many move at least."""
    as_pinned = Seats(floor)
    places = [place for place, count in enumerate(as_pinned.counts()) if limits.open(place, count)]
    floor.leaders = lead(floor, as_pinned, places)
    least = as_pinned.moved() + limits.excess(as_pinned.counts())
    seats = place_everyone(floor, limits, apart=True)
    polish(seats, limits, least)
    broken = any(True for _ in seats.disturbed())
    if broken:
        staying = place_everyone(floor, limits, apart=False)
        polish(staying, limits, least)
        seats = min(seats, staying, key=_given_up)
    if floor.partners and (broken or seats.moved() > least):
        in_blocks = place_in_blocks(floor, limits)
        if in_blocks is not None:
            polish(in_blocks, limits, least)
            seats = min(seats, in_blocks, key=_given_up)
            broken = any(True for _ in seats.disturbed())
    if seats.out or not (broken or seats.moved() > least) or (broken and _too_many_companions(floor, limits)):
        return seats, least
    proof = fewest(floor, limits, least, _enough(floor, least) if broken else seats.moved())
    if proof.seats is not None:
        seats = proof.seats
        polish(seats, limits, proof.least)
    elif broken:
        return seats, least
    return seats, least if floor.never else proof.least


def _given_up(seats: Seats) -> tuple[int, int, int, int]:
    """Pins, then rules, then moves, then repeats, once the groups are led anew; fewer are better."""
    floor, leaders = seats.floor, seats.floor.leaders
    missed = sum(seats.where.get(person, OUT) != place for person, place in floor.pinned.items())
    floor.leaders = lead(floor, seats, _places(seats))
    broken = sum(1 for _ in seats.disturbed())
    floor.leaders = leaders
    return missed, broken, seats.moved(), seats.repeats()


def _places(seats: Seats) -> list[int]:
    """Where somebody sits."""
    return [place for place, people in enumerate(seats.at) if people]


def _enough(floor: Floor, least: int) -> int:
    """As many moves needn't be looked at to keep every rule."""
    return least + (MORE if len(floor.present) > MANY else len(floor.present) + 1)


def _too_many_companions(floor: Floor, limits: Limits) -> bool:
    """A company has more people here than there are groups."""
    groups = len(floor.numbers) - len(limits.without)
    company = floor.problem.company
    return (
        bool(company)
        and max(Counter(company[p] for p in floor.present if company[p] >= 0).values(), default=0) > groups
    )
