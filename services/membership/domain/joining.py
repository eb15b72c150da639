"""Which account is meant when somebody is named by a mailbox, which several may read."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.membership.domain.member import Member
from services.membership.domain.sign_in import Account


def reader_meant(name: str, readers: Sequence[Account], members: Mapping[UUID, Member]) -> Account:
    """The reader of a mailbox that the name points to: a member here before a stranger, then whose name it is.

    `readers` is not empty, the oldest first; who fits equally well is chosen by age, so the answer is always the same.
    """
    wanted = name.casefold()

    def distance(reader: Account) -> tuple[bool, bool]:
        known = members[reader.id].name if reader.id in members else reader.name
        return reader.id not in members, known.casefold() != wanted

    return min(readers, key=distance)
