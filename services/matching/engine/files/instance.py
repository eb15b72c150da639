"""What is to be planned, as JSON-shaped data: people, moderators, rounds and groups are counted from 0.

`n`, `group_size` and `rounds` must be there. All else may be left out or null: attendance (the ids present, per round),
groups (in a round in which everybody is present; as few as group_size allows), sizes (of the groups, per round, before
`groups`; as equal as possible), history [[person, person, times]], company (an id per person, -1 for none), keep_apart
and keep_together [[person, person]], profession (an id per person), wants [[asker, offerer]], moderators (how many),
moderator_attendance (the ids available, per round), moderator_history [[moderator, person, times]], moderator_apart
[[moderator, person]], pins [[person, round, group]], and cls (`season`: weeks planned one after the other, at most 500
people). `name` and `quoted` are for readers.
"""

from collections import Counter
from dataclasses import dataclass

from services.common.counted import counted
from services.matching.engine.check import MOST_PEOPLE, MOST_ROUNDS, hostile, of_one_company
from services.matching.engine.files import forms
from services.matching.engine.problem import (
    Group,
    Problem,
    ProblemError,
    Round,
    Wishes,
    even_sizes,
    group_count,
)

SEASON = "season"
MOST_IN_SEASON = 500
LARGEST_NUMBER = 10**9
"""Of a company or profession: room for whatever numbers somebody has for them."""

Ids = tuple[int, ...]
Known = tuple[tuple[int, int, float], ...]
KEYS = frozenset(
    {"name", "cls", "n", "group_size", "rounds", "groups", "attendance", "sizes", "history", "company", "keep_apart"}
    | {"keep_together", "profession", "wants", "moderators", "moderator_attendance", "moderator_history"}
    | {"moderator_apart", "pins", "quoted"}
)


@dataclass(frozen=True)
class Instance:
    """A problem in the words of the file; lists that a file may leave out are filled in."""

    name: str
    cls: str
    people: int
    group_size: int
    attendance: tuple[Ids, ...]
    sizes: tuple[Ids, ...]
    history: Known = ()
    company: Ids = ()
    keep_apart: tuple[Ids, ...] = ()
    keep_together: tuple[Ids, ...] = ()
    profession: Ids = ()
    wants: tuple[Ids, ...] = ()
    moderators: int = 0
    moderator_attendance: tuple[Ids, ...] = ()
    moderator_history: Known = ()
    moderator_apart: tuple[Ids, ...] = ()
    pins: tuple[tuple[int, int, int], ...] = ()
    unknown: tuple[str, ...] = ()
    """Fields of the file that mean nothing."""

    @property
    def rounds(self) -> int:
        """How many there are."""
        return len(self.attendance)

    @property
    def most_people(self) -> int:
        """So many can be planned for."""
        return MOST_IN_SEASON if self.cls == SEASON else MOST_PEOPLE


def read_instance(data: object) -> Instance:
    """The instance in this data; ProblemError names the field that is wrong and what it must be."""
    fields = forms.an_object(data, "instance")
    people = forms.a_whole_number(forms.needed(fields, "n"), "n", 2, MOST_PEOPLE)
    size = forms.a_whole_number(forms.needed(fields, "group_size"), "group_size", 2)
    rounds = forms.a_whole_number(forms.needed(fields, "rounds"), "rounds", 1, MOST_ROUNDS)
    moderators = forms.a_whole_number(forms.given(fields, "moderators", 0), "moderators", 0, MOST_PEOPLE)
    attendance = _ids_per_round(fields, "attendance", rounds, people)
    if (few := next((r for r, present in enumerate(attendance) if len(present) < 2), None)) is not None:
        raise ProblemError(f"attendance[{few}]", "names fewer than two people; leave out the round")
    sizes = _sizes(fields, people, attendance, size)
    instance = Instance(
        name=forms.a_text(forms.given(fields, "name", ""), "name"),
        cls=forms.a_text(forms.given(fields, "cls", ""), "cls"),
        people=people,
        group_size=size,
        attendance=attendance,
        sizes=sizes,
        history=forms.known(fields, "history", people, people),
        company=_number_per_person(fields, "company", people),
        keep_apart=_pairs(fields, "keep_apart", people),
        keep_together=_lists(fields, "keep_together", people),
        profession=_number_per_person(fields, "profession", people),
        wants=_pairs(fields, "wants", people),
        moderators=moderators,
        moderator_attendance=_ids_per_round(fields, "moderator_attendance", rounds, moderators),
        moderator_history=forms.known(fields, "moderator_history", moderators, people),
        moderator_apart=tuple(
            forms.numbers(entry, field, (moderators, people))
            for field, entry in forms.entries(fields, "moderator_apart")
        ),
        pins=_pins(fields, people, attendance, sizes),
        unknown=tuple(sorted(key for key in fields if key not in KEYS)),
    )
    _both_together_and_apart(problem_of(instance))
    return instance


