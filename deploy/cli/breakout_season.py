"""A season from files: its weeks share the time, and Ctrl-C seats those that are left at once."""

from dataclasses import replace

from deploy.cli.breakout_search import Search
from services.matching.engine import Freedom, Group, Problem, Schedule
from services.matching.engine.bounds import least_repeats
from services.matching.engine.files.instance import Instance
from services.matching.engine.files.season import STEPS, plan_season, weeks
from services.matching.engine.tally import broken_rules, repeats

Rounds = tuple[tuple[Group, ...], ...]

A_WEEK = 0.3
"""Seconds of search for a week at most: that its rules are kept."""
STEPS_A_SECOND = 1_000_000
"""Changes of seats that evening out tries on a modest machine."""


def season(instance: Instance, problem: Problem, search: Search, done: Rounds = (), least_moves: int = 0) -> Schedule:
    """Week by week, after the rounds that are done; repeats are counted over the whole season."""
    count = len(list(weeks(instance, len(done))))
    week = iter(range(1, count + 1))
    half = search.seconds / max(count, 1) / 2
    rounds = plan_season(
        instance,
        lambda part: search.solve(part, min(half, A_WEEK), f"week {next(week)} of {count}").rounds,
        search.seed,
        done=done,
        steps=min(STEPS, int(half * STEPS_A_SECOND)),
        ended=lambda: search.interrupted.yes,
    )
    found = repeats(problem, rounds)
    broken = tuple(
        each for each in broken_rules(problem, rounds) if problem.rounds[each.round].freedom is not Freedom.HELD
    )
    kept = replace(problem, company=(), keep_apart=()) if broken else problem
    bound = least_repeats(kept, dict(enumerate(done)))
    return Schedule(rounds, found, min(found, bound.repeats), broken, bound.argument, least_moves)


def season_anew(instance: Instance, problem: Problem, search: Search, held: int) -> Schedule:
    """The running round changes the fewest seats; what comes after it is evened out with all that was."""
    now = search.solve(replace(problem, rounds=problem.rounds[: held + 1]))
    return season(instance, problem, search, now.rounds, now.least_moves)
