"""Numbers for the groups, and hosts where a moderator is missing."""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.matching.engine.problem import Group, Problem, group_sizes


def kept_numbers(problem: Problem, r: int) -> list[int]:
    """The numbers of a plan's groups as far as there are as many now: the emptiest are given up, new ones are added."""
    round_, count = problem.rounds[r], len(group_sizes(problem, r))
    present = set(round_.present)
    pinned = {group.number for group in round_.pinned}
    fullest = sorted(round_.groups, key=lambda group: (group.number not in pinned, -len(present & set(group.people))))
    kept = [group.number for group in fullest[:count]]
    unused = (number for number in range(1, count + len(round_.groups) + 1) if number not in kept)
    return sorted([*kept, *(next(unused) for _ in range(count - len(kept)))])


def new_numbers(problem: Problem, r: int) -> list[int]:
    """Numbers of the groups that a running round may have beside those it has.

    Those of pins, and as many as the prescribed sizes ask for. Without sizes, as many as people without a seat can fill
    and the wished size asks for, but one if they can fill it, for rules may need it.
    """
    round_ = problem.rounds[r]
    there = {group.number for group in round_.groups}
    new = [group.number for group in round_.pinned if group.number not in there]
    taken = there | set(new)
    more = (len(round_.sizes) if round_.sizes else _groups_to_fill(problem, r)) - len(taken)
    free = [number for number in range(1, len(taken) + more + 1) if number not in taken]
    return sorted([*new, *free[: max(0, more)]])


def number_rooms(rounds: Sequence[Sequence[Group]]) -> tuple[tuple[Group, ...], ...]:
    """Numbers from 1 for groups that have none (0), the same for the same moderator; hosts are who hosted least."""
    room_of: dict[int, int] = {}
    result: list[list[Group]] = []
    for groups in rounds:
        named = _numbered(groups, room_of)
        room_of |= {group.moderator: group.number for group in named if group.moderator is not None}
        result.append(sorted(named, key=lambda group: group.number))
    _name_hosts(result)
    return tuple(tuple(groups) for groups in result)


def choose_host(people: Iterable[int], hosted: Counter[int]) -> int | None:
    """The participant who hosted least so far; the first of equals."""
    return min(people, key=hosted.__getitem__, default=None)


def _groups_to_fill(problem: Problem, r: int) -> int:
    """How many groups a running round without prescribed sizes may have at most, empty ones and new ones among them."""
    round_ = problem.rounds[r]
    present, pinned = set(round_.present), {group.number for group in round_.pinned}
    used = [group for group in round_.groups if group.number in pinned or not present.isdisjoint(group.people)]
    late = len(present.difference(*(group.people for group in round_.groups)))
    live = len(used) + len(pinned.difference(group.number for group in used))
    return live + min(late // problem.smallest, max(1, len(group_sizes(problem, r)) - live))


def _numbered(groups: Sequence[Group], room_of: dict[int, int]) -> list[Group]:
    if all(group.number for group in groups):
        return list(groups)
    taken = {group.number for group in groups if group.number}
    numbers = [group.number for group in groups]
    for index, group in enumerate(groups):
        room = room_of.get(group.moderator, 0) if group.moderator is not None else 0
        if not group.number and 1 <= room <= len(groups) and room not in taken:
            numbers[index] = room
            taken.add(room)
    free = (number for number in range(1, len(groups) + len(taken) + 1) if number not in taken)
    return [
        group if group.number else Group(number or next(free), group.people, group.moderator, group.host)
        for group, number in zip(groups, numbers, strict=True)
    ]


def _name_hosts(rounds: list[list[Group]]) -> None:
    """A participant hosts where nobody leads: each another one as far as that can be."""
    hosted = Counter(group.host for groups in rounds for group in groups if group.host is not None)
    bare = [
        (groups, place)
        for groups in rounds
        for place, (_, _, moderator, host) in enumerate(groups)
        if moderator is None and host is None
    ]
    found = distinct_hosts([_without(groups[place].people, hosted) for groups, place in bare])
    hosted.update(host for host in found if host is not None)
    for (groups, place), distinct in zip(bare, found, strict=True):
        number, people, *_ = groups[place]
        host = distinct
        if host is None:
            host = choose_host(people, hosted)
            hosted.update([host] if host is not None else ())
        groups[place] = Group(number, people, None, host)


def _without(people: tuple[int, ...], hosted: Counter[int]) -> tuple[int, ...]:
    return tuple(person for person in people if person not in hosted) if hosted else people


def distinct_hosts(choices: Sequence[Sequence[int]]) -> list[int | None]:
    """One of each list, nobody twice; None where the others leave nobody. As many as can be, or nearly so."""
    host_of: list[int | None] = [None] * len(choices)
    place_of: dict[int, int] = {}
    for place, people in enumerate(choices):
        for person in people:
            if person not in place_of:
                host_of[place], place_of[person] = person, place
                break
    hostless = [place for place, host in enumerate(host_of) if host is None]
    everybody = {person for people in choices for person in people} if hostless else set[int]()
    for place in hostless:
        people = choices[place]
        if len(place_of) < len(everybody):
            for person in people:
                other = place_of[person]
                swap = next((i for i in choices[other] if i not in place_of), None)
                if swap is not None:
                    host_of[other], place_of[swap] = swap, other
                    host_of[place], place_of[person] = person, place
                    break
    return host_of
