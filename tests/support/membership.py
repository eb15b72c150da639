"""Builders for tests of membership: they say only what matters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.ids import new_id
from services.membership.domain.member import Member, NewMember, Standing
from services.membership.domain.network import Network
from services.membership.domain.sign_in import OpenCode
from services.membership.domain.texts import EmailAddress

NOON = datetime(2020, 5, 15, 12, 0, tzinfo=UTC)


def a_network(**values: Any) -> Network:
    """A network that speaks Dutch and French, under names of its own."""
    network = values.pop("id", None) or new_id()
    slug = f"net{network.hex}"
    defaults: dict[str, Any] = {
        "slug": slug,
        "name": "Voka Antwerpen-Waasland",
        "hosts": (f"{slug}.localhost",),
        "time_zone": "Europe/Brussels",
        "languages": ("nl-BE", "fr-BE"),
    }
    return Network(id=network, **(defaults | values))


def somebody_new(mailbox: str = "ann", **values: Any) -> NewMember:
    """Somebody to add."""
    defaults: dict[str, Any] = {"email": address(mailbox), "name": mailbox.title()}
    return NewMember(**(defaults | values))


def a_member(name: str = "Ann", *roles: Role, **values: Any) -> Member:
    """An active member; a plain one when no role is given."""
    defaults: dict[str, Any] = {
        "account_id": new_id(),
        "email": address(name.lower()),
        "name": name,
        "standing": Standing.ACTIVE,
        "roles": frozenset(roles or {Role.MEMBER}),
        "staff": False,
        "company": "",
        "profession": "",
        "asks": (),
        "offers": (),
        "language": "nl-BE",
        "joined_at": NOON,
    }
    return Member(**(defaults | values))


def an_open_code(digest: bytes | None, *, tries: int = 0, salt: bytes = b"salt") -> OpenCode:
    return OpenCode(new_id(), salt, digest, tries, NOON + timedelta(minutes=10))


def address(mailbox: str) -> EmailAddress:
    return EmailAddress(mailbox if "@" in mailbox else f"{mailbox}@voka.example")


def caller_with(*roles: Role, network: UUID | None = None, account: UUID | None = None) -> Caller:
    return Caller(network or new_id(), account or new_id(), frozenset(roles))
