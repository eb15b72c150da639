"""An independent look at a schedule: what it breaks and how often people meet who met before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from services.matching.engine.arrays import Bools, Ints, ends_of
from services.matching.engine.problem import (
    Broken,
    Freedom,
    Group,
    Problem,
    Rule,
    even_sizes,
    group_count,
    ordered,
    seated,
)


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
        uneven=sum(_uneven(problem, groups) for groups, is_free in zip(rounds, free, strict=True) if is_free),
        broken=tuple(broken_rules(problem, rounds)),
        without_moderator=tuple(
            _without(problem, r, groups) for r, groups in enumerate(rounds) if problem.moderators and free[r]
        ),
        slots=sum(meetings(rounds).values()),
        repeats=repeats(problem, rounds),
        moderator_repeats=_moderator_repeats(rounds),
    )


def meetings(rounds: Iterable[Iterable[Group]]) -> Counter[tuple[int, int]]:
    """How often each pair shares a group."""
    return Counter(pair for groups in rounds for group in groups for pair in combinations(sorted(group.people), 2))


def repeats(problem: Problem, rounds: Iterable[Iterable[Group]]) -> int:
    """Meetings of two who met before. Pairs that must be together don't count."""
    by_size: dict[int, list[tuple[int, ...]]] = {}
    for groups in rounds:
        for group in groups:
            by_size.setdefault(len(group.people), []).append(group.people)
    people = problem.people
    parts = [_keys(np.array(members, dtype=np.int64), people) for size, members in by_size.items() if size > 1]
    if not parts:
        return 0
    met: Ints = np.sort(np.concatenate(parts))
    again: Bools = np.append(False, met[1:] == met[:-1])
    if problem.history:
        ends = ends_of(problem.history)
        before: Ints = ends.min(axis=1) * people + ends.max(axis=1)
        nearest = np.searchsorted(met[:-1], before)
        again |= np.isin(met, before[met[nearest] == before])
    if problem.keep_together:
        again &= ~np.isin(met, [a * people + b for a, b in problem.together_pairs()])
    return int(again.sum())


def _keys(members: Ints, people: int) -> Ints:
    """A number for each pair of each group."""
    members = np.sort(members, axis=1)
    first, second = np.triu_indices(members.shape[1], 1)
    return (members[:, first] * people + members[:, second]).ravel()


def broken_rules(problem: Problem, rounds: Sequence[Sequence[Group]]) -> list[Broken]:
    """Every hard rule that a round breaks; people who are absent can't break one."""
    company = problem.company
    apart = {ordered(a, b) for a, b in problem.keep_apart}
    together = problem.together_pairs()
    leads_never = set(problem.moderator_apart)
    found: list[Broken] = []
    if not (company or apart or together or leads_never):
        return found
    for r, groups in enumerate(rounds):
        seat = {person: group.number for group in groups for person in group.people}
        for group in groups:
            companies = [company[person] for person in group.people if company and company[person] >= 0]
            pairs = combinations(sorted(group.people), 2) if apart or len(set(companies)) < len(companies) else ()
            for a, b in pairs:
                if company and company[a] == company[b] >= 0:
                    found.append(Broken(Rule.COMPANY, r, a, b))
                elif (a, b) in apart:
                    found.append(Broken(Rule.APART, r, a, b))
            if leads_never and group.moderator is not None:
                found.extend(
                    Broken(Rule.MODERATOR_APART, r, group.moderator, person)
                    for person in group.people
                    if (group.moderator, person) in leads_never
                )
        found.extend(
            Broken(Rule.TOGETHER, r, a, b)
            for a, b in sorted(together)
            if a in seat and b in seat and seat[a] != seat[b]
        )
    return found


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


def _uneven(problem: Problem, groups: Sequence[Group]) -> int:
    sizes = sorted((len(group.people) for group in groups), reverse=True)
    people = sum(sizes)
    return int(sizes != even_sizes(people, group_count(people, problem.group_size, problem.smallest)))


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
