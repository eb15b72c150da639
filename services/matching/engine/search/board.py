"""The free rounds as the search sees them: arrays of seats, and the way there and back."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from services.matching.engine.arrays import Ints, Seats, States
from services.matching.engine.collisions.seatable import Seating
from services.matching.engine.problem import Group, Problem, group_sizes
from services.matching.engine.rooms import kept_numbers
from services.matching.engine.search import kernels
from services.matching.engine.search.joining import FREE, join_torn
from services.matching.engine.search.prices import BROKEN
from services.matching.engine.search.relations import Relations
from services.matching.engine.search.sitting_out import times_out, who_sits

GROUPS_TRIED = 64
"""Somebody is seated in the best of so many groups that have a place."""


class Board:
    """Who sits where in the free rounds. The arrays are those of kernels.py, with a row for each free round."""

    def __init__(
        self, problem: Problem, decided: Mapping[int, tuple[Group, ...]], free: Sequence[int], seed: int
    ) -> None:
        self.problem = problem
        self.free = list(free)
        self.together = [problem.blocks_of(problem.rounds[r].present) for r in self.free]
        self.rng = np.random.default_rng(seed)
        self.dice = np.array([self.rng.integers(1, 2**63)], dtype=np.uint64)
        self.numbers = {row: kept_numbers(problem, r) for row, r in enumerate(self.free) if problem.rounds[r].groups}
        self.sizes = [self._sizes(row) for row in range(len(self.free))]
        self.sat_out = times_out(problem, decided)
        self.present = who_sits(problem, self.sat_out, self.free, self.sizes, self.rng)
        self.together = [problem.blocks_of(seated) for seated in self.present]
        short = [self._short_of(row) for row in range(len(self.free))]
        bare = problem.moderators and any(group.moderator is None for groups in decided.values() for group in groups)
        self.relations = Relations(problem, decided.values(), hosts=max([*short, int(bool(bare))], default=0))
        self.nobody = self.relations.size - 1
        self.leaders = [self._leaders(row, short[row]) for row in range(len(self.free))]
        self.spans = self._spans()
        self.fixed = np.zeros((len(self.free), self.relations.size), dtype=np.bool_)
        self.wishes_divided = 1
        self.seats = self.unseated()

    def unseated(self) -> Seats:
        """Every seat that can be taken is FREE, all others stay empty."""
        groups = int(self.spans.max(initial=0))
        sizes: Ints = np.array([[*each, *[0] * (groups - len(each))] for each in self.sizes], dtype=np.int64)
        sizes = sizes.reshape(len(self.free), groups, 1)
        led: Ints = self.spans[:, 1:] * np.array([[bool(leaders)] for leaders in self.leaders]).reshape(-1, 1)
        leading = (np.arange(groups) < led)[:, :, None]
        taken = np.arange(int(sizes.max(initial=0))) < sizes
        return np.where(np.concatenate([leading, taken], axis=2), FREE, self.nobody).astype(np.int32)

    def start(self, given: Seats | None = None) -> int:
        """Seats everybody: as in `given`, or as in the plan there was; those without a seat there by greed.

        Says what all meetings of the free rounds cost together, and who is torn from whom they should stay with.
        """
        seats = self.planned() if given is None else given
        self.fixed[:] = False
        for row in range(len(self.free)):
            self._pin(row, seats[row])
            if given is None:
                join_torn(self.together[row], seats[row], len(self.sizes[row]), self.pinned(row), self.nobody)
        self._lay_tables()
        self.seats = seats
        cost = int(kernels.meet(self.state, self.more, seats)) + self._all_torn()
        waiting = np.flatnonzero((seats == FREE).any(axis=(1, 2))).tolist()
        return cost + sum(self._fill(row) for row in (range(len(self.free)) if any(self.together) else waiting))

    def seated(self, row: int, groups: Seating) -> Seats:
        """The seats of a round with these people, and leaders where they are given, in its groups."""
        numbers = self.numbers.get(row) or list(range(1, len(groups) + 1))
        named = {numbers.index(number): (people, leader) for number, people, leader in groups if number is not None}
        others = ((people, leader) for number, people, leader in groups if number is None)
        members = [named[g] if g in named else next(others) for g in range(len(groups))]
        self.sizes[row] = [len(people) for people, _ in members]
        self.present[row] = sorted(person for people, _ in members for person in people)
        self.together[row] = self.problem.blocks_of(self.present[row])
        seats = self.unseated()[row]
        for g, (people, leader) in enumerate(members):
            seats[g, 1 : 1 + len(people)] = people
            if leader is not None:
                seats[g, 0] = self.problem.people + leader
        return seats

    def sit_as(self, seats: Seats) -> None:
        """Has seats for those who have one there."""
        for row, present in enumerate(self.present):
            if len(present) < len(self.problem.rounds[self.free[row]].present):
                people = seats[row, :, 1:]
                self.present[row] = sorted(people[people != self.nobody].tolist())

    def cost(self, seats: Seats) -> int:
        """What all meetings of these seats cost together, and who is torn. A search of the board is to start anew."""
        self._lay_tables()
        return int(kernels.meet(self.state, self.more, seats)) + self._all_torn()

    def groups(self, seats: Seats) -> dict[int, tuple[Group, ...]]:
        """The groups of each free round; numbers are 0 where moderators are yet to keep theirs from round to round."""
        people, first_host = self.problem.people, self.relations.first_host
        result: dict[int, tuple[Group, ...]] = {}
        for row, r in enumerate(self.free):
            numbers = self.numbers.get(row) or [0] * len(self.sizes[row])
            if row not in self.numbers and (self.problem.rounds[r].pinned or not self.problem.moderators):
                numbers = list(range(1, len(numbers) + 1))
            leaders, members = seats[row, :, 0].tolist(), np.sort(seats[row, :, 1:], axis=1).tolist()
            groups: list[Group] = []
            for number, leader, sitting in zip(numbers, leaders, members, strict=False):
                moderator = leader - people if people <= leader < first_host else None
                if sitting[-1] == self.nobody:
                    del sitting[sitting.index(self.nobody) :]
                groups.append(Group(number, tuple(sitting), moderator))
            result[r] = tuple(groups)
        return result

    def pinned(self, row: int) -> set[int]:
        """Who is pinned to a group in that round, people and leaders."""
        groups = self.problem.rounds[self.free[row]].pinned
        leaders = {self.problem.people + group.moderator for group in groups if group.moderator is not None}
        return leaders | {person for group in groups for person in group.people}

    def _lay_tables(self) -> None:
        """As nobody had a seat yet. The old ones go first: of thousands of people they are large."""
        self.state: States = np.zeros((0, 0), dtype=np.uint16)
        self.state, self.more, self.less = self.relations.table(self.wishes_divided)

    def _short_of(self, row: int) -> int:
        there = len(self.problem.rounds[self.free[row]].moderators)
        return max(0, len(self.sizes[row]) - there) if self.problem.moderators else 0

    def _leaders(self, row: int, short: int) -> list[int]:
        people, first_host = self.problem.people, self.relations.first_host
        there = sorted(self.problem.rounds[self.free[row]].moderators)
        return [*(people + moderator for moderator in there), *range(first_host, first_host + short)]

    def _spans(self) -> Ints:
        groups = [len(sizes) for sizes in self.sizes]
        leaders = [len(leaders) for leaders in self.leaders]
        return np.array([(g, max(g, n)) for g, n in zip(groups, leaders, strict=True)], dtype=np.int64).reshape(-1, 2)

    def _sizes(self, row: int) -> list[int]:
        """The size of each group; those with more pins (and who stays with these) or more of a plan are the larger."""
        round_ = self.problem.rounds[self.free[row]]
        sizes = group_sizes(self.problem, self.free[row])
        if not (round_.pinned or round_.groups):
            return sizes
        pinned = {person for group in round_.pinned for person in group.people}
        filled = Counter({group.number: 1000 * self._sure(row, group, pinned) for group in round_.pinned})
        there = set(round_.present)
        for group in round_.groups:
            filled[group.number] += len(there.intersection(group.people))
        numbers = self.numbers.get(row) or range(1, len(sizes) + 1)
        order = sorted(range(len(sizes)), key=lambda g: -filled[numbers[g]])
        return [size for _, size in sorted(zip(order, sizes, strict=True))]

    def _sure(self, row: int, group: Group, pinned: set[int]) -> int:
        """How many are pinned to that group, or stay with somebody who is and are pinned to no other."""
        bound = [set(block) - pinned for block in self.together[row] if not set(block).isdisjoint(group.people)]
        return len(set(group.people).union(*bound))

    def planned(self) -> Seats:
        """Who keeps their group of the plan there was; groups that are too full lose who is last."""
        seats = self.unseated()
        for row, numbers in self.numbers.items():
            plan = {group.number: group for group in self.problem.rounds[self.free[row]].groups}
            there = set(self.present[row])
            for g, number in enumerate(numbers):
                group = plan.get(number, Group(number, ()))
                staying = [person for person in group.people if person in there]
                for person in staying[: self.sizes[row][g]]:
                    _sit(seats[row], g, person)
                leader = self.problem.people + (group.moderator if group.moderator is not None else -1)
                if group.moderator is not None and leader in self.leaders[row]:
                    seats[row, g, 0] = leader
        return seats

    def _pin(self, row: int, seats: Seats) -> None:
        """Seats who is pinned, of those who sit; in a full group somebody who is not pinned makes room."""
        if not self.problem.rounds[self.free[row]].pinned:
            return
        numbers = self.numbers.get(row) or list(range(1, len(self.sizes[row]) + 1))
        pinned = self.pinned(row)
        stays = {*pinned, self.nobody}
        seats[np.isin(seats, list(pinned))] = FREE
        for group in self.problem.rounds[self.free[row]].pinned:
            if group.number not in numbers:
                continue
            g = numbers.index(group.number)
            for person in sorted(set(group.people).intersection(self.present[row])):
                seats[seats == person] = FREE
                loose = [i for i, entity in enumerate(seats[g].tolist()) if i and entity not in stays]
                free = [i for i in loose if seats[g, i] == FREE]
                if free or loose:
                    seats[g, (free or loose)[0]] = person
                    self.fixed[row, person] = True
            if group.moderator is not None:
                leader = self.problem.people + group.moderator
                seats[seats == leader] = FREE
                seats[g, 0] = leader
                self.fixed[row, leader] = True

    def _all_torn(self) -> int:
        """What it would cost if nobody sat with whom they are to stay with."""
        pairs = self.problem.together_pairs()
        return BROKEN * sum(
            a in there and b in there for there in map(set, self.present if pairs else ()) for a, b in pairs
        )

    def _fill(self, row: int) -> int:
        """Seats all who have no seat in that round, and says what that costs."""
        sitting = set(self.seats[row].ravel().tolist())
        cost = self._place_blocks(row, sitting)
        rest = [person for person in self.present[row] if person not in sitting]
        cost += self._place(row, rest, int(self.spans[row, 0]), leading=False)
        leaders = [leader for leader in self.leaders[row] if leader not in sitting]
        return cost + self._place(row, leaders, int(self.spans[row, 1]), leading=True)

    def _place(self, row: int, entities: Sequence[int], groups: int, *, leading: bool) -> int:
        order: Ints = self.rng.permutation(np.array(entities, dtype=np.int64))
        return int(
            kernels.place_all(self.state, self.more, self.seats, row, order, groups, leading, GROUPS_TRIED, self.dice)
        )

    def _place_blocks(self, row: int, sitting: set[int]) -> int:
        """Seats those who are kept together: first with who is pinned, then larger blocks; in parts where none fits."""
        cost = 0
        there = set(self.present[row])
        whole = [[person for person in block if person in there] for block in self.together[row]]
        whole.sort(key=lambda block: (sitting.isdisjoint(block), -len(block)))
        tight = self._is_tight(row, [len(block) for block in whole])
        for block in (block for block in whole if len(block) > 1):
            waiting = [person for person in block if person not in sitting]
            while waiting:
                g, room = self._group_for(row, block, len(waiting), tight=tight)
                if room < len(waiting):  # in each round it is torn between others
                    waiting = waiting[row % len(waiting) :] + waiting[: row % len(waiting)]
                seated, waiting = waiting[:room], waiting[room:]
                for person in seated:
                    cost += self._seat(row, g, person)
                sitting.update(seated)
            members = np.isin(self.seats[row, :, 1:], block)
            for g in np.flatnonzero(members.sum(axis=1) > 1):
                self.fixed[row, self.seats[row, g, 1:][members[g]]] = True
        return cost

    def _is_tight(self, row: int, blocks: Sequence[int]) -> bool:
        """Whether some block would be torn when each, the largest first, went where most seats are free."""
        rooms = list(self.sizes[row])
        for people in sorted(blocks, reverse=True):
            g = rooms.index(max(rooms))
            rooms[g] -= people
        return min(rooms, default=0) < 0

    def _group_for(self, row: int, block: Sequence[int], waiting: int, *, tight: bool) -> tuple[int, int]:
        """Where so many of a block sit best: beside those who sit, else where all fit, else where most do; its room.

        Where it is tight they take the room that is least too large, so that larger ones are left for others.
        """
        seats = self.seats[row, : len(self.sizes[row])]
        rooms = (seats[:, 1:] == FREE).sum(axis=1)
        beside = (rooms > 0) & np.isin(seats[:, 1:], block).any(axis=1)
        possible = np.flatnonzero(beside if beside.any() else rooms > 0)
        fitting = possible[rooms[possible] >= waiting]
        if not fitting.size:
            g = possible[np.argmax(rooms[possible])]
        else:
            room, price = rooms[fitting], self._prices(seats[fitting], block)
            g = fitting[np.lexsort((price, room) if tight else (-room, price))[0]]
        return int(g), int(rooms[g])

    def _prices(self, groups: Seats, block: Sequence[int]) -> Ints:
        """What it costs that these people come to each of the groups."""
        company = np.where(groups == FREE, self.nobody, groups)
        prices: Ints = self.more[self.state[list(block)][:, company]].sum(axis=(0, 2))
        return prices

    def _seat(self, row: int, g: int, person: int) -> int:
        cost = int(self._prices(self.seats[row, g : g + 1], [person])[0])
        company = [entity for entity in self.seats[row, g].tolist() if entity >= 0 and entity != self.nobody]
        self.state[person, company] += np.uint16(1)
        self.state[company, person] += np.uint16(1)
        _sit(self.seats[row], g, person)
        return cost


def _sit(seats: Seats, g: int, person: int) -> None:
    """Puts somebody on a free seat of a group, from wherever they sat; where none is free they wait for another."""
    seats[seats == person] = FREE
    free = np.flatnonzero(seats[g, 1:] == FREE)
    if free.size:
        seats[g, 1 + free[0]] = person
