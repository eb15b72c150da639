"""Who moderates an event."""

from collections.abc import Sequence
from uuid import UUID

from services.common.caller import Caller
from services.common.refusals import Forbidden, Invalid, NotFound
from services.events.adapters.membership import Membership
from services.events.domain import moderator as rules
from services.events.domain.event import ORGANISERS
from services.events.domain.moderator import Moderator
from services.events.domain.refusals import NotAModerator
from services.events.storage.transaction import Uow
from services.events.usecases.organise import check_visible, offer_free_places, visible_event, visible_events

MOST_AT_ONCE = 500


async def assign_moderators(
    uow: Uow, membership: Membership, caller: Caller, event_id: UUID, wanted: Sequence[Moderator]
) -> list[Moderator]:
    """Put people with the role of moderator on an event, or change their hours. A place they had there is given up."""
    accounts = [each.account for each in wanted]
    if len(accounts) > MOST_AT_ONCE:
        raise Invalid(
            "moderators", f"At most {MOST_AT_ONCE} moderators at once.", rule="too_many", limit=str(MOST_AT_ONCE)
        )
    for at, account in enumerate(accounts):
        if account in accounts[:at]:
            raise Invalid(f"moderators[{at}].account_id", "Somebody stands here twice.", rule="twice")
    known = await membership.moderators_among(caller.network, accounts)
    if strangers := [at for at, account in enumerate(accounts) if account not in known]:
        field = f"moderators[{strangers[0]}].account_id"
        raise NotAModerator(field=field, accounts=", ".join(sorted(str(accounts[at]) for at in strangers)))
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock(event_id)
        tx.outbox.add(*rules.assign(event, await tx.moderators.of(event_id), wanted, now))
        await tx.moderators.save(event_id, wanted)
        for registration in await tx.registrations.before_check_in(event_id, accounts):
            tx.outbox.add(*event.cancel_registration(registration, now))
            await tx.registrations.save(registration)
        await offer_free_places(tx, event, now)
        await tx.events.save(event)
        return await tx.moderators.of(event_id)


async def withdraw_moderator(uow: Uow, caller: Caller, event_id: UUID, account: UUID) -> list[Moderator]:
    """Take a moderator off an event; moderators may take themselves off."""
    if account != caller.account and not caller.has(*ORGANISERS):
        raise Forbidden
    async with uow.begin(caller.network) as tx:
        event, now = await tx.events.lock(event_id)
        check_visible(event, caller)
        moderators = await tx.moderators.of(event_id)
        moderator = next((each for each in moderators if each.account == account), None)
        if moderator is None:
            raise NotFound("moderator", field="account_id")
        tx.outbox.add(*rules.withdraw(event, moderator, now))
        await tx.moderators.save(event_id, [moderator])
        await tx.events.save(event)
    return moderators


async def list_moderators(uow: Uow, caller: Caller, event_id: UUID) -> list[Moderator]:
    """An event's moderators, those who withdrew included."""
    async with uow.begin(caller.network) as tx:
        await visible_event(tx, caller, event_id)
        return await tx.moderators.of(event_id)


async def list_many_moderators(uow: Uow, caller: Caller, event_ids: Sequence[UUID]) -> dict[UUID, list[Moderator]]:
    """The moderators of each event that exists and the caller may see."""
    async with uow.begin(caller.network) as tx:
        return await tx.moderators.of_many([event.id for event in await visible_events(tx, caller, event_ids)])
