"""The problems that integrations bring along, in numbers, and their schedules by the integrations' own keys."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from ontmoet.matching.v1 import solve_pb2

from services.common.refusals import Invalid
from services.matching.domain.known import EXPERIENCED, Known, Numbered
from services.matching.domain.limits import refuse_group_size, refuse_rounds_beyond_a_message
from services.matching.domain.profile import Profile
from services.matching.domain.rule import MOST_TOGETHER
from services.matching.engine import Group, Problem, Round, Schedule
from services.matching.engine.check import MOST_PEOPLE, hostile, of_one_company
from services.matching.engine.collisions.clash import Conflict
from services.matching.engine.problem import Broken, blocks, group_sizes
from services.matching.wire.lists import fitting

LONGEST_KEY = 200
MOST_LISTED = 1_000
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
        refuse_group_size(request.group_size)
        refuse_rounds_beyond_a_message(request.rounds, self._bytes_of_round())
        self._numbers = Numbered(self._known(), self._accounts(), (), now=_NOW)
        present = [self._rounds(f"people[{i}]", each.rounds) for i, each in enumerate(request.people)]
        leading = [self._rounds(f"moderators[{i}]", each.rounds) for i, each in enumerate(request.moderators)]
        rounds = tuple(
            Round(
                present=tuple(i for i, numbers in enumerate(present) if number in numbers),
                moderators=tuple(i for i, numbers in enumerate(leading) if number in numbers),
            )
            for number in range(1, request.rounds + 1)
        )
        problem = Problem(
            people=len(self._people),
            group_size=request.group_size,
            rounds=rounds,
            moderators=len(self._moderators),
            smallest=request.smallest or 2,
            largest=request.largest or None,
            history=tuple(self._met()),
            company=self._numbers.companies(),
            keep_apart=tuple(self._apart()),
            keep_together=tuple(self._together()),
            moderator_apart=tuple(self._never_led()),
            moderator_history=tuple(self._led()),
            sat_out=tuple(self._sat_out()),
            wishes=replace(self._numbers.wishes(), languages=self._languages()),
        )
        self._refuse_hostile(problem)
        self.problem = replace(problem, rounds=tuple(self._pinned(problem)))

    def answer(self, schedule: Schedule, collisions: Iterable[Conflict]) -> solve_pb2.SolveResponse:
        """The schedule by the same keys, and as much of what it breaks as a message holds."""
        collisions = list(collisions)
        answer = solve_pb2.SolveResponse(
            rounds=[self._solved(number, groups) for number, groups in enumerate(schedule.rounds)],
            repeats=schedule.repeats,
            repeats_bound=schedule.bound,
            argument=schedule.argument.value,
            broken_in_all=len(schedule.broken),
            collisions_in_all=len(collisions),
        )
        answer.collisions.extend(fitting(map(self._collision, collisions), answer, MOST_LISTED))
        answer.broken.extend(fitting(map(self._broken, schedule.broken), answer, MOST_LISTED))
        return answer

    def _broken(self, broken: Broken) -> solve_pb2.BrokenRule:
        return solve_pb2.BrokenRule(
            rule=broken.rule.value,
            round=broken.round + 1,
            first=(self._moderators if broken.rule == "moderator_apart" else self._people)[broken.first],
            second=self._people[broken.second],
        )

    def _collision(self, conflict: Conflict) -> solve_pb2.Collision:
        return solve_pb2.Collision(
            rules=conflict.kind.value,
            round=conflict.round + 1,
            people=[self._people[person] for person in conflict.people],
            moderators=[self._moderators[moderator] for moderator in conflict.moderators],
            least=conflict.least,
            groups=conflict.groups,
            sizes=conflict.sizes,
        )

    def _bytes_of_round(self) -> int:
        """What a round takes of the answer, with the longest name for who leads each group."""
        people, moderators = ([len(key.encode()) for key in keys] for keys in (self._people, self._moderators))
        groups = len(people) // self._request.group_size + 1
        return sum(people) + 3 * len(people) + groups * (max(*people, *moderators) + 20)

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

    def _rounds(self, field: str, numbers: Sequence[int]) -> set[int]:
        """The rounds in which somebody is there."""
        most = self._request.rounds
        if any(not 1 <= number <= most for number in numbers):
            message = f"There are rounds 1 to {most}."
            raise Invalid(f"{field}.rounds", message, rule="range", least="1", most=str(most))
        return set(numbers) or set(range(1, most + 1))

    def _pinned(self, problem: Problem) -> Iterator[Round]:
        """The rounds with who is pinned in each."""
        pins: list[list[tuple[str, solve_pb2.SolvePin]]] = [[] for _ in problem.rounds]
        for at, pin in enumerate(self._request.pins):
            if not 1 <= pin.round <= len(pins):
                raise Invalid(f"pins[{at}].round", "There is no such round.", rule="unknown")
            pins[pin.round - 1].append((f"pins[{at}]", pin))
        for r, round_ in enumerate(problem.rounds):
            yield replace(round_, pinned=self._groups(pins[r], round_, group_sizes(problem, r)) if pins[r] else ())

    def _groups(
        self, pins: Sequence[tuple[str, solve_pb2.SolvePin]], round_: Round, sizes: Sequence[int]
    ) -> tuple[Group, ...]:
        people = _Pinned(self._person, round_.present, "people")
        moderators = _Pinned(self._moderator, round_.moderators, "moderator")
        for field, pin in pins:
            if not 1 <= pin.group <= len(sizes):
                raise Invalid(f"{field}.group", "There is no such group in this round.", rule="unknown")
            for key in pin.people:
                people.pin(field, key, pin.group)
            if pin.moderator:
                if pin.group in moderators.groups.values():
                    raise Invalid(f"{field}.moderator", "This group has another moderator.", rule="twice")
                moderators.pin(field, pin.moderator, pin.group)
        _refuse_full(pins, people.groups, sizes)
        leads = {group: moderator for moderator, group in moderators.groups.items()}
        return tuple(
            Group(
                number, tuple(person for person, group in people.groups.items() if group == number), leads.get(number)
            )
            for number in sorted({*people.groups.values(), *leads})
        )

    def _met(self) -> Iterator[tuple[int, int, float]]:
        for at, met in enumerate(self._request.met):
            first = _known(self._person, met.first, f"met[{at}].first")
            second = _known(self._person, met.second, f"met[{at}].second")
            if first == second:
                raise Invalid(f"met[{at}].second", "Nobody meets themselves.", rule="twice")
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

    def _together(self) -> Iterator[tuple[int, ...]]:
        stated = [self._block(f"keep_together[{at}]", each.keys) for at, each in enumerate(self._request.keep_together)]
        joined = [("keep_together", people) for people in blocks(stated)]
        for field, people in [*((f"keep_together[{at}]", people) for at, people in enumerate(stated)), *joined]:
            if len(people) > MOST_TOGETHER:
                most = str(MOST_TOGETHER)
                raise Invalid(field, f"At most {most} people stay together.", rule="too_many", limit=most)
        yield from stated

    def _refuse_hostile(self, problem: Problem) -> None:
        if (pair := hostile(problem)) is None:
            return
        at = next((at for at, people in enumerate(problem.keep_together) if {*pair} <= {*people}), None)
        first, second = (self._people[person] for person in pair)
        company = of_one_company(problem, *pair)
        raise Invalid(
            "keep_together" if at is None else f"keep_together[{at}]",
            f"{first} and {second} {'are of one company' if company else 'are to be kept apart as well'}.",
            rule="both",
        )

    def _block(self, field: str, keys: Sequence[str]) -> tuple[int, ...]:
        people = tuple(_known(self._person, key, f"{field}.keys") for key in keys)
        if len(set(people)) < len(people):
            raise Invalid(f"{field}.keys", "Somebody is named twice.", rule="twice")
        return people

    def _never_led(self) -> Iterator[tuple[int, int]]:
        for at, moderator in enumerate(self._request.moderators):
            for key in moderator.never_leads:
                yield at, _known(self._person, key, f"moderators[{at}].never_leads")

    def _sat_out(self) -> Iterator[int]:
        for at, each in enumerate(self._request.people):
            if each.sat_out < 0:
                message = "Nobody sat out fewer than no times."
                raise Invalid(f"people[{at}].sat_out", message, rule="range", least="0", most=str(2**31 - 1))
            yield each.sat_out

    def _languages(self) -> tuple[frozenset[int], ...]:
        spoken = [{tag.casefold().partition("-")[0] for tag in each.languages} for each in self._request.people]
        numbers = {tag: number for number, tag in enumerate(sorted({tag for tags in spoken for tag in tags}))}
        if not numbers:
            return ()
        return tuple(frozenset(numbers[tag] for tag in tags or numbers) for tags in spoken)


class _Pinned:
    """Who is pinned to which group of one round: each to one, while there."""

    def __init__(self, numbers: Mapping[str, int], there: Iterable[int], part: str) -> None:
        self.groups: dict[int, int] = {}
        self._numbers, self._there, self._part = numbers, set(there), part

    def pin(self, field: str, key: str, group: int) -> None:
        field = f"{field}.{self._part}"
        number = _known(self._numbers, key, field)
        if number not in self._there:
            raise Invalid(field, f"{key} is not there in this round.", rule="unknown")
        if number in self.groups:
            raise Invalid(field, f"{key} is pinned twice in this round.", rule="twice")
        self.groups[number] = group


def _refuse_full(
    pins: Sequence[tuple[str, solve_pb2.SolvePin]], groups: Mapping[int, int], sizes: Sequence[int]
) -> None:
    """Raises Invalid, naming the last pin of a group that has fewer seats in this round than people pinned to it."""
    for (group, count), size in zip(Counter(groups.values()).most_common(), sizes, strict=False):
        if count > size:
            field, pin = next(each for each in reversed(pins) if each[1].group == group and each[1].people)
            message = f"{count} people are pinned to group {group} of round {pin.round}, which seats {size}."
            raise Invalid(f"{field}.people", message, rule="too_many", limit=str(size))


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


def _known(numbers: Mapping[str, int], key: str, field: str) -> int:
    if key not in numbers:
        raise Invalid(field, "Nobody has this key.", rule="unknown")
    return numbers[key]


def _weight(weight: float, field: str) -> float:
    if not 0 <= weight <= 1_000:
        raise Invalid(field, "A weight lies between 0 and 1000.", rule="range", least="0", most="1000")
    return weight or 1.0
