"""Writing a round down for the meeting's host and the moderators."""

from uuid import UUID

from services.common.caller import Caller
from services.matching.adapters.members import Members
from services.matching.adapters.phrases import phrases
from services.matching.domain import sheets
from services.matching.domain.sheets import Format
from services.matching.storage.transaction import Uow


async def export_breakout(
    uow: Uow, members: Members, caller: Caller, breakout: UUID, layout: Format, number: int, language: str
) -> tuple[str, bytes]:
    """The file's name and content. Names and addresses are asked of membership at this moment; none are kept."""
    async with uow.begin(caller.network) as tx:
        found = await tx.breakouts.get(breakout)
    contacts = await members.contacts(caller.network, sheets.people_in(found, number))
    content = sheets.write(found, number, layout, contacts, phrases(language).say)
    return f"round-{number}-{layout.value}.csv", content
