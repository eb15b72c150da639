"""Where the search starts: by algebra, by greed, or from the plan there was."""

from collections.abc import Sequence

import numpy as np

from services.matching.engine.arrays import Floats, Ints
from services.matching.engine.entities import Layout
from services.matching.engine.problem import Group, Problem


def greedy(layout: Layout, weights: Floats, rng: np.random.Generator, given: dict[int, int] | None = None) -> Ints:
    """Seats one entity after another where it costs least; those in `given` sit there already.

    Blocks choose first, and take the roomiest group. Sizes come out even; each smaller group has an empty chair.
    """
    given = given or {}
    where = np.full(len(layout.members), layout.groups, dtype=np.int64)
    near = np.zeros((len(layout.members), layout.groups))
    room = _room(layout, given)
    where[layout.first_chair : layout.first_leader] = np.flatnonzero(room == layout.sizes[-1])[: layout.chairs]
    leaderless = np.ones(layout.groups, dtype=bool)
    order = rng.permutation(len(layout.members))
    order = order[np.argsort(-layout.kinds[order], kind="stable")]
    rest = (int(e) for e in order if int(e) not in given and not layout.first_chair <= e < layout.first_leader)
    for entity in (*given, *rest):
        kind = int(layout.kinds[entity])
        possible = room >= kind if kind else leaderless
        if entity in given:
            group = given[entity]
        elif possible.any():
            score = near[entity] + rng.random(layout.groups) * 0.5 - (room * 1e9 if kind > 1 else 0.0)
            group = int(np.argmin(np.where(possible, score, np.inf)))
        elif kind:
            return greedy(layout, weights, rng)
        else:
            continue
        where[entity] = group
        near[:, group] += weights[:, entity]
        room[group] -= kind
        leaderless[group] &= kind > 0
    return where


def _room(layout: Layout, given: dict[int, int]) -> Ints:
    """How many fit into each group: the fuller ones are the larger ones."""
    filled = np.zeros(layout.groups, dtype=np.int64)
    for entity, group in given.items():
        filled[group] += layout.kinds[entity]
    room = np.zeros(layout.groups, dtype=np.int64)
    room[np.argsort(-filled, kind="stable")] = layout.sizes
    return room


def algebraic(problem: Problem, groups: int, rng: np.random.Generator) -> list[list[list[int]]] | None:
    """All rounds without a repeat, or None where this construction does not reach.

    With a prime number of groups q, the person in column a and row b sits in group (b - a r) mod q in round r: two
    people share a group in one round at most, and never within a column. So companies go into one column each, and the
    moderators into a column of their own. Uneven numbers leave gaps in the last column.
    """
    rounds = problem.rounds
    columns = -(-len(rounds[0].present) // groups) if groups else 0
    reaches = (
        _is_prime(groups)
        and columns < groups
        and len(rounds) <= groups
        and not problem.keep_together
        and all(set(round_.present) == set(rounds[0].present) and not round_.groups for round_ in rounds)
    )
    if not reaches:
        return None
    column_of = _pack(problem, groups, columns, rng)
    seats: list[list[list[int]]] = []
    for r in range(len(rounds)):
        round_groups: list[list[int]] = [[] for _ in range(groups)]
        for a, column in enumerate(column_of):
            for b, person in column:
                round_groups[(b - a * r) % groups].append(person)
        for row, moderator in enumerate(sorted(rounds[r].moderators)[:groups]):
            round_groups[(row - columns * r) % groups].append(problem.people + moderator)
        seats.append(round_groups)
    return seats


def _pack(problem: Problem, rows: int, columns: int, rng: np.random.Generator) -> list[list[tuple[int, int]]]:
    """Puts companies into columns as whole as they fit, larger ones first."""
    present = [int(i) for i in rng.permutation(np.array(problem.rounds[0].present, dtype=np.int64))]
    by_company: dict[int, list[int]] = {}
    for person in present:
        company = problem.company[person] if problem.company else -1
        by_company.setdefault(company if company >= 0 else -1 - person, []).append(person)
    space = [rows] * (columns - 1) + [len(present) - rows * (columns - 1)]
    result: list[list[tuple[int, int]]] = [[] for _ in range(columns)]
    for members in sorted(by_company.values(), key=lambda members: -len(members)):
        for person_number, person in enumerate(members):
            whole = [a for a in range(columns) if space[a] >= len(members) - person_number]
            column = min(whole, key=lambda a: space[a]) if whole else max(range(columns), key=lambda a: space[a])
            result[column].append((rows - space[column] if column < columns - 1 else len(result[column]), person))
            space[column] -= 1
    return result


def from_plan(layout: Layout, weights: Floats, groups: Sequence[Group], first_moderator: int) -> dict[int, int]:
    """Who keeps their group, by its position, such that sizes can come out even; the rest is to be seated anew."""
    entity_of = {number: entity for entity, member in enumerate(layout.members) for number in member}
    staying = [sorted({entity_of[person] for person in group.people if person in entity_of}) for group in groups]
    filled = [sum(int(layout.kinds[entity]) for entity in entities) for entities in staying]
    given: dict[int, int] = {}
    by_size = sorted(range(len(groups)), key=lambda position: -filled[position])
    for position, size in zip(by_size, layout.sizes, strict=True):
        entities = staying[position]
        while filled[position] > size:
            worst = max(entities, key=lambda entity: (-int(layout.kinds[entity]), weights[entity, entities].sum()))
            entities.remove(worst)
            filled[position] -= int(layout.kinds[worst])
        given |= dict.fromkeys(entities, position)
        leader = entity_of.get(first_moderator + (groups[position].moderator or 0))
        if leader is not None and groups[position].moderator is not None:
            given[leader] = position
    return given


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
