"""Why people sit where they sit: told to themselves, and to organisers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import NotFound
from services.matching.adapters.members import Members
from services.matching.domain.breakout import Breakout, Group, Round, RoundState
from services.matching.domain.profile import Profile
from services.matching.domain.reasons import Acquainted, Reason, SeatPlace, reasons, seat_of
from services.matching.domain.rule import ORGANISING
from services.matching.storage.transaction import MatchingTransaction, Uow


@dataclass(frozen=True)
class Explained:
    """A seat and what speaks for it."""

    seat: SeatPlace
    reasons: Sequence[Reason]


async def explain_seat(
    uow: Uow, members: Members, caller: Caller, seat: SeatPlace
) -> tuple[Explained, dict[UUID, str]]:
    """One seat, and the names beside it. Raises NotFound for one that is not there or that the caller may not see."""
    found, names = await batch_explain_seats(uow, members, caller, [seat])
    if not found:
        raise NotFound("seat", field=await _missing(uow, caller, seat))
    return found[0], names


async def _missing(uow: Uow, caller: Caller, seat: SeatPlace) -> str:
    """The field because of which there is no such seat: as if there were nothing that the caller may not see."""
    organises = caller.has(*ORGANISING)
    if not organises and seat.account != caller.account:
        return "account_id"
    async with uow.begin(caller.network) as tx:
        found = await tx.breakouts.of_ids({seat.breakout})
    rounds = [each for breakout in found for each in breakout.rounds if _may_see(caller, each)]
    if not found or not (organises or any(group.holds(caller.account) for each in rounds for group in each.groups)):
        return "breakout_id"
    return "account_id" if any(each.number == seat.round for each in rounds) else "round_number"


def _may_see(caller: Caller, each: Round) -> bool:
    return each.state is not RoundState.PLANNED or caller.has(*ORGANISING, Role.MODERATOR)


async def batch_explain_seats(
    uow: Uow, members: Members, caller: Caller, seats: Sequence[SeatPlace]
) -> tuple[list[Explained], dict[UUID, str]]:
    """Those of the seats that exist and that the caller may ask about, and the names of the people beside them.

    In a few queries for each break-out, however many seats are asked about.
    """
    wanted = [seat for seat in seats if seat.account == caller.account or caller.has(*ORGANISING)]
    own = None if caller.has(*ORGANISING) else caller.account
    explained: list[Explained] = []
    async with uow.begin(caller.network) as tx:
        for breakout in await tx.breakouts.of_ids({seat.breakout for seat in wanted}, holding=own):
            here = [seat for seat in wanted if seat.breakout == breakout.id]
            explained += await _explained(tx, caller, breakout, here)
    people = {account for each in explained for reason in each.reasons for account in reason.people}
    contacts = await members.contacts(caller.network, people) if people else {}
    return explained, {account: contact.name for account, contact in contacts.items()}


async def _explained(
    tx: MatchingTransaction, caller: Caller, breakout: Breakout, seats: Sequence[SeatPlace]
) -> list[Explained]:
    groups: dict[SeatPlace, Group] = {}
    for seat in seats:
        found = seat_of(breakout, seat.round, seat.account)
        if found and _may_see(caller, found[0]):
            groups[seat] = found[1]
    people = {account for group in groups.values() for account in group.seats}
    moderators = {group.moderator for group in groups.values() if group.moderator is not None}
    if not groups:
        return []
    profiles: Mapping[UUID, Profile] = await tx.profiles.of(people | moderators)
    here, began = breakout.event, breakout.rounds[0].closed_at or await tx.now()
    acquainted = Acquainted(
        met=await tx.encounters.met({seat.account for seat in groups}, people, besides=here, before=began),
        led=frozenset(
            (led.first, led.second) for led in await tx.breakouts.led(moderators, people, besides=here, before=began)
        ),
    )
    return [
        Explained(seat, reasons(breakout, seat.round, seat.account, group, profiles, acquainted))
        for seat, group in groups.items()
    ]
