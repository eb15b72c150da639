"""A round written down for the meeting's host and the moderators (CSV)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.common.refusals import Invalid
from services.matching.domain.breakout import Breakout, Group, Round, moves

ZOOM_HEADINGS = ("Pre-assign Room Name", "Email Address")
"""Zoom's own, in any language."""

Say = Callable[[str], str]
"""Puts a text into the reader's language."""


class Format(StrEnum):
    """What a round can be written as; the value stands in the file's name."""

    ZOOM_CSV = "zoom"
    NUMBER_LIST = "numbers"
    MOVES = "moves"
    CALL_SHEET = "call-sheet"


@dataclass(frozen=True)
class Contact:
    """Somebody as a sheet names them."""

    name: str
    email: str
    company: str
    """Empty where it is not shared: who reads the sheet need not be who may know."""


UNKNOWN = Contact(name="", email="", company="")
"""Somebody who is no longer in the network."""

Contacts = Mapping[UUID, Contact]
Row = Sequence[str]


def people_in(breakout: Breakout, number: int) -> set[UUID]:
    """Everybody whom a sheet of this round may name: those of the round before as well."""
    shown = [breakout.round(number), *([breakout.round(number - 1)] if number > 1 else [])]
    groups = [group for each in shown for group in each.groups]
    seated = {account for group in groups for account in group.seats}
    return seated | {group.moderator for group in groups if group.moderator is not None}


def write(breakout: Breakout, number: int, layout: Format, contacts: Contacts, say: Say) -> bytes:
    """One round as CSV in UTF-8. Cells that a spreadsheet would run as a formula are quoted. Raises Invalid."""
    chosen = breakout.round(number)
    match layout:
        case Format.ZOOM_CSV:
            if number != 1:
                raise Invalid(
                    "round_number", "Zoom keeps one pre-assignment for a meeting: that of round 1.", rule="zoom_round"
                )
            return _csv(ZOOM_HEADINGS, _zoom(chosen, contacts, say))
        case Format.NUMBER_LIST:
            return _csv((say("Name"), say("Room")), _numbers(chosen, contacts))
        case Format.MOVES:
            before = breakout.round(number - 1) if number > 1 else Round(0)
            headings = (say("Name"), say("From room"), say("To room"))
            return _csv(headings, _moves(before, chosen, contacts))
        case Format.CALL_SHEET:
            headings = (say("Room"), say("Led by"), say("Role"), say("Name"), say("Company"))
            return _csv(headings, _call_sheet(chosen, contacts, say))


def _zoom(chosen: Round, contacts: Contacts, say: Say) -> Iterator[Row]:
    """Whoever has no address can't be pre-assigned: Zoom knows people by the address they sign in with."""
    for group in chosen.groups:
        room = say("Room {number}").format(number=group.number)
        for account in _everybody(group):
            email = contacts.get(account, UNKNOWN).email
            if email:
                yield room, email


def _numbers(chosen: Round, contacts: Contacts) -> Iterator[Row]:
    rows = [
        (contacts.get(account, UNKNOWN).name, str(group.number))
        for group in chosen.groups
        for account in _everybody(group)
    ]
    yield from sorted(rows, key=lambda row: (row[0].casefold(), int(row[1])))


def _moves(before: Round, chosen: Round, contacts: Contacts) -> Iterator[Row]:
    """Participants and moderators who change rooms; an empty cell stands for no room."""
    old, new = Round(before.number, _all_seated(before)), Round(chosen.number, _all_seated(chosen))
    rows = [
        (contacts.get(move.account, UNKNOWN).name, str(move.from_group or ""), str(move.to_group or ""))
        for move in moves([old], [new])
    ]
    yield from sorted(rows, key=lambda row: (int(row[1] or 0), row[0].casefold()))


def _call_sheet(chosen: Round, contacts: Contacts, say: Say) -> Iterator[Row]:
    for group in chosen.groups:
        leads = group.moderator or group.host
        leader = contacts.get(leads, UNKNOWN).name if leads else ""
        role = say("Moderator") if group.moderator else say("Host")
        people = [contacts.get(account, UNKNOWN) for account in group.seats]
        for contact in sorted(people, key=lambda contact: contact.name.casefold()):
            yield str(group.number), leader, role, contact.name, contact.company


def _everybody(group: Group) -> tuple[UUID, ...]:
    return group.seats if group.moderator is None else (group.moderator, *group.seats)


def _all_seated(each: Round) -> tuple[Group, ...]:
    return tuple(Group(group.id, group.number, _everybody(group)) for group in each.groups)


def _csv(headings: Row, rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    """The cell as text: a spreadsheet runs what starts with one of these signs (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" \t\r\n")[:1] in tuple("=+-@") or cell[:1] in tuple("\t\r\n") else cell
