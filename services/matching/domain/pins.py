"""Who plans decides where somebody is in a round: a participant sits in that group, a moderator leads it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from services.common.caller import Role
from services.common.refusals import Invalid, NotFound
from services.matching.domain.limits import MOST_PINS_KEPT
from services.matching.engine import Freedom, Group, Problem, Round
from services.matching.engine.problem import group_sizes
from services.matching.engine.rooms import kept_numbers

PLANNING = (Role.OWNER, Role.ORGANISER, Role.MODERATOR)
"""Who plans anew, and so sees who was given which group."""


@dataclass(frozen=True)
class Pin:
    """Somebody's group in a round. In a change of pins, group 0 takes away what was decided of them."""

    account: UUID
    round: int
    group: int


def changed(kept: Iterable[Pin], asked: Sequence[Pin]) -> tuple[Pin, ...]:
    """What is kept, with what is asked in place of it for the same people and rounds.

    Raises NotFound when a pin is to be taken away that isn't kept, and Invalid for more than can be kept.
    """
    kept, anew = tuple(kept), {(pin.account, pin.round) for pin in asked}
    known = {(pin.account, pin.round) for pin in kept}
    for at, pin in enumerate(asked):
        if not pin.group and (pin.account, pin.round) not in known:
            raise NotFound("pin", field=f"pins[{at}]")
    stay = (pin for pin in kept if (pin.account, pin.round) not in anew)
    pins = (*stay, *(pin for pin in asked if pin.group))
    if len(pins) > MOST_PINS_KEPT:
        message = f"At most {MOST_PINS_KEPT} rooms can be given to people, in all rounds to come: take some away again."
        raise Invalid("pins", message, rule="too_many", limit=str(MOST_PINS_KEPT))
    return pins


def refuse_without_group(pins: Iterable[Pin]) -> None:
    """Raises Invalid for a pin that names no group: there are none yet to take away."""
    for at, pin in enumerate(pins):
        if not pin.group:
            raise Invalid(f"pins[{at}].group_number", "Say which room: the first is 1.", rule="empty")


