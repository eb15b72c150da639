"""A referee for the solver's schedules: counts for itself who sits where, how evenly, and who leads whom again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.matching.engine import Freedom, Group, Problem
from services.matching.engine.problem import Broken, group_sizes, seated
from services.matching.engine.tally import broken_rules, meetings, repeats


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
        broken=tuple(broken_rules(problem, rounds)),
        without_moderator=tuple(
            _without(problem, r, groups) for r, groups in enumerate(rounds) if problem.moderators and free[r]
        ),
        slots=sum(meetings(rounds).values()),
        repeats=repeats(problem, rounds),
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


def _moderator_repeats(rounds: Iterable[Iterable[Group]]) -> int:
    led = Counter(
        (group.moderator, person)
        for groups in rounds
        for group in groups
        if group.moderator is not None
        for person in group.people
    )
    return sum(times - 1 for times in led.values())
