"""What a schedule amounts to: who met how often, how often again, and which hard rules it breaks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from services.matching.engine.arrays import Bools, Ints, ends_of
from services.matching.engine.problem import Broken, Group, Problem, Rule, ordered


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
        seat = {person: group.number for group in groups for person in group.people} if together else {}
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
