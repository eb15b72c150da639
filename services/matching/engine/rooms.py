"""Numbers for the groups, and hosts where a moderator is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from services.matching.engine.problem import Group
from services.matching.engine.running import choose_host


def number_rooms(rounds: Sequence[Sequence[Group]]) -> tuple[tuple[Group, ...], ...]:
    """Numbers from 1 for groups that have none (0), the same for the same moderator; hosts are who hosted least."""
    room_of: dict[int, int] = {}
    hosted: Counter[int] = Counter()
    result: list[tuple[Group, ...]] = []
    for groups in rounds:
        named = [_with_host(group, hosted) for group in _numbered(groups, room_of)]
        hosted.update(group.host for group in named if group.host is not None)
        room_of |= {group.moderator: group.number for group in named if group.moderator is not None}
        result.append(tuple(sorted(named, key=lambda group: group.number)))
    return tuple(result)


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


def _with_host(group: Group, hosted: Counter[int]) -> Group:
    if group.moderator is not None or group.host is not None:
        return group
    return replace(group, host=choose_host(list(group.people), hosted))
