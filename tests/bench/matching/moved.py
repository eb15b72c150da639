"""How many people change seats in a round that runs when three leave, two come and a moderator is called away."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.matching.engine import Budget, Group
from services.matching.engine.files.change import Change, changed, problem_after
from services.matching.engine.files.instance import Instance, problem_of, read_instance
from services.matching.engine.solve import solve
from tests.bench.matching.kinds import Data, random_groups
from tests.support.seats import seats_changed

HELD = 2
SEARCH = Budget(seconds=1.0)


@dataclass(frozen=True)
class Moved:
    """Seats changed in the running round."""

    instance: str
    least: int
    """No plan that keeps sizes and rules changes fewer."""
    engine: int
    afresh: int
    """By a new plan that knows nothing of the old one."""
    chance: int
    """By another random assignment."""


def moved(instances: Sequence[Data], seed: int = 0) -> Iterator[Moved]:
    """What one such change does to each instance."""
    rng = random.Random(seed)
    for data in instances:
        instance = read_instance(data)
        plan = solve(problem_of(instance), SEARCH, seed).rounds
        absent = tuple(sorted(rng.sample(instance.attendance[HELD], 3)))
        change = Change(HELD, absent, late=2, moderators_gone=(0,) if instance.moderators else ())
        after = changed(instance, change, plan)
        schedule = solve(problem_after(after, change, plan), SEARCH, seed)
        yield Moved(
            instance.name,
            schedule.least_moves,
            seats_changed(plan[HELD], schedule.rounds[HELD]),
            seats_changed(plan[HELD], solve(problem_of(after), SEARCH, seed + 1).rounds[HELD]),
            seats_changed(plan[HELD], _by_chance(after, rng)),
        )


def as_markdown(found: Sequence[Moved]) -> str:
    """A line for each instance."""
    lines = ["### Seats changed in a running round", "", "| instance | at least | engine | planned afresh | random |"]
    lines.append("|---|---:|---:|---:|---:|")
    lines += [f"| {each.instance} | {each.least} | {each.engine} | {each.afresh} | {each.chance} |" for each in found]
    return "\n".join(lines) + "\n"


def _by_chance(after: Instance, rng: random.Random) -> list[Group]:
    groups = random_groups(rng, after.attendance[HELD], after.sizes[HELD])
    return [Group(number, tuple(people)) for number, people in enumerate(groups, start=1)]
