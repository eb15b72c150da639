"""What `ontmoet breakout` says about a plan, in plain words; rounds and groups are counted from 1."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from services.common.counted import counted
from services.matching.engine import Broken, Group, Rule, Schedule
from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.files.instance import Instance
from services.matching.engine.files.season import Evenness
from services.matching.engine.problem import Argument, Progress
from services.matching.engine.replan.moves import Move, Why

Rounds = Sequence[Sequence[Group]]

WHY = {
    Argument.NONE: "no repeat is known to be unavoidable",
    Argument.DECIDED: "the rounds that were held or run repeat so many",
    Argument.PAIRS: "there are not enough pairs left who may meet for the first time",
    Argument.PARTNERS: "some have fewer people left to meet than chairs beside them",
    Argument.SPREAD: "a group of more people than the next round has groups sends two of them into one group again",
    Argument.SQUARES: "six groups of six never meet four times without one: that would be two orthogonal Latin squares",
    Argument.GROUPS: "around each person those left to meet know one another already",
    Argument.TRIED: "all rounds were tried that could have fewer",
}
BROKEN = {
    Rule.COMPANY: "{first} and {second} are of one company and share a group",
    Rule.APART: "{first} and {second} are to be kept apart and share a group",
    Rule.TOGETHER: "{first} and {second} are to be kept together and sit apart",
    Rule.MODERATOR_APART: "moderator {first} must not lead {second} and does",
}
REASONS = {
    Why.LATE: "had no seat and came",
    Why.ABSENT: "is not there any more",
    Why.SITS_OUT: "there are fewer seats than people",
    Why.PINNED: "is pinned there",
    Why.GROUP_DISSOLVED: "their group is given up",
    Why.FEWER_GROUPS: "fewer groups are needed",
    Why.RULE: "a rule would be broken",
    Why.EVENED_OUT: "groups are evened out",
    Why.REOPTIMISED: "this is better",
    Why.MODERATOR_GONE: "a moderator is gone",
    Why.MODERATOR_FREE: "is free to",
}
COLLIDES = {
    Clash.COMPANY: "{people} are of one company, more than there are groups; pairs in one: {least} at least",
    Clash.APART: "{people} are all to be kept apart, more than there are groups; pairs in one: {least} at least",
    Clash.TOGETHER: "{people} are to be kept together, more than fit into a group; pairs that part: {least} at least",
    Clash.CROWDED: "the groups cannot hold {people} with all those they stay with; pairs that part: {least} at least",
    Clash.CONTRADICTION: "{people} are to be kept together one with the next, and the first and the last apart",
    Clash.PINNED: "the pins of {people} collide; at least {least} must be given up",
    Clash.NO_SEAT: "in every group is somebody with whom the first of {people} may not sit",
    Clash.MODERATORS: "{moderators}; groups without one: {least}, or else larger ones: {sizes}",
    Clash.MODERATOR_APART: "groups that find no moderator who may lead all their people: {least} at least",
    Clash.RULES: "the rules for {people} cannot all be kept; at least {least} must give",
}
NONE_BROKEN = "hard rules broken: none"
MOST_LINES = 20


def summary(instance: Instance, schedule: Schedule) -> Iterator[str]:
    """What was planned: its size, repeats, and the bound with its argument."""
    yield f"{_size(instance)}: {repeats(schedule)}"


def repeats(schedule: Schedule) -> str:
    """How often people meet again, and how often they must."""
    found, bound = schedule.repeats, schedule.bound
    why = f", for {WHY[schedule.argument]}" if schedule.argument is not Argument.NONE else ""
    if found == 0:
        return "0 repeats, nobody meets anyone twice"
    if found <= bound:
        return f"{counted(found, 'repeat')}, and no plan has fewer{why}"
    if bound == 0:
        return f"{counted(found, 'repeat')}; {WHY[Argument.NONE]}"
    return f"{counted(found, 'repeat')}, at most {found - bound} too many: no plan has fewer than {bound}{why}"


def so_far(progress: Progress) -> str:
    """How far a search has come, beside its bar."""
    return f"{counted(progress.repeats, 'repeat')}, at least {progress.bound}"


def hard_rules(instance: Instance, broken: Sequence[Broken], rounds: Rounds, first: int) -> Iterator[str]:
    """Which rules are broken, and for whom; pins that were not kept from that round on are among them."""
    lines = [
        f"round {each.round + 1}: {BROKEN[each.rule].format(first=each.first, second=each.second)}" for each in broken
    ]
    seat = [{person: group.number for group in groups for person in group.people} for groups in rounds]
    lines += [
        f"round {r + 1}: {person} is pinned into group {group + 1} and sits elsewhere"
        for person, r, group in instance.pins
        if r >= first and seat[r].get(person) != group + 1
    ]
    if not lines:
        yield NONE_BROKEN
        return
    yield f"hard rules broken: {len(lines)}, for no plan was found that keeps them all"
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield f"and {len(lines) - MOST_LINES} more; verify counts them all"


def collisions(found: Sequence[Conflict]) -> Iterator[str]:
    """Why rules can't all be kept: each collision once, with all its rounds."""
    rounds: dict[Conflict, list[int]] = {}
    for conflict in found:
        rounds.setdefault(replace(conflict, round=0), []).append(conflict.round + 1)
    for conflict, numbers in list(rounds.items())[:MOST_LINES]:
        when = f"round {numbers[0]}" if len(numbers) == 1 else f"rounds {', '.join(map(str, numbers))}"
        sizes = Counter(conflict.sizes)
        yield f"{when}: " + COLLIDES[conflict.kind].format(
            people=_some(conflict.people),
            least=conflict.least,
            moderators=_there(len(conflict.moderators)),
            sizes=" and ".join(f"{times} of {size}" for size, times in sorted(sizes.items(), reverse=True)),
        )


