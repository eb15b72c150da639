"""Looking at break-outs: organisers and moderators see all, participants their own groups."""

from collections.abc import Collection
from uuid import UUID

from services.common.caller import Caller, Role
from services.matching.domain.breakout import Breakout, Group, Round
from services.matching.storage.transaction import Uow

SEE_ALL = (Role.OWNER, Role.ORGANISER, Role.ASSISTANT, Role.MODERATOR)


async def get_breakout(uow: Uow, caller: Caller, breakout: UUID) -> Breakout:
    """One break-out, as far as the caller may see it."""
    async with uow.begin(caller.network) as tx:
        found = await tx.breakouts.get(breakout)
    return _as_seen(found, caller)


async def batch_get_event_breakouts(uow: Uow, caller: Caller, events: Collection[UUID]) -> list[Breakout]:
    """The break-outs of these events that exist, each as far as the caller may see it."""
    async with uow.begin(caller.network) as tx:
        found = await tx.breakouts.of_events(events)
    return [_as_seen(breakout, caller) for breakout in found]


async def get_my_group(uow: Uow, caller: Caller, event: UUID) -> tuple[Breakout, Round, Group] | None:
    """Where the caller sits or leads in the open round; None when nowhere."""
    return next(iter(await batch_get_my_groups(uow, caller, [event])), None)


async def batch_get_my_groups(
    uow: Uow, caller: Caller, events: Collection[UUID]
) -> list[tuple[Breakout, Round, Group]]:
    """Where the caller sits or leads in the open rounds of these events."""
    async with uow.begin(caller.network) as tx:
        return await tx.breakouts.open_groups_of(events, caller.account)


def _as_seen(breakout: Breakout, caller: Caller) -> Breakout:
    return breakout if caller.has(*SEE_ALL) else breakout.seen_by(caller.account)
