"""A referee for schedules as files have them: everything is counted from the seats, however wrong they are.

- slots: meetings in all; distinct_pairs: different pairs that met; new_pairs: those that had not met in the history
- forced: pairs kept together meet again by order; it counts for nothing
- repeat_meetings: slots - distinct_pairs - forced; history_meetings: meetings of two who had met before
- wasted: both counted together, a meeting once
- hard: what breaks a rule, by rule; lb_wasted: what no schedule that keeps them can avoid
- gap: 1 - new_pairs / the most that there can be
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from services.matching.engine.arrays import Ints
from services.matching.engine.files.instance import Instance
from services.matching.engine.files.seating import Seats, is_id
from services.matching.engine.problem import ordered

Figures = dict[str, object]


def figures(instance: Instance, schedule: Sequence[Seats], least_wasted: int) -> Figures:
    """What a referee says; `least_wasted` is the bound that the figures are set against."""
    rounds = list(schedule[: instance.rounds])
    met = _Met(instance, rounds)
    hard = _hard(instance, schedule, rounds)
    forced = met.forced()
    new = met.new()
    ordered_again = sum(1 for pair in met.together if pair in met.known and met.times(pair))
    wasted = met.slots - forced - new - ordered_again
    efficiency = round(new / most, 6) if (most := _room_for_new(instance, met, least_wasted)) > 0 else 1.0
    result: Figures = {
        "instance": instance.name,
        "slots": met.slots,
        "distinct_pairs": len(met.pairs),
        "new_pairs": new,
        "repeat_meetings": met.slots - len(met.pairs) - forced,
        "history_meetings": met.in_history(),
        "wasted": wasted,
        "max_meets": met.most(),
        "hard": hard,
        "hard_total": sum(hard.values()),
        "size_spread": max((_spread(seats) for seats in rounds), default=0),
        "notes": [] if len(schedule) == instance.rounds else [f"{len(schedule)} rounds, want {instance.rounds}"],
        "soft": _soft(instance, met),
    }
    if instance.moderators:
        result["moderators"] = _moderators(instance, rounds)
    result |= {"lb_wasted": least_wasted, "efficiency": efficiency, "gap": round(1 - efficiency, 6)}
    result["ok"] = not sum(hard.values())
    result["conflict_free"] = result["ok"] and wasted == 0
    return result


class _Met:
    """Who met whom how often."""

    def __init__(self, instance: Instance, rounds: Sequence[Seats]) -> None:
        self.people = instance.people
        self.known = {(a, b) for a, b, _ in instance.history}
        self.together = {ordered(a, b) for block in instance.keep_together for a, b in combinations(block, 2)}
        codes: list[Ints] = [np.zeros(0, dtype=np.int64)]
        self.slots = 0
        for groups in (seats.people() for seats in rounds):
            for group in groups:
                known = [person for person in group if person < self.people]
                self.slots += len(known) * (len(known) - 1) // 2
                ids = np.array(sorted(set(known)), dtype=np.int64)
                first, second = np.triu_indices(len(ids), 1)
                codes.append(ids[first] * self.people + ids[second])
        self.pairs, self._counts = np.unique(np.concatenate(codes), return_counts=True)
        self._known = _codes(self.known, self.people)
        self._together = _codes(self.together, self.people)
        self._new = ~np.isin(self.pairs, self._known)
        self._free = ~np.isin(self.pairs, self._together)

    def times(self, pair: tuple[int, int]) -> int:
        """How often these two met."""
        code = pair[0] * self.people + pair[1]
        at = int(np.searchsorted(self.pairs, code))
        return int(self._counts[at]) if at < len(self.pairs) and self.pairs[at] == code else 0

    def forced(self) -> int:
        return sum(max(0, self.times(pair) - 1) for pair in self.together)

    def new(self) -> int:
        return int(self._new.sum())

    def in_history(self) -> int:
        return int(self._counts[~self._new & self._free].sum())

    def most(self) -> int:
        return int(self._counts[self._free].max(initial=0))

    def alike(self, kinds: Sequence[int]) -> int:
        """Meetings of two of a kind who need not be together."""
        kind = np.array(kinds, dtype=np.int64)
        same = kind[self.pairs // self.people] == kind[self.pairs % self.people]
        return int(self._counts[same & self._free].sum())


def _room_for_new(instance: Instance, met: _Met, least_wasted: int) -> int:
    """How many new pairs any schedule can have at most, given what it wastes at least."""
    present = [set(ids) for ids in instance.attendance]
    both = [sum(a in ids and b in ids for ids in present) for a, b in met.together]
    slots = sum(size * (size - 1) // 2 for sizes in instance.sizes for size in sizes)
    again = sum(pair in met.known for pair in met.together)
    return slots - sum(max(0, times - 1) for times in both) - again - least_wasted


def _hard(instance: Instance, schedule: Sequence[Seats], rounds: Sequence[Seats]) -> dict[str, int]:
    apart = {ordered(a, b) for a, b in instance.keep_apart}
    together = {ordered(a, b) for block in instance.keep_together for a, b in combinations(block, 2)}
    hard: dict[str, int] = {"structure": abs(len(schedule) - instance.rounds)}
    hard |= dict.fromkeys(("sizes", "company", "keep_apart", "keep_together", "moderators"), 0)
    hard |= {"pins": 0} if instance.pins else {}
    for r, seats in enumerate(rounds):
        hard["structure"] += _misplaced(set(instance.attendance[r]), seats)
        hard["sizes"] += sorted(map(len, seats.groups)) != sorted(instance.sizes[r])
        room: dict[int, int] = {}
        for number, group in enumerate(seats.people()):
            members = sorted({person for person in group if person < instance.people})
            room |= dict.fromkeys(members, number)
            hard["company"] += _colleagues(instance, members)
            hard["keep_apart"] += sum(pair in apart for pair in combinations(members, 2)) if apart else 0
        hard["keep_together"] += sum(a in room and b in room and room[a] != room[b] for a, b in together)
        hard["moderators"] += _unled(instance, r, seats)
        for person, pinned, group in instance.pins:
            hard["pins"] += pinned == r and room.get(person) != group
    return hard


def _misplaced(present: set[int], seats: Seats) -> int:
    """Entries that stand there twice or name nobody who is there, and people who are there and not named."""
    flat = [entry for group in seats.groups for entry in group]
    different: set[object] = {entry for entry in flat if not isinstance(entry, list | dict)}
    strangers = sum(not is_id(entry) or entry not in present for entry in flat)
    return len(flat) - len(different) + len(present - different) + strangers


def _colleagues(instance: Instance, members: Sequence[int]) -> int:
    """Pairs of one company."""
    companies = Counter(instance.company[person] for person in members) if instance.company else Counter[int]()
    return sum(times * (times - 1) // 2 for company, times in companies.items() if company >= 0)


def _unled(instance: Instance, r: int, seats: Seats) -> int:
    """Groups without a moderator beyond the shortage, and moderators in two places, away, or kept from somebody."""
    if not instance.moderators:
        return 0
    there = set(instance.moderator_attendance[r])
    leading = _leading(instance, seats)
    named = _named(instance, seats)
    without = sum(moderator is None for moderator in leading)
    never = set(instance.moderator_apart)
    kept = sum(
        (moderator, person) in never
        for moderator, group in zip(leading, seats.people(), strict=True)
        for person in group
    )
    away = sum(moderator not in there for moderator in leading if moderator is not None)
    shortage = max(0, len(leading) - len(there))
    return max(0, without - shortage) + len(named) - len(set(named)) + away + kept


def _moderators(instance: Instance, rounds: Sequence[Seats]) -> dict[str, int]:
    led: dict[tuple[int, int], int] = {}
    load = [0] * instance.moderators
    known = {(moderator, person) for moderator, person, _ in instance.moderator_history}
    without = doubled = 0
    for seats in rounds:
        leading = _leading(instance, seats)
        named = _named(instance, seats)
        without += sum(moderator is None for moderator in leading)
        doubled += len(named) - len(set(named))
        for moderator, group in zip(leading, seats.people(), strict=True):
            if moderator is None:
                continue
            load[moderator] += 1
            for person in {person for person in group if person < instance.people}:
                led[moderator, person] = led.get((moderator, person), 0) + 1
    return {
        "rooms_without": without,
        "double_booked": doubled,
        "repeat_participant_meetings": sum(times - 1 for times in led.values()),
        "history_participant_meetings": sum(times for pair, times in led.items() if pair in known),
        "max_participant_meets": max(led.values(), default=0),
        "load_min": min(load),
        "load_max": max(load),
    }


def _leading(instance: Instance, seats: Seats) -> list[int | None]:
    """Who leads each group; entries that name nobody count as nobody."""
    named: list[int | None] = [None] * len(seats.groups)
    for index, entry in enumerate(seats.moderators[: len(named)]):
        if is_id(entry) and entry < instance.moderators:
            named[index] = entry
    return named


def _named(instance: Instance, seats: Seats) -> list[int]:
    return [entry for entry in seats.moderators if is_id(entry) and entry < instance.moderators]


def _soft(instance: Instance, met: _Met) -> dict[str, int]:
    soft: dict[str, int] = {}
    if instance.profession:
        soft["same_profession_meetings"] = met.alike(instance.profession)
    if instance.wants:
        soft["wants_met"] = sum(met.times(ordered(a, b)) > 0 for a, b in instance.wants)
        soft["wants_total"] = len(instance.wants)
    return soft


def _spread(seats: Seats) -> int:
    sizes = [len(group) for group in seats.groups]
    return max(sizes, default=0) - min(sizes, default=0)


def _codes(pairs: set[tuple[int, int]], people: int) -> Ints:
    return np.array([a * people + b for a, b in pairs], dtype=np.int64)
