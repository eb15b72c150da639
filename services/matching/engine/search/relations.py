"""How each two stand to one another before any free round, as the search's tables have it."""

from collections.abc import Iterable, Iterator
from itertools import chain, combinations, product, repeat

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.apart import apart
from services.matching.engine.arrays import Codes, Ints, Keys, Prices, States, each_once, ends_of
from services.matching.engine.problem import Freedom, Group, Problem, group_sizes
from services.matching.engine.search.prices import (
    EMPTY,
    LEADER,
    LEVELS,
    MOST_OFTEN,
    TIMES,
    TOGETHER,
    Kind,
    price,
    prices,
)

MOST_KINDS = 1_000
"""More aren't told apart, for the states of all must have numbers: then weights of earlier meetings are rounded up."""
MOST_APART = 10
"""Two experienced people cost at most so many times what a newcomer saves, for codes are small numbers."""
AT_ONCE = 100_000
"""So many pairs are looked at at a time: more would take much memory."""


class Relations:
    """How each two entities stand to one another: people, then moderators, then hosts, then the empty seat.

    A "host" is a seat for each moderator that a round is short of, so that going without one also comes to different
    people each time. Of each two people a code says what their company, professions and the like make of them; those of
    whom something else is known, such as that they met, have a kind of their own.
    """

    def __init__(self, problem: Problem, decided: Iterable[tuple[Group, ...]], hosts: int) -> None:
        self.people = problem.people
        self.first_host = problem.people + problem.moderators
        self.size = self.first_host + hosts + 1
        self._codes = codes_of(problem)
        self._kind_of_code = dict(_kinds(problem))
        self._keys, self._kinds, self._kind_of = self._known(problem, decided)

    def table(self, divided: int) -> tuple[States, Prices, Prices]:
        """The states of all pairs before any free round, and what a meeting more and a meeting less of each costs.

        Wishes weigh so many times less.
        """
        numbers: dict[Kind, int] = {(0, 0, 0, 0): 0, (LEADER, 0, 0, 0): 1, (EMPTY, 0, 0, 0): 2}
        state = np.zeros((self.size, self.size), dtype=np.uint16)
        if self._codes is not None:
            of_code = np.zeros(2 * np.iinfo(np.int16).max, dtype=np.uint16)  # those below 0 count from its end
            for code, kind in self._kind_of_code.items():
                of_code[code] = numbers.setdefault(kind, len(numbers)) * TIMES
            rows = max(1, AT_ONCE // self.people)
            for first in range(0, self.people, rows):
                codes = self._codes[first : first + rows]
                state[first : first + len(codes), : self.people] = of_code[codes]
        state[self.people :, :] = state[:, self.people :] = TIMES
        state[-1, :] = state[:, -1] = 2 * TIMES
        if self._keys.size:
            found = [numbers.setdefault(kind, len(numbers)) * TIMES for kind in self._kinds]
            a, b = divmod(self._keys, self.size)
            state[a, b] = state[b, a] = np.array(found, dtype=np.uint16)[self._kind_of]
        more = np.stack([prices(kind, divided) for kind in numbers])
        less = np.roll(more, 1, axis=1)
        less[:, 0] = 0
        return state, more.ravel(), less.ravel()

    def most_saved(self, divided: int) -> int:
        """What it saves at most that wishes are met: each is, once."""
        times = np.bincount(self._kind_of, minlength=len(self._kinds)).tolist()
        prices_of = ((price(kind, 0, divided), kind, many) for kind, many in zip(self._kinds, times, strict=True))
        saved = sum(many * max(0, -cost) for cost, (rule, *_), many in prices_of if rule != TOGETHER)
        if self._codes is None:
            return saved
        a, b = divmod(self._keys, self.size)
        of_known = self._codes[a[b < self.people], b[b < self.people]]
        for code, kind in self._kind_of_code.items():
            saving = -price(kind, 0, divided)
            if saving > 0:
                saved += saving * int(np.count_nonzero(self._codes == code) // 2 - np.count_nonzero(of_known == code))
        return saved

    def _known(self, problem: Problem, decided: Iterable[tuple[Group, ...]]) -> tuple[Keys, list[Kind], States]:
        """The keys of the pairs of whom something is known that no code says, the kinds there are, and that of each."""
        met, levels = self._met(problem, decided)
        wanted = self._keys_of(problem.wishes.wants)
        never = self._keys_of((person, problem.people + leader) for leader, person in problem.moderator_apart)
        together = self._keys_of(problem.together_pairs())
        keys = each_once(np.concatenate([met, wanted, never, together]))
        if not keys.size:
            return keys, [], np.zeros(0, dtype=np.uint16)
        level: Ints = np.zeros(len(keys), dtype=np.int64)
        np.add.at(level, np.searchsorted(keys, met), levels)
        del met, levels  # of a long history these are many
        led = keys % self.size >= self.people
        kinds: NDArray[np.int16] = np.zeros((len(keys), 4), dtype=np.int16)
        if self._codes is not None:
            codes = self._codes[divmod(keys[~led], self.size)]
            kinds[~led, 0], kinds[~led, 2] = codes & 1, codes >> 1
        kinds[led, 0] = LEADER
        kinds[np.searchsorted(keys, never), 0] += 1
        kinds[np.searchsorted(keys, wanted), 3] = problem.wishes.wants_weight
        coarse = 1
        while True:
            kinds[:, 1] = np.minimum(MOST_OFTEN * LEVELS, -(-level // coarse) * coarse)
            kinds[np.searchsorted(keys, together)] = (TOGETHER, 0, 0, 0)
            as_one: Ints = kinds.view(np.int64).ravel()
            found = np.unique(as_one)
            if len(found) <= MOST_KINDS:
                rows = found.view(np.int16).reshape(-1, 4).tolist()
                return keys, [_kind(row) for row in rows], np.searchsorted(found, as_one).astype(np.uint16)
            coarse *= 2

    def _met(self, problem: Problem, decided: Iterable[tuple[Group, ...]]) -> tuple[Keys, Keys]:
        """The key of each time that two met, or one led the other, and how much it weighs."""
        pairs = self._keys_of(self._pairs(decided))
        met, led = ends_of(problem.history), ends_of(problem.moderator_history)
        led[:, 0] += self.people
        keys = np.concatenate([self._keys_at(met), self._keys_at(led), pairs])
        earlier = chain(problem.history, problem.moderator_history)
        levels = chain((max(1, round(weight * LEVELS)) for _, _, weight in earlier), repeat(LEVELS, len(pairs)))
        return keys, np.fromiter(levels, np.int32, len(keys))

    def _pairs(self, decided: Iterable[tuple[Group, ...]]) -> Iterator[tuple[int, int]]:
        """All meetings of rounds that are decided, with the leader too."""
        for group in (group for groups in decided for group in groups):
            yield from combinations(group.people, 2)
            leader = self.first_host if group.moderator is None else self.people + group.moderator
            if leader < self.size - 1:
                yield from ((person, leader) for person in group.people)

    def _keys_of(self, pairs: Iterable[tuple[int, int]]) -> Keys:
        return self._keys_at(np.array(list(pairs), dtype=np.int32).reshape(-1, 2))

    def _keys_at(self, ends: Keys) -> Keys:
        """A number for each pair."""
        return ends.min(axis=1, initial=self.size) * self.size + ends.max(axis=1, initial=0)


def codes_of(problem: Problem) -> Codes | None:
    """For each two people twice what wishes say against their meeting, and one more where they are kept apart.

    None: nothing for anybody.
    """
    wishes, people, rules = problem.wishes, problem.people, bool(problem.company or problem.keep_apart)
    if not rules and not (wishes.profession or wishes.languages or wishes.newcomers):
        return None
    small = max(abs(code) for code, _ in _kinds(problem)) <= np.iinfo(np.int8).max
    codes: Codes = np.zeros((people, people), np.int8) if small else np.zeros((people, people), np.int16)
    if wishes.profession:
        profession = np.array(wishes.profession)
        for number in np.unique(profession[profession >= 0]):
            of_one = np.flatnonzero(profession == number)
            codes[np.ix_(of_one, of_one)] += 2 * wishes.profession_weight
    if wishes.languages:
        understand = np.zeros((people, people), dtype=np.bool_)
        for language in frozenset[int]().union(*wishes.languages):
            speaks = np.array([language in spoken for spoken in wishes.languages])
            understand |= speaks[:, None] & speaks
        np.add(codes, codes.dtype.type(2 * wishes.language_weight), out=codes, where=~understand)
    new, experienced = _newcomers(problem)
    beside, both_new, both_experienced = _spread(problem)
    codes[np.ix_(new, experienced)] -= 2 * beside
    codes[np.ix_(experienced, new)] -= 2 * beside
    codes[np.ix_(new, new)] += 2 * both_new
    codes[np.ix_(experienced, experienced)] += 2 * both_experienced
    rows = max(1, AT_ONCE // people)
    for first in range(0, people, rows):
        never = apart(problem, slice(first, first + rows))
        if never is not None:
            codes[first : first + rows] += never
    np.fill_diagonal(codes, 0)
    return codes


def _kinds(problem: Problem) -> Iterator[tuple[int, Kind]]:
    """Every code that two people can have, and the kind that it says."""
    wishes = problem.wishes
    beside, both_new, both_experienced = _spread(problem)
    weights = ((0, wishes.profession_weight), (0, wishes.language_weight), (0, -beside, both_new, both_experienced))
    for rule, *said in product((0, 1), *weights):
        yield 2 * sum(said) + rule, (rule, 0, sum(said), 0)


def _newcomers(problem: Problem) -> tuple[list[int], list[int]]:
    """Who is new, and who of the others is experienced."""
    new = set(problem.wishes.newcomers)
    return sorted(new), sorted(set(problem.wishes.experienced) - new)


def _spread(problem: Problem) -> tuple[int, int, int]:
    """What a newcomer beside somebody experienced saves, and what two newcomers and two experienced people cost.

    One experienced person is enough for the newcomers of a group, and pairs can't say so: they say that experienced
    people are spread over the groups, and newcomers over the groups that can have one. One newcomer more in a group
    saves something up to as many as each such group must take. (With that saving alone three of both sat in two
    groups and none in four; now 12 of 12, 22 of 22 and 8 of 8 sit with somebody experienced, which is no proof.)
    """
    new, experienced = _newcomers(problem)
    free = (r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE and round_.present)
    groups = len(group_sizes(problem, next(free, 0)))
    weight = problem.wishes.newcomer_weight
    if not (new and experienced and groups and weight):
        return 0, 0, 0
    share = min(1.0, groups / len(experienced))
    each = max(1.0, len(new) / min(groups, len(experienced)))
    return max(1, round(weight * share)), round(weight / each), round(weight * min(MOST_APART, 2 * each * share))


def _kind(row: list[int]) -> Kind:
    rule, level, against, wanted = row
    return rule, level, against, wanted
