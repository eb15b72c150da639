"""A member: an account's standing, roles and profile in one network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import Forbidden, Invalid, Kind, Refusal
from services.membership.domain import texts
from services.membership.domain.facts import MemberJoined, ProfileChanged, RolesChanged
from services.membership.domain.network import Network
from services.membership.domain.texts import EmailAddress

SEES_WHAT_IS_PRIVATE = (Role.OWNER, Role.ORGANISER, Role.ASSISTANT)
_AN_OWNER_HANDS_OUT = {Role.OWNER, Role.ORGANISER, Role.TREASURER, Role.ASSISTANT}
_ONLY_GUEST = frozenset({Role.GUEST})


class LastOwner(Refusal):
    """A network keeps at least one owner."""

    kind = Kind.RULE_BROKEN
    reason = "LAST_OWNER"


class Standing(StrEnum):
    GUEST = "guest"
    APPLICANT = "applicant"
    ACTIVE = "active"
    GRACE = "grace"
    LAPSED = "lapsed"
    LEFT = "left"


class ProfileField(StrEnum):
    """What of a profile a member may let others be told."""

    COMPANY = "company"
    PROFESSION = "profession"
    ASKS = "asks"
    OFFERS = "offers"


class ProfileChange(TypedDict, total=False):
    """What of a profile should change; what is not here stays."""

    name: str
    company: str
    profession: str
    asks: Sequence[str]
    offers: Sequence[str]
    language: str
    shared_fields: frozenset[ProfileField]


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """Somebody to add, as asked for."""

    email: EmailAddress
    name: str
    company: str = ""
    profession: str = ""
    roles: frozenset[Role] = frozenset()
    staff: bool = False
    language: str = ""
    asks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    shared_fields: frozenset[ProfileField] = frozenset()
    """What they agreed to share when they gave these facts."""

    def checked(self, network: Network, caller: Caller, at: str) -> "NewMember":
        """The same, if the network can take them and the caller may hand out the roles; `at` names the field."""
        roles = self.roles or frozenset({Role.MEMBER})
        check_roles(roles, f"{at}roles")
        if roles & _AN_OWNER_HANDS_OUT and not caller.has(Role.OWNER):
            raise Forbidden("Only an owner hands out this role.", field=f"{at}roles")
        return replace(
            self,
            name=texts.name(self.name, f"{at}name"),
            company=texts.short_text(self.company, f"{at}company"),
            profession=texts.short_text(self.profession, f"{at}profession"),
            roles=roles,
            language=network.language(self.language, f"{at}language"),
            asks=texts.topics(self.asks, f"{at}asks"),
            offers=texts.topics(self.offers, f"{at}offers"),
        )

    def join(self, account_id: UUID, *, now: datetime) -> tuple["Member", MemberJoined]:
        """Make them a member; who has no role but guest is a guest."""
        member = Member(
            account_id=account_id,
            email=self.email,
            name=self.name,
            standing=Standing.GUEST if self.roles == _ONLY_GUEST else Standing.ACTIVE,
            roles=self.roles,
            staff=self.staff,
            company=self.company,
            profession=self.profession,
            asks=self.asks,
            offers=self.offers,
            language=self.language,
            joined_at=now,
            shared_fields=self.shared_fields,
        )
        return member, MemberJoined(
            aggregate=account_id, version=member.version, roles=member.roles, staff=member.staff
        )


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person in one network."""

    account_id: UUID
    email: EmailAddress
    name: str
    standing: Standing
    roles: frozenset[Role]
    staff: bool
    company: str
    profession: str
    asks: tuple[str, ...]
    offers: tuple[str, ...]
    language: str
    joined_at: datetime
    version: int = 1
    shared_fields: frozenset[ProfileField] = frozenset()
    """What others may be told as the reason for a seat; nothing unless the member says so."""

    @property
    def may_sign_in(self) -> bool:
        return self.standing is not Standing.LEFT

    @property
    def is_owner(self) -> bool:
        return Role.OWNER in self.roles

    def confides_in(self, caller: Caller) -> bool:
        """Whether the caller sees the e-mail address and what is shared.

        The person does, and who runs the network, and our own services.
        """
        return caller.is_service or caller.account_id == self.account_id or caller.has(*SEES_WHAT_IS_PRIVATE)

    def change_profile(self, change: ProfileChange, network: Network) -> tuple["Member", list[ProfileChanged]]:
        """The member with the changed profile; nothing happens when it stays the same."""
        language = change.get("language")
        changed = replace(
            self,
            name=texts.name(change.get("name", self.name), "name"),
            company=texts.short_text(change.get("company", self.company), "company"),
            profession=texts.short_text(change.get("profession", self.profession), "profession"),
            asks=texts.topics(change.get("asks", self.asks), "asks"),
            offers=texts.topics(change.get("offers", self.offers), "offers"),
            language=self.language if language is None else network.language(language, "language"),
            shared_fields=change.get("shared_fields", self.shared_fields),
        )
        if changed == self:
            return self, []
        changed = replace(changed, version=self.version + 1)
        return changed, [ProfileChanged(aggregate=self.account_id, version=changed.version)]

    def change_roles(
        self, roles: frozenset[Role], *, staff: bool, owners: Iterable[UUID]
    ) -> tuple["Member", list[RolesChanged]]:
        """The member with just these roles. `owners` are all who own the network now; one must remain."""
        check_roles(roles, "roles")
        if self.is_owner and Role.OWNER not in roles and not set(owners) - {self.account_id}:
            raise LastOwner(field="roles")
        standing = self._standing_with(roles)
        changed = replace(self, roles=roles, staff=staff, standing=standing)
        if changed == self:
            return self, []
        changed = replace(changed, version=self.version + 1)
        return changed, [RolesChanged(aggregate=self.account_id, version=changed.version, roles=roles, staff=staff)]

    def _standing_with(self, roles: frozenset[Role]) -> Standing:
        if roles == _ONLY_GUEST:
            return Standing.GUEST
        return Standing.ACTIVE if self.standing is Standing.GUEST else self.standing


def check_roles(roles: frozenset[Role], field: str) -> None:
    """Refuse what no person can be: without any role, or an integration."""
    if not roles:
        raise Invalid(field, "At least one role is needed.", rule="empty")
    if Role.INTEGRATION in roles:
        raise Invalid(field, "A person is no integration.", rule="role")