def without_moderator(instance: Instance, rounds: Rounds, first: int) -> Iterator[str]:
    """The groups that nobody leads, from that round on."""
    if not instance.moderators:
        return
    lines = [
        f"round {r + 1}: {_groups(missing)} no moderator"
        for r, groups in enumerate(rounds)
        if r >= first and (missing := sorted(group.number for group in groups if group.moderator is None))
    ]
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield f"and so in {counted(len(lines) - MOST_LINES, 'more round')}"


def even(evenness: Evenness) -> str:
    """How even a season is."""
    return (
        f"meetings beyond the share of each two: standard deviation {evenness.deviation:.3f}, "
        f"largest {evenness.largest:.2f}"
    )


def moved(moves: Sequence[Move], held: int, least: int, places: Mapping[int, int]) -> Iterator[str]:
    """Every move of the running round with its reason, and how many there are in each later one.

    `places` are the numbers with which that round's groups are written, by the numbers that people in them know.
    """
    running = [move for move in moves if move.round == held]
    changing = sum(move.person is not None and None not in (move.source, move.target) for move in running)
    proof = "no way moves fewer" if changing <= least else f"at least {least} must"
    people = counted(changing, "person changes seats", "people change seats")
    yield f"round {held + 1}, which runs: {people}; {proof}"
    yield from (f"  group {group} is group {place} from now on" for group, place in places.items() if group != place)
    yield from (f"  {_move(move, places)}" for move in running)
    for r in sorted({move.round for move in moves if move.round > held}):
        seats = sum(move.round == r and move.person is not None for move in moves)
        yield f"round {r + 1}, which nobody has seen: {counted(seats, 'seat is another one', 'seats are other ones')}"


def _move(move: Move, places: Mapping[int, int]) -> str:
    who = f"moderator {move.moderator}" if move.person is None else f"{move.person}"
    if move.target is None:
        return f"{who} leaves group {move.source}: {REASONS[move.why]}"
    now = places[move.target]
    target = f"group {move.target}" if now == move.target else f"group {move.target}, now {now}"
    if move.source is None:
        return f"{who} comes into {target}: {REASONS[move.why]}"
    return f"{who} goes from group {move.source} to {target}: {REASONS[move.why]}"


def _groups(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"group {numbers[0]} has"
    shown = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
    return f"{len(numbers)} groups ({shown}) have"


def _some(people: Sequence[int]) -> str:
    return ", ".join(map(str, people[:12])) + (", ..." if len(people) > 12 else "")


def _size(instance: Instance) -> str:
    counts = {len(sizes) for sizes in instance.sizes}
    fewest = f"{min(counts)} to " if len(counts) > 1 else ""
    rounds, groups = counted(instance.rounds, "round"), counted(max(counts), "group")
    return f"{instance.people} people, {rounds} of {fewest}{groups}"


def _there(moderators: int) -> str:
    return counted(moderators, "moderator is there", "moderators are there")
