"""What is known of people before they are seated, and the same in the solver's numbers."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from services.matching.domain.profile import Profile, plain_name
from services.matching.domain.rule import Rule, RuleKind
from services.matching.domain.topics import wants
from services.matching.engine.problem import Wishes, blocks

HALF_LIFE = timedelta(days=120)
"""After so long an earlier meeting counts half when the least bad repeat must be chosen."""
EXPERIENCED = 3
"""Who was at so many earlier break-outs knows how it goes."""


@dataclass(frozen=True)
class Met:
    """Two people who met at other events; or a moderator (first) and somebody whom they led there."""

    first: UUID
    second: UUID
    times: int
    last: datetime

    def weight(self, now: datetime) -> float:
        """How much it still counts."""
        return self.times * 0.5 ** (max(timedelta(0), now - self.last) / HALF_LIFE)


@dataclass(frozen=True)
class Known:
    """What is known about the people beforehand."""

    profiles: Mapping[UUID, Profile] = field(default_factory=dict[UUID, Profile])
    met: Sequence[Met] = ()
    led: Sequence[Met] = ()
    visits: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    """At how many other events each met somebody; who is missing, at none."""
    rules: Sequence[Rule] = ()


class Numbered:
    """What is known, of these people and moderators, whose places in the lists are their numbers."""

    def __init__(self, known: Known, people: Sequence[UUID], moderators: Sequence[UUID], now: datetime) -> None:
        self._known = known
        self._people = people
        self._moderators = moderators
        self._now = now
        self._person = {account: i for i, account in enumerate(people)}
        self._moderator = {account: i for i, account in enumerate(moderators)}

    def history(self) -> Iterator[tuple[int, int, float]]:
        """Who met whom, and how much that still counts."""
        for met in self._known.met:
            if met.first in self._person and met.second in self._person:
                yield self._person[met.first], self._person[met.second], met.weight(self._now)

    def moderator_history(self) -> Iterator[tuple[int, int, float]]:
        """Which moderator led whom, and how much that still counts."""
        for led in self._known.led:
            if led.first in self._moderator and led.second in self._person:
                yield self._moderator[led.first], self._person[led.second], led.weight(self._now)

    def companies(self) -> tuple[int, ...]:
        """A number per company: the same for the same name, whatever its case and spaces."""
        return self._numbers(self._texts(self._people, "company"))

    def company_names(self) -> tuple[str, ...]:
        """Each person's company as they write it, empty for none."""
        return tuple(" ".join(name.split()) for name in self._texts(self._people, "company"))

    def apart(self) -> tuple[tuple[int, int], ...]:
        """Who is never to share a group, each pair once."""
        pairs = {tuple(sorted(pair)) for pair in self._of(RuleKind.APART, self._person, self._person)}
        return tuple((first, second) for first, second in sorted(pairs))

    def moderator_apart(self) -> tuple[tuple[int, int], ...]:
        """Which moderator never leads whom: as was stated, be it as apart, and nobody of their own company."""
        never = set(self._of(RuleKind.NOT_LED_BY, self._moderator, self._person))
        never.update(self._of(RuleKind.APART, self._moderator, self._person))
        never.update((second, first) for first, second in self._of(RuleKind.APART, self._person, self._moderator))
        return tuple(sorted(never | self.colleagues()))

    def colleagues(self) -> set[tuple[int, int]]:
        """Each moderator with everybody of their own company."""
        company = self._numbers(self._texts([*self._people, *self._moderators], "company"))
        count = len(self._people)
        working: dict[int, list[int]] = {}
        for person, number in enumerate(company[:count]):
            working.setdefault(number, []).append(person)
        return {
            (moderator, person)
            for moderator, number in enumerate(company[count:])
            for person in working.get(number, ())
            if number >= 0
        }

    def together(self, there: Collection[UUID]) -> tuple[tuple[int, ...], ...]:
        """Who is to sit together: each rule, and the rules joined through those who are there.

        Of rules that would join who must be apart, were everybody there, the oldest are kept.
        """
        company, apart = self.companies(), set(self.apart())

        def may(block: set[int]) -> bool:
            pairs = set(combinations(sorted(block), 2))
            return not pairs & apart and not any(company[a] == company[b] >= 0 for a, b in pairs)

        stated = (
            tuple(self._person[account] for account in rule.people if account in self._person)
            for rule in self._known.rules
            if rule.kind is RuleKind.TOGETHER
        )
        joined: list[set[int]] = []
        kept: set[tuple[int, ...]] = set()
        present = {self._person[account] for account in there if account in self._person}
        for people in stated:
            touched = [block for block in joined if not block.isdisjoint(people)]
            block = set(people).union(*touched)
            if may(block):
                joined = [*(other for other in joined if other not in touched), block]
                kept.add(tuple(sorted(people)))
        joined_there = blocks(tuple(present.intersection(people)) for people in kept)
        return tuple(sorted(people for people in {*kept, *joined_there} if len(people) > 1))

    def together_pairs(self, there: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Every two of those, as they come in the list of people."""
        blocks_there = self.together(there)
        return {(self._people[a], self._people[b]) for people in blocks_there for a, b in combinations(people, 2)}

    def wishes(self) -> Wishes:
        """What is good to have."""
        visits = [self._known.visits.get(account, 0) for account in self._people]
        experienced = tuple(person for person, times in enumerate(visits) if times >= EXPERIENCED)
        newcomers = tuple(person for person, times in enumerate(visits) if times == 0)
        return Wishes(
            wants=tuple(wants(self._people, self._known.profiles)),
            profession=self._numbers(self._texts(self._people, "profession")),
            newcomers=newcomers if experienced else (),
            experienced=experienced,
            languages=self._languages(),
        )

    def _languages(self) -> tuple[frozenset[int], ...]:
        """What each speaks; who has not said it understands everybody."""
        spoken = self._numbers(text.partition("-")[0] for text in self._texts(self._people, "language"))
        everything = frozenset(spoken) - {-1}
        if len(everything) < 2:
            return ()
        return tuple(everything if number < 0 else frozenset({number}) for number in spoken)

    def _texts(self, accounts: Sequence[UUID], name: str) -> Iterator[str]:
        return (getattr(self._known.profiles.get(account), name, "") for account in accounts)

    def _of(self, kind: RuleKind, firsts: Mapping[UUID, int], seconds: Mapping[UUID, int]) -> Iterator[tuple[int, int]]:
        for rule in self._known.rules:
            if rule.kind is kind and rule.people[0] in firsts and rule.people[1] in seconds:
                yield firsts[rule.people[0]], seconds[rule.people[1]]

    @staticmethod
    def _numbers(names: Iterable[str]) -> tuple[int, ...]:
        plain = [plain_name(name) for name in names]
        numbers = {name: number for number, name in enumerate(sorted(set(plain) - {""}))}
        return tuple(numbers.get(name, -1) for name in plain)
