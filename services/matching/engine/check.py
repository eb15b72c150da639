"""What makes no sense as a problem, and which part of it doesn't."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from services.matching.engine.problem import Freedom, Problem, ProblemError, Round
from services.matching.engine.rooms import kept_numbers

MOST_PEOPLE = 10_000
MOST_ROUNDS = 60
MOST_TIMES = 1_000_000
MOST_WEIGHT = 900
"""No wish alone is worth a repeat, which is 1000; several together may be."""


def check(problem: Problem) -> None:
    """Raises ProblemError when the problem contradicts itself."""
    if not 1 <= problem.people <= MOST_PEOPLE:
        raise ProblemError("people", f"there are 1 to {MOST_PEOPLE} people")
    if problem.group_size < 2:
        raise ProblemError("group_size", "a group has at least two people")
    if not 1 <= problem.smallest <= problem.group_size:
        raise ProblemError("smallest", f"the smallest group has 1 to {problem.group_size} people, the group size")
    if problem.largest is not None and problem.largest < problem.group_size:
        raise ProblemError("largest", f"the largest group has at least {problem.group_size} people, the group size")
    if not 1 <= len(problem.rounds) <= MOST_ROUNDS:
        raise ProblemError("rounds", f"there are 1 to {MOST_ROUNDS} rounds")
    if not 0 <= problem.moderators <= MOST_PEOPLE:
        raise ProblemError("moderators", f"there are 0 to {MOST_PEOPLE} moderators")
    _check_people(problem)
    _check_wishes(problem)
    for number, round_ in enumerate(problem.rounds):
        _check_round(problem, number, round_)


def hostile(problem: Problem) -> tuple[int, int] | None:
    """Two who are to sit together and apart: as is stated, or by way of others who are there in every round too.

    Where those others miss a round, it can be planned; so `check` refuses what is stated alone.
    """
    always = set(range(problem.people)).intersection(*(round_.present for round_ in problem.rounds))
    return _apart_within(problem, (*problem.keep_together, *problem.blocks_of(always)))


def of_one_company(problem: Problem, a: int, b: int) -> bool:
    """Whether they never share a group for that."""
    return bool(problem.company) and problem.company[a] == problem.company[b] >= 0


def _apart_within(problem: Problem, together: Iterable[Iterable[int]]) -> tuple[int, int] | None:
    apart = {pair for a, b in problem.keep_apart for pair in ((a, b), (b, a))}
    pairs = (pair for block in together for pair in combinations(sorted(set(block)), 2))
    return next((pair for pair in pairs if pair in apart or of_one_company(problem, *pair)), None)


def _check_people(problem: Problem) -> None:
    people, moderators = problem.people, problem.moderators
    _each_person("company", problem.company, people)
    _each_person("sat_out", problem.sat_out, people)
    _known("history", [i for a, b, _ in problem.history for i in (a, b)], people)
    _known("keep_apart", [i for pair in problem.keep_apart for i in pair], people)
    _known("keep_together", [i for block in problem.keep_together for i in block], people)
    for field, pairs in (
        ("moderator_apart", problem.moderator_apart),
        ("moderator_history", [(moderator, person) for moderator, person, _ in problem.moderator_history]),
    ):
        _known(field, [moderator for moderator, _ in pairs], moderators)
        _known(field, [person for _, person in pairs], people)
    if any(a == b for a, b, _ in problem.history):
        raise ProblemError("history", "nobody meets themselves")
    for field, met in (("history", problem.history), ("moderator_history", problem.moderator_history)):
        if not all(0 <= weight <= MOST_TIMES for _, _, weight in met):
            raise ProblemError(field, f"a weight lies between 0 and {MOST_TIMES}")
    if any(a == b for a, b in problem.keep_apart):
        raise ProblemError("keep_apart", "nobody can be kept apart from themselves")
    if (pair := _apart_within(problem, problem.keep_together)) is not None:
        why = "are of one company" if of_one_company(problem, *pair) else "are to be kept apart"
        raise ProblemError("keep_together", f"{pair[0]} and {pair[1]} can't be kept together, for they {why}")


def _check_wishes(problem: Problem) -> None:
    wishes, people = problem.wishes, problem.people
    _known("wishes.wants", [i for pair in wishes.wants for i in pair], people)
    _known("wishes.newcomers", wishes.newcomers, people)
    _known("wishes.experienced", wishes.experienced, people)
    _each_person("wishes.profession", wishes.profession, people)
    _each_person("wishes.languages", wishes.languages, people)
    if any(a == b for a, b in wishes.wants):
        raise ProblemError("wishes.wants", "nobody wants to meet themselves")
    for name in ("wants", "profession", "newcomer", "language"):
        if not 0 <= getattr(wishes, f"{name}_weight") <= MOST_WEIGHT:
            raise ProblemError(f"wishes.{name}_weight", f"a weight lies between 0 and {MOST_WEIGHT}")


def _check_round(problem: Problem, number: int, round_: Round) -> None:
    field = f"rounds[{number}]"
    _known(f"{field}.present", round_.present, problem.people)
    _known(f"{field}.moderators", round_.moderators, problem.moderators)
    seated = [person for group in round_.groups for person in group.people]
    _known(f"{field}.groups", seated, problem.people)
    leading = [group.moderator for group in round_.groups if group.moderator is not None]
    _known(f"{field}.groups", leading, problem.moderators)
    lists = (round_.present, round_.moderators, seated, leading, [group.number for group in round_.groups])
    if any(len(set(entries)) != len(entries) for entries in lists):
        raise ProblemError(field, "somebody or something is named twice")
    if round_.freedom is not Freedom.FREE and not round_.groups:
        raise ProblemError(f"{field}.groups", "a round that was held or runs has groups")
    if round_.sizes:
        _check_sizes(f"{field}.sizes", problem, round_)
    if round_.pinned:
        _check_pinned(f"{field}.pinned", round_, kept_numbers(problem, number))


def _check_sizes(field: str, problem: Problem, round_: Round) -> None:
    if min(round_.sizes) < 1:
        raise ProblemError(field, "a group has at least one person")
    seats, present = sum(round_.sizes), len(round_.present)
    if seats > present or (seats < present and problem.largest is None):
        raise ProblemError(field, f"there are {seats} seats for {present} people")


def _check_pinned(field: str, round_: Round, numbers: Collection[int]) -> None:
    people = [person for group in round_.pinned for person in group.people]
    leading = [group.moderator for group in round_.pinned if group.moderator is not None]
    for ids, there, who in ((people, set(round_.present), "person"), (leading, set(round_.moderators), "moderator")):
        twice = [i for i, times in Counter(ids).items() if times > 1]
        if twice:
            raise ProblemError(field, f"{who} {twice[0]} is pinned to more than one seat")
        absent = sorted(set(ids) - there)
        if absent:
            raise ProblemError(field, f"{who} {absent[0]} is pinned but not there")
    if any(group.number < 1 for group in round_.pinned):
        raise ProblemError(field, "groups are numbered from 1")
    led = Counter(group.number for group in round_.pinned if group.moderator is not None)
    if (number := next((number for number, times in led.items() if times > 1), None)) is not None:
        raise ProblemError(field, f"two moderators are pinned to group {number}")
    there = {*numbers, *(group.number for group in round_.groups)}
    if round_.freedom is Freedom.FREE and not there.issuperset(group.number for group in round_.pinned):
        raise ProblemError(
            field, f"there are {len(numbers)} groups" + (f": {sorted(numbers)}" if round_.groups else "")
        )


def _each_person(field: str, values: tuple[object, ...], people: int) -> None:
    if values and len(values) != people:
        raise ProblemError(field, f"{len(values)} people are named and there are {people}")


def _known(field: str, ids: Sequence[int], limit: int) -> None:
    if ids and not 0 <= min(ids) <= max(ids) < limit:
        unknown = next(i for i in ids if i < 0 or i >= limit)
        raise ProblemError(field, f"{unknown} is not between 0 and {limit - 1}")
