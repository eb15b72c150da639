"""What the solver is asked and what it answers: people and moderators are numbers from 0."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import combinations
from typing import NamedTuple


class ProblemError(ValueError):
    """The problem contradicts itself; `field` names the part that does."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class Freedom(Enum):
    """How much of a round may still change."""

    FREE = "free"
    """Nobody has seen it: `groups`, when given, is where the search starts."""
    RUNNING = "running"
    """People sit in it: the fewest seats change."""
    HELD = "held"
    """Over: nothing changes."""


class Rule(StrEnum):
    """A hard rule that a schedule may have to break when no schedule keeps it."""

    COMPANY = "company"
    APART = "apart"
    TOGETHER = "together"
    MODERATOR_APART = "moderator_apart"


class Group(NamedTuple):
    """Some people and who leads them. `number` tells the groups of a round apart and stays with it in a re-plan."""

    number: int
    people: tuple[int, ...]
    moderator: int | None = None
    host: int | None = None


@dataclass(frozen=True)
class Round:
    """Who is there in a round, and what is already decided of it."""

    present: tuple[int, ...]
    moderators: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()
    freedom: Freedom = Freedom.FREE
    sizes: tuple[int, ...] = ()
    """How many sit in each group, where that is prescribed; with fewer seats than people the others sit out."""
    pinned: tuple[Group, ...] = ()
    """These people, and moderators, sit in the group of that number, whatever else."""


@dataclass(frozen=True)
class Wishes:
    """What is good to have, and how much: a wish of weight 100 weighs as a tenth of a repeat."""

    wants: tuple[tuple[int, int], ...] = ()
    """(asker, offerer): what one asks the other offers; once together is enough, also when that was before."""
    wants_weight: int = 900
    """Of asks that may be met without a repeat, in three events of 96 people with every rule, 88 % are met for 31.7
    repeats; at 600 it is 80 % for 29.3, and in some plans less than 65 %; at 450 73 % for 28.3; at 0 40 % for 26.6. To
    be answered is what people came for."""
    profession: tuple[int, ...] = ()
    """A number per person, -1 for none; those of one profession rather sit apart. Empty: no professions."""
    profession_weight: int = 10
    newcomers: tuple[int, ...] = ()
    """People who rather sit with somebody experienced."""
    experienced: tuple[int, ...] = ()
    newcomer_weight: int = 20
    languages: tuple[frozenset[int], ...] = ()
    """What each person speaks; those without a common language rather sit apart. Empty: all understand all."""
    language_weight: int = 200


@dataclass(frozen=True)
class Problem:
    """Who should meet whom, and who should not. The sizes of a round's groups differ by one at most."""

    people: int
    group_size: int
    rounds: tuple[Round, ...]
    moderators: int = 0
    """How many there are in all; who of them leads when is said per round. 0: groups go without."""
    smallest: int = 2
    """No group is planned below it while there are enough people for one."""
    largest: int | None = None
    """No group is planned above it; who then finds no seat sits out, in turn. Unset: nobody sits out."""
    history: tuple[tuple[int, int, float], ...] = ()
    """(person, person, weight): they met before; the weight is how much that still counts."""
    company: tuple[int, ...] = ()
    """A number per person, -1 for none; the same number never shares a group. Empty: no companies."""
    keep_apart: tuple[tuple[int, int], ...] = ()
    keep_together: tuple[tuple[int, ...], ...] = ()
    """Those of each who are there share a group; two who each share with a third share one in rounds with that one."""
    moderator_apart: tuple[tuple[int, int], ...] = ()
    """(moderator, person) who never share a group."""
    moderator_history: tuple[tuple[int, int, float], ...] = ()
    """(moderator, person, weight): that moderator led them before."""
    sat_out: tuple[int, ...] = ()
    """Times each person sat out before. Empty: nobody did."""
    wishes: Wishes = Wishes()

    def together_pairs(self) -> set[tuple[int, int]]:
        """Every pair that must always share a group, ordered."""
        return {ordered(a, b) for members in self.keep_together for a, b in combinations(set(members), 2)}

    def blocks_of(self, present: Collection[int]) -> list[tuple[int, ...]]:
        """The groups of people that must stay together when these are there."""
        if not self.keep_together:
            return []
        there = set(present)
        return blocks(tuple(there.intersection(members)) for members in self.keep_together)


@dataclass(frozen=True)
class Budget:
    """How long to search: until either is spent.

    Without `seconds`, seed, iterations and cores alone decide the answer.
    """

    iterations: int | None = None
    """Changes of seats that are tried. Unset: what the seconds allow, or five million when those are unset too."""
    seconds: float | None = None
    cores: int = 1
    """So many searches at once, each with a seed of its own; the best answers."""

    def __post_init__(self) -> None:
        for field in ("iterations", "seconds", "cores"):
            if not 0 <= (getattr(self, field) or 0) < math.inf:
                raise ProblemError(field, "is finite and not below 0")


