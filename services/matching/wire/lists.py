"""Lists: as many entries as a message holds, or as are taken at once."""

from collections.abc import Iterable, Sequence, Sized
from itertools import islice
from typing import TypeVar
from uuid import UUID

from google.protobuf.message import Message

from services.common.ids import parse_id
from services.common.refusals import Invalid
from services.common.rpc.server import MESSAGE_LIMIT

_TO_SPARE = 1_000
_TAG_AND_LENGTH = 6

Entry = TypeVar("Entry", bound=Message | str)


def refuse_more(entries: Sized, field: str, most: int) -> None:
    """Raises Invalid for more entries than are taken at once."""
    if len(entries) > most:
        raise Invalid(field, f"At most {most} at once.", rule="too_many", limit=str(most))


def decode_ids(texts: Sequence[str], field: str, most: int) -> list[UUID]:
    refuse_more(texts, field, most)
    return [parse_id(text, f"{field}[{at}]") for at, text in enumerate(texts)]


def fitting(entries: Iterable[Entry], beside: Message, most: int) -> list[Entry]:
    """The first of the entries, `most` at most, that find room in a message beside what stands there already."""
    room = MESSAGE_LIMIT - _TO_SPARE - beside.ByteSize()
    taken: list[Entry] = []
    for entry in islice(entries, most):
        size = len(entry.encode()) if isinstance(entry, str) else entry.ByteSize()
        room -= size + _TAG_AND_LENGTH
        if room < 0:
            break
        taken.append(entry)
    return taken
