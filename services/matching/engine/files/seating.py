"""A schedule as JSON-shaped data: {"rounds": [{"groups": [[ids], ...], "moderators": [id or null, ...]}, ...]}.

The index of a group is its room, and the group's number is one more. Moderators stand beside their groups. A re-plan
adds "moves": [{"round", "person" or "moderator", "from", "to", "why"}, ...], and "renumbered": [[old, new], ...], the
groups of the running round that stand at another index than before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard, cast

from services.matching.engine.files import forms
from services.matching.engine.files.instance import Instance
from services.matching.engine.problem import Group, ProblemError
from services.matching.engine.replan.moves import Move

Seatings = Sequence[Sequence[Group]]


@dataclass(frozen=True)
class Seats:
    """One round as a file has it: the entries may be anything, and name whom they want."""

    groups: tuple[tuple[object, ...], ...]
    moderators: tuple[object, ...] = ()

    def people(self) -> tuple[tuple[int, ...], ...]:
        """The ids in each group; what is none is left out."""
        return tuple(tuple(entry for entry in group if is_id(entry)) for group in self.groups)


def is_id(entry: object) -> TypeGuard[int]:
    """Whether it is a whole number from 0 on; `true` is 1, as everywhere in Python."""
    return isinstance(entry, int) and entry >= 0


def read_seats(data: object) -> tuple[Seats, ...]:
    """The rounds of a schedule, as they are; a bare list of rounds, and of groups in a round, will do as well."""
    rounds = cast(object, data) if isinstance(data, list) else forms.needed(forms.an_object(data, "schedule"), "rounds")
    return tuple(_round(f"rounds[{r}]", entry) for r, entry in enumerate(forms.a_list(rounds, "rounds")))


def planned(instance: Instance, schedule: Sequence[Seats]) -> tuple[tuple[Group, ...], ...]:
    """The groups of a schedule that belongs to this instance; ProblemError where it doesn't."""
    if len(schedule) != instance.rounds:
        raise ProblemError(
            "rounds", f"there are {len(schedule)}, and the instance has {instance.rounds}; give its schedule"
        )
    return tuple(_groups(instance, r, seats) for r, seats in enumerate(schedule))


def write_seats(rounds: Seatings) -> dict[str, object]:
    """The schedule as data; a group with number k is the k-th of its round."""
    return {"rounds": [_written(groups) for groups in rounds]}


def write_moves(moves: Iterable[Move], running: int, renumbered: Mapping[int, int]) -> dict[str, object]:
    """What changed, as data, by indexes of groups in the old and the new schedule; null is no group.

    `renumbered` are groups of the running round with the numbers they are written with; who stays in one didn't move.
    """
    return {
        "moves": [
            {
                "round": move.round,
                **({"moderator": move.moderator} if move.person is None else {"person": move.person}),
                "from": None if move.source is None else move.source - 1,
                "to": None if move.target is None else move.target - 1,
                "why": move.why.value,
            }
            for move in (_renumbered(move, renumbered) if move.round == running else move for move in moves)
        ],
        "renumbered": [[old - 1, new - 1] for old, new in renumbered.items() if old != new],
    }


def _renumbered(move: Move, numbers: Mapping[int, int]) -> Move:
    return move if move.target is None else replace(move, target=numbers[move.target])


def places(groups: Sequence[Group]) -> dict[int, int]:
    """The number that each group is written with, by its own: the same, unless there are not so many groups any more.

    Those beyond take the numbers of groups that were given up, so that pins hold and hardly a room changes.
    """
    numbers = sorted(group.number for group in groups)
    free = iter(sorted({*range(1, len(numbers) + 1)} - set(numbers)))
    return {number: number if number <= len(numbers) else next(free) for number in numbers}


def placed(rounds: Seatings) -> tuple[tuple[Group, ...], ...]:
    """The groups with the numbers that they are written with."""
    numbers = [places(groups) for groups in rounds]
    return tuple(
        tuple(group._replace(number=place[group.number]) for group in groups)
        for place, groups in zip(numbers, rounds, strict=True)
    )


def rotate_unled_rooms(
    rounds: Seatings, first: int = 0, fixed: Iterable[tuple[int, int]] = ()
) -> tuple[tuple[Group, ...], ...]:
    """From round `first` on, the room without a moderator is the one that was so least often, and longest ago.

    Groups in `fixed`, (round, number), keep their rooms.
    """
    kept = set(fixed)
    result: list[tuple[Group, ...]] = []
    turns = defaultdict[int, tuple[int, int]](lambda: (0, -1))  # how often a room was the one, and when last
    for r, groups in enumerate(rounds):
        room = {group.number: group.number for group in groups}
        without = [group.number for group in groups if group.moderator is None]
        if r >= first:
            free = [number for number in room if number not in without and (r, number) not in kept]
            for number in sorted(without, key=turns.__getitem__, reverse=True):
                other = min(free, key=turns.__getitem__, default=number)
                if (r, number) not in kept and turns[number] > turns[other]:
                    room[number], room[other] = other, number
                    free.remove(other)
        turns |= {room[number]: (turns[room[number]][0] + 1, r) for number in without}
        moved = [Group(room[group.number], group.people, group.moderator, group.host) for group in groups]
        result.append(tuple(sorted(moved, key=lambda group: group.number)))
    return tuple(result)


def _round(field: str, entry: object) -> Seats:
    groups, moderators = entry, None
    if not isinstance(entry, list):
        fields = forms.an_object(entry, field)
        if "groups" not in fields:
            raise ProblemError(f"{field}.groups", "is missing; name it")
        groups, moderators = fields["groups"], fields.get("moderators")
    found = [
        forms.a_list(group, f"{field}.groups[{g}]") for g, group in enumerate(forms.a_list(groups, f"{field}.groups"))
    ]
    leading = [] if moderators is None else forms.a_list(moderators, f"{field}.moderators")
    return Seats(tuple(map(tuple, found)), tuple(leading))


def _groups(instance: Instance, r: int, seats: Seats) -> tuple[Group, ...]:
    groups: list[Group] = []
    for index, entries in enumerate(seats.groups):
        field = f"rounds[{r}].groups[{index}]"
        people = forms.different_ids(list(entries), field, instance.people)
        moderator = seats.moderators[index] if index < len(seats.moderators) else None
        if moderator is not None:
            moderator = forms.an_id(moderator, f"rounds[{r}].moderators[{index}]", instance.moderators)
        groups.append(Group(index + 1, tuple(sorted(people)), moderator))
    seated = [person for group in groups for person in group.people]
    field = f"rounds[{r}].groups"
    forms.different_ids(seated, field, instance.people)
    if wrong := sorted(set(seated) ^ set(instance.attendance[r])):
        does = "is absent and has a seat" if wrong[0] in seated else "is present and has no seat"
        raise ProblemError(field, f"{wrong[0]} {does}; give the schedule of this instance")
    leading = [group.moderator for group in groups if group.moderator is not None]
    forms.different_ids(leading, f"rounds[{r}].moderators", instance.moderators)
    return tuple(groups)


def _written(groups: Sequence[Group]) -> dict[str, object]:
    in_order = sorted(groups, key=lambda group: group.number)
    written: dict[str, object] = {"groups": [list(group.people) for group in in_order]}
    if any(group.moderator is not None for group in in_order):
        written["moderators"] = [group.moderator for group in in_order]
    return written
