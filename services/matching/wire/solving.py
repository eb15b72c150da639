"""The problems that integrations bring along, in numbers, and their schedules by the integrations' own keys."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID

from ontmoet.matching.v1 import solve_pb2

from services.common.refusals import Invalid
from services.matching.domain.known import EXPERIENCED, Known, Numbered
from services.matching.domain.profile import Profile
from services.matching.engine import Group, Problem, Round, Schedule
from services.matching.engine.check import MOST_PEOPLE
from services.matching.engine.collisions.clash import Conflict

LONGEST_KEY = 200
_NOW = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing of a problem that is brought along has a date."""


class Posed:
    """A problem by the keys of whoever poses it. Raises Invalid, naming the field that makes no sense."""

    def __init__(self, request: solve_pb2.SolveRequest) -> None:
        self._request = request
        self._people = [each.key for each in request.people]
        self._moderators = [each.key for each in request.moderators]
        self._person = _numbered("people", self._people)
        self._moderator = _numbered("moderators", self._moderators)
        if len(self._people) < 2:
            most = str(MOST_PEOPLE)
            raise Invalid("people", "There must be at least two people.", rule="range", least="2", most=most)
        self._numbers = Numbered(self._known(), self._accounts(), (), now=_NOW)
        rounds = tuple(self._round(number) for number in range(1, request.rounds + 1))
        company = self._numbers.companies()
        self.problem = Problem(
            people=len(self._people),
            group_size=request.group_size,
            rounds=rounds,
            moderators=len(self._moderators),
            smallest=request.smallest or 2,
            largest=request.largest or None,
            history=tuple(self._met()),
            company=company,
            keep_apart=tuple(self._apart()),
            keep_together=tuple(self._together(company)),
            moderator_apart=tuple(self._never_led()),
            moderator_history=tuple(self._led()),
            sat_out=tuple(each.sat_out for each in request.people),
            wishes=replace(self._numbers.wishes(), languages=self._languages()),
        )

    def answer(self, schedule: Schedule, collisions: Iterable[Conflict]) -> solve_pb2.SolveResponse:
        """The schedule by the same keys."""
        return solve_pb2.SolveResponse(
            rounds=[self._solved(number, groups) for number, groups in enumerate(schedule.rounds)],
            repeats=schedule.repeats,
            repeats_bound=schedule.bound,
            argument=schedule.argument.value,
            broken=[
                solve_pb2.BrokenRule(
                    rule=each.rule.value,
                    round=each.round + 1,
                    first=(self._moderators if each.rule == "moderator_apart" else self._people)[each.first],
                    second=self._people[each.second],
                )
                for each in schedule.broken
            ],
            collisions=[
                solve_pb2.Collision(
                    rules=each.kind.value,
                    round=each.round + 1,
                    people=[self._people[person] for person in each.people],
                    moderators=[self._moderators[moderator] for moderator in each.moderators],
                    least=each.least,
                    groups=each.groups,
                    sizes=each.sizes,
                )
                for each in collisions
            ],
        )

    def _solved(self, number: int, groups: Sequence[Group]) -> solve_pb2.SolvedRound:
        seated = {person for group in groups for person in group.people}
        return solve_pb2.SolvedRound(
            number=number + 1,
            groups=[
                solve_pb2.SolvedGroup(
                    number=group.number,
                    people=[self._people[person] for person in group.people],
                    moderator="" if group.moderator is None else self._moderators[group.moderator],
                    host="" if group.host is None else self._people[group.host],
                )
                for group in groups
            ],
            sitting_out=[self._people[i] for i in self.problem.rounds[number].present if i not in seated],
        )

    def _accounts(self) -> list[UUID]:
        return [UUID(int=person) for person in range(len(self._people))]

    def _known(self) -> Known:
        """Companies, professions, asks and offers, and who is new, as they are known of members."""
        profiles = {
            account: Profile(account, each.company, each.profession, tuple(each.asks), tuple(each.offers), version=1)
            for account, each in zip(self._accounts(), self._request.people, strict=True)
        }
        visits = {
            account: 0 if each.newcomer else EXPERIENCED if each.experienced else 1
            for account, each in zip(self._accounts(), self._request.people, strict=True)
        }
        return Known(profiles=profiles, visits=visits)

    def _round(self, number: int) -> Round:
        people, moderators = self._request.people, self._request.moderators
        return Round(
            present=tuple(i for i, each in enumerate(people) if self._is_there(f"people[{i}]", each.rounds, number)),
            moderators=tuple(
                i for i, each in enumerate(moderators) if self._is_there(f"moderators[{i}]", each.rounds, number)
            ),
            pinned=tuple(self._pinned(number)),
        )

    def _is_there(self, field: str, rounds: Sequence[int], number: int) -> bool:
        if any(not 1 <= each <= self._request.rounds for each in rounds):
            most = str(self._request.rounds)
            message = f"There are rounds 1 to {most}."
            raise Invalid(f"{field}.rounds", message, rule="range", least="1", most=most)
        return not rounds or number in rounds

    def _pinned(self, number: int) -> Iterator[Group]:
        groups: dict[int, Group] = {}
        for at, pin in enumerate(self._request.pins):
            field = f"pins[{at}]"
            if not 1 <= pin.round <= self._request.rounds:
                raise Invalid(f"{field}.round", "There is no such round.", rule="unknown")
            if pin.group < 1:
                raise Invalid(f"{field}.group", "Groups are numbered from 1.", rule="unknown")
            if pin.round != number:
                continue
            people = tuple(_known(self._person, key, f"{field}.people") for key in pin.people)
            leader = _known(self._moderator, pin.moderator, f"{field}.moderator") if pin.moderator else None
            before = groups.get(pin.group, Group(pin.group, ()))
            leader = before.moderator if leader is None else leader
            groups[pin.group] = Group(pin.group, (*before.people, *people), leader)
        yield from groups.values()

    def _met(self) -> Iterator[tuple[int, int, float]]:
        for at, met in enumerate(self._request.met):
            first = _known(self._person, met.first, f"met[{at}].first")
            second = _known(self._person, met.second, f"met[{at}].second")
            yield first, second, _weight(met.weight, f"met[{at}].weight")

    def _led(self) -> Iterator[tuple[int, int, float]]:
        for at, led in enumerate(self._request.led):
            first = _known(self._moderator, led.first, f"led[{at}].first")
            yield first, _known(self._person, led.second, f"led[{at}].second"), _weight(led.weight, f"led[{at}].weight")

    def _apart(self) -> Iterator[tuple[int, int]]:
        for at, pair in enumerate(self._request.keep_apart):
            people = self._block(f"keep_apart[{at}]", pair.keys)
            if len(people) != 2:
                raise Invalid(f"keep_apart[{at}]", "Two people are kept apart.", rule="range", least="2", most="2")
            yield people[0], people[1]

    def _together(self, company: Sequence[int]) -> Iterator[tuple[int, ...]]:
        apart = {tuple(sorted(pair)) for pair in self._apart()}
        for at, block in enumerate(self._request.keep_together):
            people = self._block(f"keep_together[{at}]", block.keys)
            for a, b in combinations(sorted(people), 2):
                if (a, b) in apart or company[a] == company[b] >= 0:
                    message = f"{self._people[a]} and {self._people[b]} are to be kept apart as well."
                    raise Invalid(f"keep_together[{at}]", message, rule="both")
            yield people

    def _block(self, field: str, keys: Sequence[str]) -> tuple[int, ...]:
        people = tuple(_known(self._person, key, f"{field}.keys") for key in keys)
        if len(set(people)) < len(people):
            raise Invalid(f"{field}.keys", "Somebody is named twice.", rule="twice")
        return people

    def _never_led(self) -> Iterator[tuple[int, int]]:
        for at, moderator in enumerate(self._request.moderators):
            for key in moderator.never_leads:
                yield at, _known(self._person, key, f"moderators[{at}].never_leads")

    def _languages(self) -> tuple[frozenset[int], ...]:
        spoken = [{tag.casefold().partition("-")[0] for tag in each.languages} for each in self._request.people]
        numbers = {tag: number for number, tag in enumerate(sorted({tag for tags in spoken for tag in tags}))}
        if not numbers:
            return ()
        return tuple(frozenset(numbers[tag] for tag in tags or numbers) for tags in spoken)


def _numbered(field: str, keys: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for at, key in enumerate(keys):
        if not key or len(key) > LONGEST_KEY:
            message = f"A key has 1 to {LONGEST_KEY} characters."
            raise Invalid(f"{field}[{at}].key", message, rule="key", limit=str(LONGEST_KEY))
        if key in numbers:
            raise Invalid(f"{field}[{at}].key", "This key came before.", rule="twice")
        numbers[key] = at
    return numbers


def _known(numbers: dict[str, int], key: str, field: str) -> int:
    if key not in numbers:
        raise Invalid(field, "Nobody has this key.", rule="unknown")
    return numbers[key]


def _weight(weight: float, field: str) -> float:
    if not 0 <= weight <= 1_000:
        raise Invalid(field, "A weight lies between 0 and 1000.", rule="range", least="0", most="1000")
    return weight or 1.0
