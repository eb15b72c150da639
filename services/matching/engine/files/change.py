"""What became different while a plan is carried out, as JSON-shaped data, and the problem that follows from it.

{"held": 2, "absent": [3, 7], "late": 2, "moderators_gone": [4], "pins": [[person, round, group]]}: so many rounds are
over, the next one runs; these people left, so many came (with the next ids), these moderators left; who is pinned sits
in that group of that round as it is written, counted from 0. All may be left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.matching.engine.files import forms
from services.matching.engine.files.instance import Ids, Instance, balanced, check_pins, problem_of, read_pins
from services.matching.engine.problem import (
    Freedom,
    Group,
    Problem,
    ProblemError,
    Round,
    even_sizes,
    group_count,
)

KEYS = frozenset({"held", "absent", "late", "moderators_gone", "pins"})


@dataclass(frozen=True)
class Change:
    """The round with the index `held` runs; all later ones are planned anew."""

    held: int
    absent: Ids = ()
    late: int = 0
    moderators_gone: Ids = ()
    pins: tuple[tuple[int, int, int], ...] = ()
    unknown: tuple[str, ...] = ()
    """Fields of the file that mean nothing."""


def read_change(data: object, instance: Instance) -> Change:
    """The change in this data; ProblemError names the field that is wrong and what it must be."""
    fields = forms.an_object(data, "change")
    held = forms.a_whole_number(forms.given(fields, "held", 0), "held", 0, instance.rounds)
    late = forms.a_whole_number(forms.given(fields, "late", 0), "late", 0, 1000)
    if late > (room := max(0, instance.most_people - instance.people)):
        most = f"there are {instance.people} people of {instance.most_people} at most"
        raise ProblemError("late", f"is {late}, and {most}; name {room} at most")
    absent = forms.different_ids(forms.given(fields, "absent", []), "absent", instance.people)
    gone = forms.different_ids(forms.given(fields, "moderators_gone", []), "moderators_gone", instance.moderators)
    pins = tuple(read_pins(fields, instance.people + late, instance.rounds))
    if (over := next((index for index, (_, r, _) in enumerate(pins) if r < held), None)) is not None:
        raise ProblemError(f"pins[{over}]", f"is for round {pins[over][1]}, which was held; leave it out")
    return Change(held, absent, late, gone, pins, tuple(sorted(key for key in fields if key not in KEYS)))


def changed(instance: Instance, change: Change, plan: Sequence[Sequence[Group]]) -> Instance:
    """The instance of the new situation: rounds that were held are as they were, the others without who left."""
    late = tuple(range(instance.people, instance.people + change.late))
    absent, gone = set(change.absent), set(change.moderators_gone)
    attendance = list(instance.attendance)
    sizes = list(instance.sizes)
    moderators = list(instance.moderator_attendance)
    for r in range(change.held):
        sizes[r] = tuple(len(group.people) for group in plan[r])
    for r in range(change.held, instance.rounds):
        attendance[r] = tuple(person for person in attendance[r] if person not in absent) + late
        if len(attendance[r]) < 2:
            raise ProblemError("absent", f"leaves fewer than two people in round {r}; end the event instead")
        sizes[r] = _sizes_for(len(attendance[r]), sizes[r], instance.group_size)
        moderators[r] = tuple(moderator for moderator in moderators[r] if moderator not in gone)
    check_pins("pins", list(change.pins), tuple(attendance), tuple(sizes))
    pinned_anew = {(person, r) for person, r, _ in change.pins}
    kept = tuple(
        (person, r, group)
        for person, r, group in instance.pins
        if (r < change.held or (person not in absent and group < len(sizes[r]))) and (person, r) not in pinned_anew
    )
    unlike = sorted({*range(instance.people + change.late)} - {*instance.profession})[: change.late]
    return replace(
        instance,
        people=instance.people + change.late,
        attendance=tuple(attendance),
        sizes=tuple(sizes),
        company=(*instance.company, *(-1 for _ in late)) if instance.company else (),
        profession=(*instance.profession, *unlike) if instance.profession else (),
        moderator_attendance=tuple(moderators),
        pins=kept + change.pins,
    )


def as_written(instance: Instance, rounds: Sequence[Sequence[Group]]) -> Instance:
    """As the written schedule is judged: of more pins than a group has seats those that are not kept are left out."""
    seated = [{group.number - 1: group.people for group in groups} for groups in rounds]
    pinned = Counter((r, group) for _, r, group in instance.pins)
    pins = tuple(
        (person, r, group)
        for person, r, group in instance.pins
        if person in (there := seated[r].get(group, ())) or pinned[r, group] <= len(there)
    )
    return replace(instance, pins=pins)


def _sizes_for(people: int, sizes: Ids, group_size: int) -> Ids:
    """The same for as many people; for others the usual ones, or as many groups as were asked for while people fit."""
    if people == sum(sizes):
        return sizes
    if len(sizes) == len(balanced(sum(sizes), group_size)):
        return balanced(people, group_size)
    groups = max(len(sizes), group_count(people, max(*sizes, group_size), 1))
    return tuple(even_sizes(people, min(groups, people // 2)))


def problem_after(instance: Instance, change: Change, plan: Sequence[Sequence[Group]]) -> Problem:
    """What the solver is asked: `instance` is the changed one, and `plan` what was planned before."""
    problem = problem_of(instance)
    rounds = tuple(_round(round_, r, change.held, plan[r]) for r, round_ in enumerate(problem.rounds))
    return replace(problem, rounds=rounds)


def _round(round_: Round, r: int, held: int, groups: Sequence[Group]) -> Round:
    freedom = Freedom.HELD if r < held else Freedom.RUNNING if r == held else Freedom.FREE
    return replace(round_, groups=tuple(groups), freedom=freedom)
