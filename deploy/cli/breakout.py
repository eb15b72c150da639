"""Break-out groups from files: plan, plan anew, judge, draw."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import breakout_words as words
from deploy.cli.breakout_files import are_two, can_be_written, problems_of, read, say, shown, write, write_json
from deploy.cli.breakout_search import Search
from deploy.cli.breakout_season import season, season_anew
from services.matching.engine import Group, Problem, Schedule
from services.matching.engine.bounds import least_repeats
from services.matching.engine.collisions.conflicts import conflicts
from services.matching.engine.files.change import as_written, changed, problem_after, read_change
from services.matching.engine.files.figures import figures
from services.matching.engine.files.instance import (
    SEASON,
    Instance,
    problem_of,
    read_instance,
    write_instance,
)
from services.matching.engine.files.picture import draw as picture
from services.matching.engine.files.season import check_people, evenness
from services.matching.engine.files.seating import (
    placed,
    places,
    planned,
    read_seats,
    rotate_unled_rooms,
    write_moves,
    write_seats,
)
from services.matching.engine.replan.moves import Move, moves

Rounds = tuple[tuple[Group, ...], ...]

COUNTED = "Files count people, rounds and groups from 0; what is said and drawn counts rounds and groups from 1."

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__, epilog=COUNTED
)


LONGEST = 86_400.0


def _time(seconds: float) -> float:
    if not 0 < seconds <= LONGEST:
        raise typer.BadParameter(f"must be more than 0, and a day at most, which is {LONGEST:.0f}")
    return seconds


def _cores(cores: int) -> int:
    there = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if cores > there:
        typer.echo(f"ontmoet: --cores {cores}: so many search at once as this machine has, {there}", err=True)
    return min(cores, there)


InstanceFile = Annotated[Path, typer.Argument(metavar="INSTANCE.json", help="Who is to meet whom.", show_default=False)]
ScheduleFile = Annotated[Path, typer.Argument(metavar="SCHEDULE.json", help="Who sits where.", show_default=False)]
ChangeFile = Annotated[Path, typer.Argument(metavar="CHANGE.json", help="What became different.", show_default=False)]
Out = Annotated[Path, typer.Option(help="The file to write.", show_default=False)]
InstanceOut = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the instance of the new situation, for verify. Its moderator_attendance says which "
        "moderators are left in which round; who judges by their number alone misses those who left."
    ),
]
Seconds = Annotated[float, typer.Option(help="How long to search at most.", callback=_time)]
Seed = Annotated[int, typer.Option(min=0, max=2**31, help="Another one may find another plan.")]
Cores = Annotated[int, typer.Option(min=1, help="How many searches at once.", callback=_cores)]


@app.command(epilog=COUNTED)
def solve(instance_file: InstanceFile, out: Out, seconds: Seconds = 10.0, seed: Seed = 0, cores: Cores = 1) -> None:
    """Plan all rounds. Ctrl-C ends the search and writes the best so far.

    The weeks of a season share the seconds; with hundreds of people each takes a fifth of one at least.
    """
    instance = _to_plan(instance_file)
    can_be_written(out, instance_file)
    search = Search(seconds, seed, cores)
    search.get_ready(instance.people, for_season=instance.cls == SEASON)
    problem = problem_of(instance)
    with problems_of(instance_file), search.interrupted.listening():
        schedule = season(instance, problem, search) if instance.cls == SEASON else search.solve(problem)
    fixed = [(r, group + 1) for _, r, group in instance.pins]
    rounds = rotate_unled_rooms(schedule.rounds, fixed=fixed)
    write_json(out, write_seats(rounds))
    say(*words.summary(instance, schedule))
    _say_rules(instance, problem, schedule, rounds, first=0)
    _say_evenness(instance, rounds)


@app.command(epilog=COUNTED)
def replan(
    instance_file: InstanceFile,
    schedule_file: ScheduleFile,
    change_file: ChangeFile,
    out: Out,
    seconds: Seconds = 2.0,
    seed: Seed = 0,
    cores: Cores = 1,
    instance_out: InstanceOut = None,
) -> None:
    """Plan anew after a change: held rounds stay, the running one changes the fewest seats, later ones are searched.

    The change is {"held": 2, "absent": [3, 7], "late": 2, "moderators_gone": [4], "pins": [[5, 2, 0]]}: so many rounds
    are over (none if not said) and the next one runs; those who come late get the next ids; a pin is a person, a round,
    and the group of the new schedule. What is left of a season is evened out with the rounds before. NEW.json also has
    "moves": who changed from which group to which in each round, and why.
    """
    instance = _to_plan(instance_file)
    plan = read(schedule_file, lambda data: planned(instance, read_seats(data)))
    change = read(change_file, lambda data: read_change(data, instance))
    _name_unknown(change_file, change.unknown)
    _can_write(out, instance_out, instance_file, schedule_file, change_file)
    search = Search(seconds, seed, cores)
    search.get_ready(instance.people, for_season=instance.cls == SEASON)
    with problems_of(change_file), search.interrupted.listening():
        after = changed(instance, change, plan)
        problem = problem_after(after, change, plan)
        in_weeks = after.cls == SEASON
        schedule = season_anew(after, problem, search, change.held) if in_weeks else search.solve(problem)
    fixed = [(r, group + 1) for _, r, group in after.pins]
    rounds = rotate_unled_rooms(placed(schedule.rounds), first=change.held + 1, fixed=fixed)
    moved, renumbered = _changes(problem, plan, schedule, rounds, change.held)
    write_json(out, write_seats(rounds) | write_moves(moved, change.held, renumbered))
    if instance_out:
        write_json(instance_out, write_instance(as_written(after, rounds)))
    if renumbered:
        say(*words.moved(moved, change.held, schedule.least_moves, renumbered))
    say(words.repeats(schedule))
    _say_rules(after, problem, schedule, rounds, first=change.held)
    _say_evenness(after, rounds)


@app.command()
def verify(instance_file: InstanceFile, schedule_file: ScheduleFile) -> None:
    """Judge a schedule: the referee's figures as JSON. Exit code 1 when it breaks a hard rule."""
    instance = _instance(instance_file)
    schedule = read(schedule_file, read_seats)
    found = figures(instance, schedule, least_repeats(problem_of(instance), {}).repeats)
    say(json.dumps(found))
    if not found["ok"]:
        raise typer.Exit(1)


