"""How many meet again, counted anew once it is known who was there."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from services.matching.domain.breakout import Breakout, Notice, NoticeCode, Round, RoundState, pairs


def counted_anew(before: Breakout, closed: Breakout, met: Collection[tuple[UUID, UUID]]) -> Breakout:
    """A break-out with the repeats that are left after a round was closed without those who were not there.

    `met` are those who met at other events, the lower id first. Of the least that any plan needs each meeting that did
    not happen may have been one, so as many are taken off; what rounds that were held have is needed in any case.
    """
    repeats = repeats_in(closed.rounds, met)
    decided = repeats_in((each for each in closed.rounds if each.state is RoundState.HELD), met)
    missed = sum(len(list(pairs(each))) for each in before.rounds) - sum(
        len(list(pairs(each))) for each in closed.rounds
    )
    bound = min(repeats, max(decided, before.repeats_bound - missed))
    notices = [_counted(each, repeats, bound) for each in closed.notices]
    told = tuple(each for each in notices if repeats or each.code is not NoticeCode.REPEATS)
    return replace(closed, repeats=repeats, repeats_bound=bound, notices=told)


def repeats_in(rounds: Iterable[Round], met: Collection[tuple[UUID, UUID]]) -> int:
    """The meetings of two people who met before, at other events or in an earlier one of these rounds."""
    known, repeats = set(met), 0
    for each in rounds:
        now = set(pairs(each))
        repeats += len(known & now)
        known |= now
    return repeats


def _counted(notice: Notice, repeats: int, bound: int) -> Notice:
    if notice.code is not NoticeCode.REPEATS:
        return notice
    return replace(notice, details={**notice.details, "repeats": str(repeats), "bound": str(bound)})
