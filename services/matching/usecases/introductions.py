"""What follows a break-out: whom one met, and who speaks further."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.refusals import Conflict
from services.common.storage.pagination import decode_cursor, encode_cursor, page_size
from services.matching.domain.encounter import Encounter
from services.matching.domain.introduction import Introduction, IntroductionState, message_text
from services.matching.domain.refusals import AlreadyAnswered, NotMet
from services.matching.storage.transaction import MatchingTransaction, Uow

DEFAULT_PAGE, LARGEST_PAGE = 50, 200


async def list_my_encounters(
    uow: Uow, caller: Caller, *, event: UUID | None, size: int, token: str
) -> tuple[Sequence[Encounter], str]:
    """A page of whom the caller met, the latest first, and the next page's token; none on the last page."""
    after = decode_cursor("encounters", token, datetime, UUID, UUID) if token else None
    size = page_size(size, DEFAULT_PAGE, LARGEST_PAGE)
    async with uow.begin(caller.network) as tx:
        found = await tx.encounters.page(caller.account, event=event, after=after, size=size + 1)
    page = found[:size]
    more = len(found) > size
    return page, encode_cursor("encounters", page[-1].met_at, page[-1].other, page[-1].event) if more else ""


async def ask_introduction(uow: Uow, caller: Caller, to: UUID, message: str) -> Introduction:
    """Ask somebody whom the caller met. While the two have an open one, whoever asked, that is the answer."""
    text = message_text(message)
    async with uow.begin(caller.network) as tx:
        if not await tx.encounters.have_met(caller.account, to):
            raise NotMet
        if (known := await _known(tx, caller.account, to)) is not None:
            return known
        introduction = Introduction(
            id=new_id(),
            asker=caller.account,
            asked=to,
            message=text,
            state=IntroductionState.ASKED,
            asked_at=await tx.now(),
        )
        if await tx.introductions.add(introduction):
            tx.outbox.add(introduction.asked_fact())
            return introduction
        if (known := await _known(tx, caller.account, to)) is not None:
            return known
    raise Conflict


async def accept_introduction(uow: Uow, caller: Caller, introduction: UUID) -> Introduction:
    """Agree, as the one who was asked."""
    async with uow.begin(caller.network) as tx:
        before = await tx.introductions.get(introduction, party=caller.account, lock=True)
        changed, facts = before.accepted(caller.account, now=await tx.now())
        await tx.introductions.save(changed)
        tx.outbox.add(*facts)
    return changed


async def decline_introduction(uow: Uow, caller: Caller, introduction: UUID) -> Introduction:
    """Decline, as the one who was asked."""
    async with uow.begin(caller.network) as tx:
        before = await tx.introductions.get(introduction, party=caller.account, lock=True)
        changed, facts = before.declined(caller.account, now=await tx.now())
        await tx.introductions.save(changed)
        tx.outbox.add(*facts)
    return changed


async def get_introduction(uow: Uow, caller: Caller, introduction: UUID) -> Introduction:
    """One introduction that the caller is part of."""
    async with uow.begin(caller.network) as tx:
        return await tx.introductions.get(introduction, party=caller.account)


async def list_my_introductions(
    uow: Uow, caller: Caller, *, size: int, token: str
) -> tuple[Sequence[Introduction], str]:
    """A page of the caller's introductions, the latest first, and the next page's token; none on the last page."""
    after = decode_cursor("introductions", token, datetime, UUID) if token else None
    size = page_size(size, DEFAULT_PAGE, LARGEST_PAGE)
    async with uow.begin(caller.network) as tx:
        found = await tx.introductions.page(caller.account, after=after, size=size + 1)
    page = found[:size]
    return page, encode_cursor("introductions", page[-1].asked_at, page[-1].id) if len(found) > size else ""


async def _known(tx: MatchingTransaction, asker: UUID, asked: UUID) -> Introduction | None:
    """The open introduction of the two. Raises AlreadyAnswered when they agreed, or this asker was declined, before."""
    for introduction in await tx.introductions.between(asker, asked):
        if introduction.state is IntroductionState.ASKED:
            return introduction
        if introduction.state is IntroductionState.ACCEPTED or introduction.asker == asker:
            raise AlreadyAnswered
    return None