@app.command(epilog=COUNTED)
def draw(schedule_file: ScheduleFile, out: Out) -> None:
    """Draw the rounds with their groups, and who met whom, as an SVG picture."""
    can_be_written(out, schedule_file)
    write(out, read(schedule_file, lambda data: picture(read_seats(data))))


def _instance(path: Path) -> Instance:
    instance = read(path, read_instance)
    _name_unknown(path, instance.unknown)
    return instance


def _to_plan(path: Path) -> Instance:
    instance = _instance(path)
    if instance.cls == SEASON:
        with problems_of(path):
            check_people(instance)
    return instance


def _name_unknown(path: Path, unknown: tuple[str, ...]) -> None:
    if unknown:
        keys = ", ".join(repr(key)[1:-1] for key in unknown)  # a terminal must not obey them
        typer.echo(f"ontmoet: {shown(path)}: means nothing here and is left aside: {keys[:200]}", err=True)


def _can_write(out: Path, instance_out: Path | None, instance: Path, schedule: Path, change: Path) -> None:
    """A new plan may be written over the old one, and its instance over the old one; over nothing else."""
    can_be_written(out, instance, change)
    if instance_out:
        can_be_written(instance_out, schedule, change)
        are_two(out, instance_out)


def _changes(
    problem: Problem, plan: Rounds, schedule: Schedule, rounds: Rounds, held: int
) -> tuple[tuple[Move, ...], dict[int, int]]:
    """Every move, and the numbers that groups of the round that runs are written with: none when all are over."""
    running = schedule.rounds[held : held + 1]
    told = moves(problem, plan, (*rounds[:held], *running, *rounds[held + 1 :]))
    return told, places(running[0]) if running else {}


def _say_rules(instance: Instance, problem: Problem, schedule: Schedule, rounds: Rounds, first: int) -> None:
    """Which rules are broken and which collide, from that round on."""
    broken = list(words.hard_rules(instance, schedule.broken, rounds, first))
    without = list(words.without_moderator(instance, rounds, first))
    say(*broken, *without)
    if len(broken) > 1 or without:
        say(*words.collisions(conflicts(problem)))


def _say_evenness(instance: Instance, rounds: Rounds) -> None:
    """Of a season."""
    if instance.cls == SEASON:
        say(words.even(evenness(instance, [[group.people for group in groups] for groups in rounds])))
