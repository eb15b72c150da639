"""Numbers for the groups, and hosts where a moderator is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from services.matching.engine.problem import Group
from services.matching.engine.running import choose_host


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


def _numbered(groups: Sequence[Group], room_of: dict[int, int]) -> list[Group]:
    taken = {group.number for group in groups if group.number}
    waiting: list[int] = []
    named = list(groups)
    for index, group in enumerate(groups):
        room = room_of.get(group.moderator, 0) if group.moderator is not None else 0
        if group.number:
            continue
        if 1 <= room <= len(groups) and room not in taken:
            named[index] = replace(group, number=room)
            taken.add(room)
        else:
            waiting.append(index)
    free = (number for number in range(1, len(groups) + len(taken) + 1) if number not in taken)
    for index, number in zip(waiting, free, strict=False):
        named[index] = replace(groups[index], number=number)
    return named


def _name_hosts(rounds: list[list[Group]]) -> None:
    """A participant hosts where nobody leads: each another one as far as that can be."""
    hosted = Counter(group.host for groups in rounds for group in groups if group.host is not None)
    hosts: dict[int, tuple[int, int]] = {}

    def find(place: tuple[int, int], asked: set[int]) -> bool:
        """Whether somebody who never hosted can host here, where others make room by hosting elsewhere."""
        r, g = place
        for person in rounds[r][g].people:
            if hosted[person] or person in asked:
                continue
            asked.add(person)
            if person not in hosts or find(hosts[person], asked):
                hosts[person] = place
                return True
        return False

    open_places = [
        (r, g)
        for r, groups in enumerate(rounds)
        for g, group in enumerate(groups)
        if group.moderator is None and group.host is None
    ]
    others = [place for place in open_places if not find(place, set())]
    for person, (r, g) in hosts.items():
        rounds[r][g] = replace(rounds[r][g], host=person)
    hosted.update(hosts.keys())
    for r, g in others:
        host = choose_host(list(rounds[r][g].people), hosted)
        rounds[r][g] = replace(rounds[r][g], host=host)
        if host is not None:
            hosted[host] += 1
