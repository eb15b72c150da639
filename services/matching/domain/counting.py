"""How many meet again, counted anew once it is known who was there, or that somebody left."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from services.matching.domain.breakout import Breakout, Round, RoundState, pairs
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.engine import Schedule
from services.matching.engine.problem import Argument

Pairs = Collection[tuple[UUID, UUID]]
"""Each with the lower id first."""


def counted_anew(before: Breakout, closed: Breakout, met: Pairs, together: Pairs) -> Breakout:
    """A break-out with the repeats that are left after a round was closed without those who were not there.

    `met` are those who met at other events, `together` those of whom a rule says so, which is no repeat. Of the least
    that any plan needs each meeting that did not happen may have been one, so as many are taken off; what rounds that
    were held have is needed in any case.
    """
    repeats = repeats_in(closed.rounds, met, together)
    decided = repeats_in((each for each in closed.rounds if each.state is RoundState.HELD), met, together)
    missed = _meetings(before, together) - _meetings(closed, together)
    bound = min(repeats, max(decided, before.repeats_bound - missed))
    notices = [_counted(each, repeats, bound) for each in closed.notices]
    told = tuple(each for each in notices if repeats or each.code is not NoticeCode.REPEATS)
    argument = Argument.NONE if bound == 0 else Argument.DECIDED if bound == decided else before.repeats_argument
    return replace(closed, repeats=repeats, repeats_bound=bound, repeats_argument=argument, notices=told)


def parted_pairs(rounds: Iterable[Round]) -> set[tuple[UUID, UUID]]:
    """Who sat together in a round while it was open, and no more when it went on."""
    return {pair for each in rounds for pair in set(pairs(each)).difference(pairs(replace(each, parted=())))}


def with_parted(schedule: Schedule, rounds: Sequence[Round], met: Pairs, together: Pairs) -> Schedule:
    """The schedule of these rounds, with the repeats of those who parted in them: the solver sees seats alone.

    `met` and `together` as in counted_anew. What rounds that were held have, and those who parted, is decided. To the
    solver all who parted met before; that those who sit together again in the same round do not meet twice makes as
    many repeats less in every plan, for the rounds that began are as they are.
    """
    repeats = repeats_in(rounds, met, together)
    past = [each if each.state is RoundState.HELD else replace(each, groups=()) for each in rounds]
    decided = repeats_in(past, met, together)
    bound = max(schedule.bound + repeats - schedule.repeats, decided)
    argument = Argument.NONE if bound == 0 else Argument.DECIDED if bound == decided else schedule.argument
    return replace(schedule, repeats=repeats, bound=bound, argument=argument)


def repeats_in(rounds: Iterable[Round], met: Pairs, together: Pairs) -> int:
    """The meetings of two people who met before, at other events or in an earlier one of these rounds."""
    known, repeats = set(met), 0
    for each in rounds:
        now = set(pairs(each)).difference(together)
        repeats += len(known & now)
        known |= now
    return repeats


def _meetings(breakout: Breakout, together: Pairs) -> int:
    return sum(len(set(pairs(each)).difference(together)) for each in breakout.rounds)


def _counted(notice: Notice, repeats: int, bound: int) -> Notice:
    if notice.code is not NoticeCode.REPEATS:
        return notice
    return replace(notice, details={**notice.details, "repeats": str(repeats), "bound": str(bound)})