def problem_of(instance: Instance) -> Problem:
    """The problem that the solver is asked."""
    rounds = tuple(
        Round(present=present, moderators=moderators, sizes=sizes, pinned=pinned_groups(instance.pins, r))
        for r, (present, moderators, sizes) in enumerate(
            zip(instance.attendance, instance.moderator_attendance, instance.sizes, strict=True)
        )
    )
    return Problem(
        people=instance.people,
        group_size=instance.group_size,
        rounds=rounds,
        moderators=instance.moderators,
        history=instance.history,
        company=instance.company,
        keep_apart=tuple((a, b) for a, b in instance.keep_apart),
        keep_together=instance.keep_together,
        moderator_apart=tuple((moderator, person) for moderator, person in instance.moderator_apart),
        moderator_history=instance.moderator_history,
        wishes=Wishes(wants=tuple((a, b) for a, b in instance.wants), profession=instance.profession),
    )


def pinned_groups(pins: tuple[tuple[int, int, int], ...], r: int) -> tuple[Group, ...]:
    """Who is pinned in a round, by group; the group with index 0 has number 1."""
    groups: dict[int, list[int]] = {}
    for person, round_, group in pins:
        if round_ == r:
            groups.setdefault(group, []).append(person)
    return tuple(Group(group + 1, tuple(sorted(people))) for group, people in sorted(groups.items()))


def balanced(people: int, group_size: int) -> Ids:
    """Sizes as equal as possible, for as few groups as keep to the wished size."""
    return tuple(even_sizes(people, group_count(people, group_size, 1)))


def check_pins(
    field: str, pins: list[tuple[int, int, int]], attendance: tuple[Ids, ...], sizes: tuple[Ids, ...]
) -> None:
    """Raises ProblemError when somebody is pinned twice or while absent, or more than fit into the groups."""
    present = [set(ids) for ids in attendance]
    seen: set[tuple[int, int]] = set()
    for index, (person, r, group) in enumerate(pins):
        if group >= len(sizes[r]):
            raise ProblemError(
                f"{field}[{index}]",
                f"names group {group}; round {r} has {counted(len(sizes[r]), 'group')}, counted from 0; name another",
            )
        if person not in present[r]:
            raise ProblemError(f"{field}[{index}]", f"pins {person}, who is absent from round {r}; leave it out")
        if (person, r) in seen:
            raise ProblemError(f"{field}[{index}]", f"pins {person} a second time in round {r}; keep one of the two")
        seen.add((person, r))
    for r, round_sizes in enumerate(sizes):
        filled = sorted(Counter(group for _, round_, group in pins if round_ == r).values(), reverse=True)
        if any(count > size for count, size in zip(filled, sorted(round_sizes, reverse=True), strict=False)):
            raise ProblemError(field, f"pins more people into a group of round {r} than fit; its sizes are fixed")


def _sizes(fields: forms.Fields, people: int, attendance: tuple[Ids, ...], group_size: int) -> tuple[Ids, ...]:
    groups = fields.get("groups")
    wished = None if groups is None else forms.a_whole_number(groups, "groups", 1, people)
    if fields.get("sizes") is None:
        if fields.get("attendance") is None and wished is not None:
            return (tuple(even_sizes(len(attendance[0]), wished)),) * len(attendance)
        usual = tuple(balanced(len(present), group_size) for present in attendance)
        if wished and (other := next((r for r, sizes in enumerate(usual) if len(sizes) != wished), None)) is not None:
            groups = counted(len(usual[other]), "group")
            raise ProblemError("groups", f"is {wished}, and round {other} has people for {groups}; name sizes instead")
        return usual
    found: list[Ids] = []
    for field, entry in forms.entries(fields, "sizes"):
        found.append(tuple(forms.a_whole_number(each, field, 1) for each in forms.a_list(entry, field)))
    if len(found) != len(attendance):
        rounds = counted(len(found), "round")
        raise ProblemError("sizes", f"is for {rounds}, and there are {len(attendance)}; give a list for each")
    for r, (sizes, present) in enumerate(zip(found, attendance, strict=True)):
        if sum(sizes) != len(present):
            raise ProblemError(f"sizes[{r}]", f"adds up to {sum(sizes)}, and {len(present)} people are present")
    return tuple(found)


