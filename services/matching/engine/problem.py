"""What the solver is asked and what it answers: people and moderators are numbers from 0."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import combinations


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


@dataclass(frozen=True)
class Group:
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
    """What is good to have, and how much: a wish of weight 100 is worth a tenth of a repeat."""

    wants: tuple[tuple[int, int], ...] = ()
    """(asker, offerer): what one asks the other offers; once together is enough."""
    wants_weight: int = 100
    profession: tuple[int, ...] = ()
    """A number per person, -1 for none; those of one profession rather sit apart. Empty: no professions."""
    profession_weight: int = 10
    newcomers: tuple[int, ...] = ()
    """People who rather sit with somebody experienced."""
    experienced: tuple[int, ...] = ()
    newcomer_weight: int = 20
    languages: tuple[frozenset[int], ...] = ()
    """What each person speaks; those without a common language rather sit apart. Empty: everybody understands everybody."""
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
    moderator_apart: tuple[tuple[int, int], ...] = ()
    """(moderator, person) who never share a group."""
    moderator_history: tuple[tuple[int, int, float], ...] = ()
    """(moderator, person, weight): that moderator led them before."""
    sat_out: tuple[int, ...] = ()
    """Times each person sat out before. Empty: nobody did."""
    wishes: Wishes = Wishes()

    def apart_pairs(self) -> set[tuple[int, int]]:
        """Every pair that must never share a group, ordered."""
        by_company: dict[int, list[int]] = {}
        for person, company in enumerate(self.company):
            if company >= 0:
                by_company.setdefault(company, []).append(person)
        pairs = {pair for members in by_company.values() for pair in combinations(members, 2)}
        return pairs | {ordered(a, b) for a, b in self.keep_apart}

    def together_pairs(self) -> set[tuple[int, int]]:
        """Every pair that must always share a group, ordered."""
        return {ordered(a, b) for block in blocks(self.keep_together) for a, b in combinations(block, 2)}


@dataclass(frozen=True)
class Budget:
    """How long to search. With `seconds` unset the answer depends on the seed and the iterations alone."""

    iterations: int = 12_000
    seconds: float | None = None


@dataclass(frozen=True)
class Broken:
    """A hard rule that this schedule breaks, in one round, for two people (or a moderator and a person)."""

    rule: Rule
    round: int
    first: int
    second: int


@dataclass(frozen=True)
class Schedule:
    """Groups per round. `repeats` counts meetings of two who met before; no schedule has fewer than `bound`."""

    rounds: tuple[tuple[Group, ...], ...]
    repeats: int
    bound: int
    broken: tuple[Broken, ...] = ()


def ordered(a: int, b: int) -> tuple[int, int]:
    """The pair with the lower number first."""
    return (a, b) if a < b else (b, a)


def blocks(together: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The groups of people that must stay together, overlapping ones joined."""
    joined: list[set[int]] = []
    for members in together:
        block = set(members)
        rest: list[set[int]] = []
        for other in joined:
            if other & block:
                block |= other
            else:
                rest.append(other)
        joined = [*rest, block]
    return sorted(tuple(sorted(block)) for block in joined if len(block) > 1)


def group_count(people: int, size: int, smallest: int = 2) -> int:
    """How many groups: as few as keep to the wished size, and no group smaller than `smallest` where that can be."""
    if people == 0:
        return 0
    return max(1, min(-(-people // size), people // smallest))


def even_sizes(people: int, groups: int) -> list[int]:
    """Sizes that differ by one at most, the larger first."""
    if groups == 0:
        return []
    size, larger = divmod(people, groups)
    return [size + 1] * larger + [size] * (groups - larger)


def check(problem: Problem) -> None:
    """Raises ProblemError when the problem contradicts itself."""
    if problem.people < 1:
        raise ProblemError("people", "there must be somebody")
    if problem.group_size < 2:
        raise ProblemError("group_size", "a group has at least two people")
    if not 1 <= problem.smallest <= problem.group_size:
        raise ProblemError("smallest", "lies between 1 and the group's size")
    if not problem.rounds:
        raise ProblemError("rounds", "there must be a round")
    if problem.company and len(problem.company) != problem.people:
        raise ProblemError("company", "names every person")
    _known("history", (i for a, b, _ in problem.history for i in (a, b)), problem.people)
    _known("keep_apart", (i for pair in problem.keep_apart for i in pair), problem.people)
    _known("keep_together", (i for block in problem.keep_together for i in block), problem.people)
    _known("moderator_apart", (person for _, person in problem.moderator_apart), problem.people)
    _known("moderator_apart", (moderator for moderator, _ in problem.moderator_apart), problem.moderators)
    if any(a == b for a, b in problem.keep_apart):
        raise ProblemError("keep_apart", "nobody can be kept apart from themselves")
    if problem.apart_pairs() & problem.together_pairs():
        raise ProblemError("keep_together", "two people are to be kept both together and apart")
    for number, round_ in enumerate(problem.rounds):
        _check_round(problem, number, round_)


def _check_round(problem: Problem, number: int, round_: Round) -> None:
    field = f"rounds[{number}]"
    _known(f"{field}.present", round_.present, problem.people)
    _known(f"{field}.moderators", round_.moderators, problem.moderators)
    seated = [person for group in round_.groups for person in group.people]
    _known(f"{field}.groups", seated, problem.people)
    leading = [group.moderator for group in round_.groups if group.moderator is not None]
    _known(f"{field}.groups", leading, problem.moderators)
    lists = (round_.present, round_.moderators, seated, leading, [group.number for group in round_.groups])
    if any(len(set(entries)) != len(entries) for entries in lists):
        raise ProblemError(field, "names somebody or something twice")
    if round_.freedom is not Freedom.FREE and not round_.groups:
        raise ProblemError(f"{field}.groups", "a round that was held or runs has groups")


def _known(field: str, ids: Iterable[int], limit: int) -> None:
    unknown = next((i for i in ids if not 0 <= i < limit), None)
    if unknown is not None:
        raise ProblemError(field, f"{unknown} is not between 0 and {limit - 1}")
