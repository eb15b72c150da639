"""A running round: people sit together already, so the fewest of them change seats."""

from collections import Counter

from services.matching.engine.problem import Group, Problem, Round, ordered


def reseat(problem: Problem, r: int, met: Counter[tuple[int, int]], hosted: Counter[int]) -> tuple[Group, ...]:
    """The running round with the absent gone and the late seated.

    Nobody moves, except out of a group in which fewer than `smallest` are left. Who needs a seat gets one in the
    smallest group where no rule forbids it. A group whose moderator left gets a free one, else a participant hosts it.
    """
    round_ = problem.rounds[r]
    present = set(round_.present)
    seats = {group.number: [person for person in group.people if person in present] for group in round_.groups}
    _dissolve(seats, problem.smallest)
    seated = {person for people in seats.values() for person in people}
    apart = problem.apart_pairs()
    together = problem.together_pairs()

    def cost(person: int, number: int) -> tuple[int, int, int, int]:
        pairs = [ordered(person, other) for other in seats[number]]
        misses = -sum(pair in together for pair in pairs)
        return sum(pair in apart for pair in pairs) + misses, len(pairs), sum(met[pair] for pair in pairs), number

    for person in sorted(present - seated):
        number = min(seats, key=lambda number: cost(person, number))
        seats[number].append(person)
    moderators = _moderators(problem, round_, seats)
    return tuple(
        Group(
            number=group.number,
            people=tuple(sorted(seats[group.number])),
            moderator=moderators.get(group.number),
            host=_host(group, seats[group.number], hosted) if group.number not in moderators else None,
        )
        for group in round_.groups
        if group.number in seats
    )


def choose_host(people: list[int], hosted: Counter[int]) -> int | None:
    """The participant who hosted least so far."""
    return min(people, key=lambda person: (hosted[person], person), default=None)


def _dissolve(seats: dict[int, list[int]], smallest: int) -> None:
    """Takes out the groups that became too small, the smallest first, while another one remains."""
    while len(seats) > 1:
        number = min(seats, key=lambda number: (len(seats[number]), -number))
        if len(seats[number]) >= smallest:
            return
        del seats[number]


def _moderators(problem: Problem, round_: Round, seats: dict[int, list[int]]) -> dict[int, int]:
    available = set(round_.moderators)
    leading = {
        group.number: group.moderator
        for group in round_.groups
        if group.number in seats and group.moderator is not None and group.moderator in available
    }
    free = sorted(available - set(leading.values()))
    never = set(problem.moderator_apart)
    for number in sorted(set(seats) - set(leading)):
        fitting = [m for m in free if not any((m, person) in never for person in seats[number])]
        if fitting:
            leading[number] = fitting[0]
            free.remove(fitting[0])
    return leading


def _host(group: Group, people: list[int], hosted: Counter[int]) -> int | None:
    return group.host if group.host in people else choose_host(people, hosted)
