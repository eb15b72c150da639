"""What happened in membership. The aggregate is the member, by account id, or the network."""

from dataclasses import dataclass

from services.common.caller import Role
from services.common.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Fact):
    """Somebody became a member, staff or a guest of the network."""

    roles: frozenset[Role]
    staff: bool


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Fact):
    """Company, profession, asks, offers, what is shared of them, name or language changed."""


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Fact):
    """The roles in the network, or the staff flag, changed."""

    roles: frozenset[Role]
    staff: bool


@dataclass(frozen=True, kw_only=True)
class NetworkUpdated(Fact):
    """Name, look, languages, own words or welcome of the network changed."""