@dataclass(frozen=True)
class Broken:
    """A hard rule that this schedule breaks, in one round, for two people (or a moderator and a person)."""

    rule: Rule
    round: int
    first: int
    second: int


class Argument(StrEnum):
    """Why no schedule has fewer repeats than its bound."""

    NONE = "none"
    """No repeat is known to be unavoidable."""
    DECIDED = "decided"
    """The rounds that were held or run repeat so many."""
    PAIRS = "pairs"
    """There are not enough pairs who may still meet for the first time."""
    PARTNERS = "partners"
    """Some have fewer people left to meet than chairs beside them."""
    SPREAD = "spread"
    """A group of more people than the next round has groups sends two of them into one group again."""
    SQUARES = "squares"
    """Four rounds of six groups of six would be two orthogonal Latin squares of order six: there are none (Tarry)."""
    GROUPS = "groups"
    """No groups have fewer who met before, also when each pair left to meet is in one only: those know one another."""
    TRIED = "tried"
    """All rounds were tried that could have fewer."""


@dataclass(frozen=True)
class Bound:
    """No schedule repeats less often, and why."""

    repeats: int
    argument: Argument


@dataclass(frozen=True)
class Schedule:
    """Groups per round. `repeats` counts meetings of two who met before; no schedule has fewer than `bound`."""

    rounds: tuple[tuple[Group, ...], ...]
    repeats: int
    bound: int
    broken: tuple[Broken, ...] = ()
    """In rounds that are not over; of those that are, nothing can be mended."""
    argument: Argument = Argument.NONE
    least_moves: int = 0
    """Of those who sit in a running round so many must change seats in as many groups that break no more rules."""


@dataclass(frozen=True)
class Progress:
    """How far a search has come."""

    repeats: int
    """Of the best schedule so far."""
    bound: int
    seconds: float
    """Since it began."""
    rounds: Callable[[], tuple[tuple[Group, ...], ...]]
    """The best schedule so far."""


Watch = Callable[[Progress], bool]
"""Called up to ten times a second by the search on each core; all of them end when it says False."""


def ordered(a: int, b: int) -> tuple[int, int]:
    """The pair with the lower number first."""
    return (a, b) if a < b else (b, a)


def blocks(together: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The groups of people that must stay together, overlapping ones joined."""
    block_of: dict[int, set[int]] = {}
    for members in together:
        known = {id(block_of[person]): block_of[person] for person in members if person in block_of}
        block = max(known.values(), key=len, default=set[int]())
        joined = {*members, *(person for other in known.values() if other is not block for person in other)} - block
        block |= joined
        block_of |= dict.fromkeys(joined, block)
    found = {id(block): block for block in block_of.values()}
    return sorted(tuple(sorted(block)) for block in found.values() if len(block) > 1)


def group_count(people: int, size: int, smallest: int) -> int:
    """How many groups: as few as keep to the wished size, and no group smaller than `smallest` where that can be."""
    if people == 0:
        return 0
    return max(1, min(-(-people // size), people // smallest))


def group_sizes(problem: Problem, r: int) -> list[int]:
    """How many people each group of a round has, the larger first; with fewer seats than people the others sit out."""
    round_ = problem.rounds[r]
    if round_.sizes:
        return sorted(round_.sizes, reverse=True)
    people = len(round_.present)
    if problem.largest is None:
        return even_sizes(people, group_count(people, problem.group_size, problem.smallest))
    fewest, most = -(-people // problem.largest), max(1, people // problem.smallest)
    if fewest > most:
        return even_sizes(most * problem.largest, most)
    return even_sizes(people, min(range(fewest, most + 1), key=lambda n: abs(people / max(n, 1) - problem.group_size)))


def seated(problem: Problem, r: int) -> int:
    """How many of those present have a seat in that round."""
    return sum(group_sizes(problem, r))


def excess(counts: Sequence[int], sizes: Sequence[int]) -> int:
    """How many must leave at least, whichever group gets which size: the fullest gets the largest."""
    wanted = sorted(sizes, reverse=True)
    wanted += [0] * (len(counts) - len(wanted))
    return sum(max(0, count - size) for count, size in zip(sorted(counts, reverse=True), wanted, strict=True))


def even_sizes(people: int, groups: int) -> list[int]:
    """Sizes that differ by one at most, the larger first."""
    if groups == 0:
        return []
    size, larger = divmod(people, groups)
    return [size + 1] * larger + [size] * (groups - larger)
