"""What matching keeps of a member: what it needs to seat them well."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ProfileField(StrEnum):
    """What of a profile its member may let others be told."""

    COMPANY = "company"
    PROFESSION = "profession"
    ASKS = "asks"
    OFFERS = "offers"


@dataclass(frozen=True)
class Profile:
    """A copy of a part of a member, as of a version of theirs."""

    account: UUID
    company: str
    profession: str
    asks: tuple[str, ...]
    offers: tuple[str, ...]
    version: int
    language: str = ""
    """BCP 47; empty when unknown."""
    staff: bool = False
    """Of the network's own office: outside encounters."""
    shared: frozenset[ProfileField] = frozenset()
    """What others may be told; seating itself uses all of it."""


def plain_name(name: str) -> str:
    """What is the same for the same company or profession, however its letters and spaces are written."""
    return " ".join(name.casefold().split())
