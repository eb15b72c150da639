"""Looking at break-outs: organisers and moderators see all, participants their own groups once a round was opened."""

from collections.abc import Collection, Iterable
from uuid import UUID

from services.common.caller import Caller
from services.common.refusals import NotFound
from services.matching.domain.breakout import SEE_ALL, Breakout, Group, Round
from services.matching.storage.transaction import Uow


async def get_breakout(uow: Uow, caller: Caller, breakout: UUID) -> Breakout:
    """One break-out, as far as the caller may see it. Raises NotFound for one of which nothing is shown to them yet."""
    async with uow.begin(caller.network) as tx:
        seen = _as_seen(await tx.breakouts.of_ids([breakout], holding=_only(caller)), caller)
    if not seen:
        raise NotFound("break-out", field="breakout_id")
    return seen[0]


async def batch_get_event_breakouts(uow: Uow, caller: Caller, events: Collection[UUID]) -> list[Breakout]:
    """The break-outs of these events that the caller may know of, each as far as they may see it."""
    async with uow.begin(caller.network) as tx:
        return _as_seen(await tx.breakouts.of_events(events, holding=_only(caller)), caller)


async def get_my_group(uow: Uow, caller: Caller, event: UUID) -> tuple[Breakout, Round, Group] | None:
    """Where the caller sits or leads in the open round; None when nowhere."""
    return next(iter(await batch_get_my_groups(uow, caller, [event])), None)


async def batch_get_my_groups(
    uow: Uow, caller: Caller, events: Collection[UUID]
) -> list[tuple[Breakout, Round, Group]]:
    """Where the caller sits or leads in the open rounds of these events."""
    async with uow.begin(caller.network) as tx:
        return await tx.breakouts.open_groups_of(events, caller.account)


def _only(caller: Caller) -> UUID | None:
    """Whose groups alone are read: others' are nothing to participants, and may be thousands."""
    return None if caller.has(*SEE_ALL) else caller.account


def _as_seen(breakouts: Iterable[Breakout], caller: Caller) -> list[Breakout]:
    return [breakout.as_seen(caller) for breakout in breakouts if breakout.is_known_to(caller)]