def _ids_per_round(fields: forms.Fields, key: str, rounds: int, limit: int) -> tuple[Ids, ...]:
    """Ids for each round; all of them when the field is missing or null."""
    if fields.get(key) is None:
        return (tuple(range(limit)),) * rounds
    found = tuple(
        tuple(sorted(forms.different_ids(entry, field, limit))) for field, entry in forms.entries(fields, key)
    )
    if len(found) != rounds:
        raise ProblemError(key, f"is for {counted(len(found), 'round')}, and there are {rounds}; give a list for each")
    return found


def _number_per_person(fields: forms.Fields, key: str, people: int) -> Ids:
    found = tuple(forms.a_whole_number(entry, field, -1, LARGEST_NUMBER) for field, entry in forms.entries(fields, key))
    if fields.get(key) is not None and len(found) != people:
        raise ProblemError(
            key, f"has {counted(len(found), 'entry', 'entries')} for {people} people; give one for each, -1 for none"
        )
    return found


def _lists(fields: forms.Fields, key: str, people: int) -> tuple[Ids, ...]:
    found = tuple(forms.different_ids(entry, field, people) for field, entry in forms.entries(fields, key))
    if (short := next((index for index, ids in enumerate(found) if len(ids) < 2), None)) is not None:
        raise ProblemError(f"{key}[{short}]", "names fewer than two people; name two")
    return found


def _pairs(fields: forms.Fields, key: str, people: int) -> tuple[Ids, ...]:
    found = _lists(fields, key, people)
    if (long := next((index for index, ids in enumerate(found) if len(ids) > 2), None)) is not None:
        raise ProblemError(f"{key}[{long}]", f"names {len(found[long])} people; name two, or each pair of them")
    return found


def _pins(
    fields: forms.Fields, people: int, attendance: tuple[Ids, ...], sizes: tuple[Ids, ...]
) -> tuple[tuple[int, int, int], ...]:
    pins = read_pins(fields, people, len(attendance))
    check_pins("pins", pins, attendance, sizes)
    return tuple(pins)


def read_pins(fields: forms.Fields, people: int, rounds: int) -> list[tuple[int, int, int]]:
    """(person, round, group) of each pin."""
    found: list[tuple[int, int, int]] = []
    for field, entry in forms.entries(fields, "pins"):
        values = forms.three(entry, field, "the person, the round and the group")
        person = forms.an_id(values[0], field, people)
        r, group = (forms.a_whole_number(value, field, 0) for value in values[1:])
        if r >= rounds:
            raise ProblemError(field, f"names round {r}; they go from 0 to {rounds - 1}")
        found.append((person, r, group))
    return found


def _both_together_and_apart(problem: Problem) -> None:
    if (pair := hostile(problem)) is not None:
        why = (
            "of one company, which sits apart; change"
            if of_one_company(problem, *pair)
            else "in keep_apart as well; take them out of"
        )
        raise ProblemError("keep_together", f"{pair[0]} and {pair[1]} are {why} one")


def write_instance(instance: Instance) -> dict[str, object]:
    """The instance as data; what a file may leave out is there only when it says something."""
    everybody = tuple(range(instance.people))
    data: dict[str, object] = {
        "name": instance.name,
        "cls": instance.cls,
        "n": instance.people,
        "group_size": instance.group_size,
        "rounds": instance.rounds,
        "groups": len(instance.sizes[0]),
        "attendance": None if all(ids == everybody for ids in instance.attendance) else instance.attendance,
        "sizes": instance.sizes,
        "history": instance.history,
        "company": instance.company or None,
        "keep_apart": instance.keep_apart,
        "keep_together": instance.keep_together,
        "profession": instance.profession or None,
        "wants": instance.wants,
        "moderators": instance.moderators,
        "moderator_history": instance.moderator_history,
    }
    all_lead = tuple(range(instance.moderators))
    if any(ids != all_lead for ids in instance.moderator_attendance):
        data["moderator_attendance"] = instance.moderator_attendance
    if instance.moderator_apart:
        data["moderator_apart"] = instance.moderator_apart
    if instance.pins:
        data["pins"] = instance.pins
    return data
