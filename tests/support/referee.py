"""A referee for the solver's schedules: counts for itself who sits where, how evenly, and who leads whom again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.matching.engine import Freedom, Group, Problem
from services.matching.engine.problem import Broken, Rule, group_sizes, seated


@dataclass(frozen=True)
class Report:
    """What a referee says.

    `structure` counts people seated twice, though absent, or not at all while there are seats, and such moderators.
    """

    structure: int
    uneven: int
    broken: tuple[Broken, ...]
    without_moderator: tuple[int, ...]
    """Per round: groups without a moderator beyond the shortage."""
    slots: int
    """Meetings in all, counting a pair once for each round in which it shares a group."""
    repeats: int
    """Meetings of two who met before, in this schedule or in the history; those kept together by order don't count."""
    moderator_repeats: int
    """Times a moderator leads somebody they led before."""

    @property
    def sound(self) -> bool:
        """No hard rule is broken and everybody has one seat."""
        return not (self.structure or self.uneven or self.broken or any(self.without_moderator))


def verify(problem: Problem, rounds: Sequence[Sequence[Group]]) -> Report:
    """Judges a schedule against its problem; a held or running round keeps the sizes it has."""
    free = [round_.freedom is Freedom.FREE for round_ in problem.rounds]
    return Report(
        structure=sum(_misplaced(problem, r, groups) for r, groups in enumerate(rounds)),
        uneven=sum(_uneven(problem, r, groups) for r, groups in enumerate(rounds) if free[r]),
        broken=tuple(each for r, groups in enumerate(rounds) for each in _broken(problem, r, groups)),
        without_moderator=tuple(
            _without(problem, r, groups) for r, groups in enumerate(rounds) if problem.moderators and free[r]
        ),
        slots=sum(1 for groups in rounds for group in groups for _ in combinations(group.people, 2)),
        repeats=_repeats(problem, rounds),
        moderator_repeats=_moderator_repeats(rounds),
    )


def _misplaced(problem: Problem, r: int, groups: Sequence[Group]) -> int:
    round_ = problem.rounds[r]
    times = Counter(person for group in groups for person in group.people)
    leads = Counter(group.moderator for group in groups if group.moderator is not None)
    if round_.freedom is Freedom.HELD:
        return sum(count - 1 for count in times.values())
    present = set(round_.present)
    seats = seated(problem, r) if round_.freedom is Freedom.FREE else len(present)
    absent, missing = len(set(times) - present), max(0, seats - len(present.intersection(times)))
    unavailable = len(set(leads) - set(round_.moderators))
    doubled = sum(count - 1 for count in (*times.values(), *leads.values()))
    return absent + missing + unavailable + doubled


def _uneven(problem: Problem, r: int, groups: Sequence[Group]) -> int:
    sizes = sorted((len(group.people) for group in groups), reverse=True)
    return int(sizes != sorted(group_sizes(problem, r), reverse=True))


def _without(problem: Problem, r: int, groups: Sequence[Group]) -> int:
    missing = sum(group.moderator is None for group in groups)
    return missing - max(0, len(groups) - len(problem.rounds[r].moderators))


def _broken(problem: Problem, r: int, groups: Sequence[Group]) -> Iterator[Broken]:
    """What each group breaks, then who is there and doesn't sit with whom they must; a pair breaks one rule at most."""
    apart = {frozenset(pair) for pair in problem.keep_apart}
    together = {frozenset(pair) for block in problem.keep_together for pair in combinations(block, 2)}
    company = problem.company or (-1,) * problem.people
    for group in groups:
        for a, b in combinations(sorted(group.people), 2):
            if company[a] == company[b] != -1:
                yield Broken(Rule.COMPANY, r, a, b)
            elif frozenset((a, b)) in apart:
                yield Broken(Rule.APART, r, a, b)
        for person in group.people:
            if (group.moderator, person) in problem.moderator_apart:
                yield Broken(Rule.MODERATOR_APART, r, -1 if group.moderator is None else group.moderator, person)
    for a, b in combinations(sorted(person for group in groups for person in group.people), 2):
        if frozenset((a, b)) in together and not any({a, b} <= set(group.people) for group in groups):
            yield Broken(Rule.TOGETHER, r, a, b)


def _repeats(problem: Problem, rounds: Iterable[Iterable[Group]]) -> int:
    together = {frozenset(pair) for block in problem.keep_together for pair in combinations(block, 2)}
    met = {frozenset((a, b)) for a, b, _ in problem.history}
    again = 0
    for groups in rounds:
        for group in groups:
            for pair in map(frozenset, combinations(group.people, 2)):
                again += pair in met and pair not in together
                met.add(pair)
    return again


def _moderator_repeats(rounds: Iterable[Iterable[Group]]) -> int:
    led = Counter(
        (group.moderator, person)
        for groups in rounds
        for group in groups
        if group.moderator is not None
        for person in group.people
    )
    return sum(times - 1 for times in led.values())
