"""Which rules collide, for whom, and how much must give at the least; numbers, no words."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from services.matching.engine.collisions.bonds import Bonds
from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.collisions.cliques import large_clique
from services.matching.engine.collisions.crowding import Kind, fewest_that_collide, least_torn
from services.matching.engine.collisions.seatable import Rules, leaders, needed, rules_of, seatable
from services.matching.engine.problem import Freedom, Problem, blocks, even_sizes

SMALL, MEDIUM = 10, 40
"""With so many people a round is decided by trying, when counting finds nothing; with more it is tried a little."""
NODES = 20_000
"""So many seats are tried at most."""


def conflicts(problem: Problem, seconds: float = math.inf) -> tuple[Conflict, ...]:
    """Everything that is found to collide in rounds that weren't held; all of it is proven.

    For up to ten people nothing is overlooked, unless more seats than NODES would have to be tried or time is over:
    then later rounds, and some of what collides, are left out, and of some more rules are named than need be.
    """
    until = time.monotonic() + seconds
    known: dict[Rules, tuple[Conflict, ...]] = {}
    found: list[Conflict] = []
    for r, round_ in enumerate(problem.rounds):
        if round_.freedom is not Freedom.HELD and time.monotonic() <= until:
            rules = rules_of(problem, r)
            if rules not in known:
                known[rules] = tuple(_in_round(rules, until))
            found.extend(replace(conflict, round=r) for conflict in known[rules])
    return tuple(found)


def _in_round(rules: Rules, until: float) -> list[Conflict]:
    found = [*_short_of_moderators(rules), *_companies(rules)]
    rules = replace(rules, led=min(rules.led, len(rules.moderators)))
    bonds = Bonds(rules)
    others = [*bonds.clashes(), *_crowded(rules, until), *_apart(rules, bonds, until), *_leaders(rules, bonds, until)]
    tried = NODES if len(rules.people) <= SMALL else NODES // 20 if len(rules.people) <= MEDIUM else 0
    named = others or any(conflict.kind is Clash.COMPANY for conflict in found)
    if not named and tried and seatable(rules, tried) is False:
        others = [_smallest(rules, tried, until)]
    return [*found, *others]


def even_pairs(people: int, groups: int) -> int:
    """The pairs who share a group when so many people are spread evenly."""
    return sum(size * (size - 1) // 2 for size in even_sizes(people, groups))


def _short_of_moderators(rules: Rules) -> Iterator[Conflict]:
    there = len(rules.moderators)
    if rules.led > there:
        fuller = tuple(even_sizes(len(rules.people) - rules.bench, there))
        yield Conflict(Clash.MODERATORS, 0, moderators=rules.moderators, least=rules.led - there, sizes=fuller)


def _companies(rules: Rules) -> Iterator[Conflict]:
    for people in rules.crowds().values():
        least = even_pairs(len(people) - rules.bench, len(rules.sizes))
        yield Conflict(Clash.COMPANY, 0, tuple(people), least=least)


def _apart(rules: Rules, bonds: Bonds, until: float) -> Iterator[Conflict]:
    """People, or blocks of them, who are all to be kept from one another, and are more than there are groups.

    Of a company that is too large by itself, which is said already, not by that company alone.
    """
    groups = len(rules.sizes)
    enemies = bonds.enemies()
    company = dict(rules.company)
    while clique := large_clique(enemies, groups + rules.bench, until):
        companies = {company.get(person, -1) for unit in clique for person in bonds.members[unit]}
        people = sorted(person for unit in clique for person in bonds.involved(unit, clique))
        if len(companies) > 1 or -1 in companies:
            alone = all(len(bonds.members[unit]) == 1 for unit in clique)
            least = even_pairs(len(clique) - rules.bench, groups) if alone else 1
            yield Conflict(Clash.APART if alone else Clash.RULES, 0, tuple(people), least=least)
        enemies = {unit: others - clique for unit, others in enemies.items() if unit not in clique}


def _crowded(rules: Rules, until: float) -> Iterator[Conflict]:
    """Blocks that can't all be seated whole; where people sit out, blocks may be whole without them."""
    if rules.bench or not rules.links:
        return
    of_kind: dict[Kind, list[tuple[int, ...]]] = {}
    for block in blocks(rules.links):
        if len(block) <= max(rules.sizes):
            each_with_each = set(combinations(block, 2)) <= set(rules.together)
            of_kind.setdefault((len(block), len(block) - 1 if each_with_each else 1), []).append(block)
    crowd = {kind: len(found) for kind, found in of_kind.items()}
    least = least_torn(rules.sizes, crowd, until)
    if least:
        few = fewest_that_collide(rules.sizes, crowd, least, until)
        people = [person for kind, many in few.items() for block in of_kind[kind][:many] for person in block]
        yield Conflict(Clash.CROWDED, 0, tuple(sorted(people)), least=least)


def _leaders(rules: Rules, bonds: Bonds, until: float) -> Iterator[Conflict]:
    """More groups than moderators who may lead them, looking only at who is sure to sit in each."""
    missing = _leaderless(rules, bonds)
    if missing <= 0:
        return
    for entry in rules.never:
        if time.monotonic() > until:
            break
        fewer = replace(rules, never=tuple(x for x in rules.never if x != entry))
        if _leaderless(fewer, bonds) == missing:
            rules = fewer
    people = {person for _, person in rules.never}
    for number in bonds.numbers:
        for person in bonds.pinned_with(number).intersection(people):
            people.update(bonds.why_with(person, number))
    moderators = {moderator for moderator, _ in (*rules.never, *rules.leads)}
    yield Conflict(
        Clash.MODERATOR_APART, 0, tuple(sorted(people)), tuple(sorted(moderators)), missing, tuple(bonds.numbers)
    )


def _leaderless(rules: Rules, bonds: Bonds) -> int:
    """So many of the groups that need a moderator find none."""
    if not rules.led or not rules.never:
        return 0
    never: dict[int, set[int]] = {moderator: set() for moderator in rules.moderators}
    for moderator, person in rules.never:
        never[moderator].add(person)
    leads = {number: moderator for moderator, number in rules.leads}
    people, taken = len(rules.people), set(leads.values())
    able = [m for m in rules.moderators if people - len(never[m]) >= rules.smallest and m not in taken]
    options = [
        [leads[number]] if number in leads else [m for m in able if not never[m] & bonds.pinned_with(number)]
        for number in bonds.numbers
    ]
    return rules.led - len(leaders([*options, *[able] * (len(rules.sizes) - len(options))]))


def _smallest(rules: Rules, nodes: int, until: float) -> Conflict:
    """The conflict of rules of which none can be left out."""
    few = needed(rules, nodes, until)
    people = {person for person, _ in few.company} | {p for pair in few.apart for p in pair}
    people |= {p for a, b in few.together for p in rules.chain(a, b)}
    people |= {person for person, _ in few.pins} | {person for _, person in few.never}
    moderators = {moderator for moderator, _ in (*few.leads, *few.never)}
    kinds = {
        Clash.COMPANY: few.company,
        Clash.APART: few.apart,
        Clash.TOGETHER: few.together,
        Clash.PINNED: (*few.pins, *few.leads),
        Clash.MODERATOR_APART: few.never,
    }
    used = [kind for kind, entries in kinds.items() if entries]
    numbers = {number for _, number in (*few.pins, *few.leads)}
    kind = used[0] if len(used) == 1 else Clash.RULES
    return Conflict(kind, 0, tuple(sorted(people)), tuple(sorted(moderators)), 1, tuple(sorted(numbers)))