class Pinning:
    """The pins of one problem, taken one by one. `rounds` are the numbers of the problem's rounds, in order."""

    def __init__(
        self, problem: Problem, rounds: Sequence[int], person: Mapping[UUID, int], moderator: Mapping[UUID, int]
    ) -> None:
        self._problem = problem
        self._row = {number: r for r, number in enumerate(rounds)}
        self._to_come = [n for n, each in zip(rounds, problem.rounds, strict=True) if each.freedom is not Freedom.HELD]
        self._person, self._moderator = person, moderator
        self._present = [set(each.present) for each in problem.rounds]
        self._leading = [set(each.moderators) for each in problem.rounds]
        self._known_groups: list[set[int]] = [set() for _ in problem.rounds]
        """Those that a round has with the pins so far: it keeps them all when one of them is pinned as well."""
        self._filled: list[Counter[int]] = [Counter() for _ in problem.rounds]
        self._seats: list[dict[int, int]] = [{} for _ in problem.rounds]
        self._leads: list[dict[int, int]] = [{} for _ in problem.rounds]

    def take(self, pin: Pin, field: str) -> None:
        """One more pin. Raises Invalid, naming a part of the field, for one that can't be kept beside those before.

        And NotFound for somebody who is not on the event's roster.
        """
        if pin.account not in self._person and pin.account not in self._moderator:
            raise NotFound("participant", field=f"{field}.account_id")
        if pin.round not in self._to_come:
            least, most = str(self._to_come[0]), str(self._to_come[-1])
            message = f"Rooms can be given in rounds {least} to {most}."
            raise Invalid(f"{field}.round_number", message, rule="range", least=least, most=most)
        if not self.is_there(pin):
            raise Invalid(f"{field}.account_id", "This person is not there then; check them in first.", rule="absent")
        r = self._row[pin.round]
        leads = self._leads_in(r, pin.account)
        taken, number = (self._leads[r], self._moderator) if leads else (self._seats[r], self._person)
        if number[pin.account] in taken:
            raise Invalid(f"{field}.account_id", "This person has a room in that round already.", rule="twice")
        self._refuse_unknown(r, pin, f"{field}.group_number")
        if leads and pin.group in taken.values():
            raise Invalid(f"{field}.group_number", "This room has another moderator in that round.", rule="both")
        if not leads:
            self._refuse_full(r, pin.group, f"{field}.group_number")
            self._filled[r][pin.group] += 1
        taken[number[pin.account]] = pin.group

    def take_all(self, pins: Iterable[Pin]) -> None:
        """As many of them as can be kept."""
        for pin in pins:
            with suppress(Invalid, NotFound):
                self.take(pin, "pins")

    def is_there(self, pin: Pin) -> bool:
        """Whether its person sits, or can lead, in its round, and the round is to come or runs."""
        if pin.round not in self._to_come:
            return False
        r = self._row[pin.round]
        return self._leads_in(r, pin.account) or self._person.get(pin.account) in self._present[r]

    def rounds(self) -> tuple[Round, ...]:
        """The problem's rounds with the pins that were taken."""
        return tuple(
            replace(each, pinned=_groups(self._seats[r], self._leads[r])) if self._seats[r] or self._leads[r] else each
            for r, each in enumerate(self._problem.rounds)
        )

    def _leads_in(self, r: int, account: UUID) -> bool:
        return self._moderator.get(account) in self._leading[r]

    def _refuse_unknown(self, r: int, pin: Pin, field: str) -> None:
        """Raises Invalid for a group that the round won't have: of those to come, the groups that are pinned stay."""
        if pin.group in self._known_groups[r]:
            return
        pinned = {*self._seats[r].values(), *self._leads[r].values()}
        each = self._problem.rounds[r]
        if each.freedom is Freedom.RUNNING:
            numbers = [group.number for group in each.groups]
        else:
            asked = replace(each, pinned=tuple(Group(number, ()) for number in sorted({*pinned, pin.group})))
            rounds = (*self._problem.rounds[:r], asked, *self._problem.rounds[r + 1 :])
            numbers = kept_numbers(replace(self._problem, rounds=rounds), r)
        if not {*pinned, pin.group} <= set(numbers):
            round_, rooms = str(pin.round), _spans(numbers)
            raise Invalid(field, f"Rooms of round {round_}: {rooms}.", rule="rooms", round=round_, rooms=rooms)
        self._known_groups[r] = set(numbers)

    def _refuse_full(self, r: int, group: int, field: str) -> None:
        """Raises Invalid for one more than a group has seats; a round that runs has no sizes that bind."""
        if self._problem.rounds[r].freedom is Freedom.RUNNING:
            return
        filled, sizes = self._filled[r][group] + 1, group_sizes(self._problem, r)
        if filled <= sizes[-1]:  # every room has so many seats
            return
        counts = sorted((self._filled[r] | {group: filled}).values(), reverse=True)
        for count, size in zip(counts, sizes, strict=False):
            if count > size:
                message = "More people would be given this room than it has seats."
                raise Invalid(field, message, rule="too_many", limit=str(size))


def _spans(numbers: Sequence[int]) -> str:
    """Numbers in ascending order, as short as can be: 1-4, 6."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return ", ".join("-".join(map(str, span)) for span in spans)


def _groups(seats: Mapping[int, int], leads: Mapping[int, int]) -> tuple[Group, ...]:
    leader = {number: moderator for moderator, number in leads.items()}
    people: dict[int, list[int]] = {}
    for person, number in seats.items():
        people.setdefault(number, []).append(person)
    return tuple(
        Group(number, tuple(people.get(number, ())), leader.get(number)) for number in sorted({*people, *leader})
    )
