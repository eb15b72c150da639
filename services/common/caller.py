"""Who is calling: an account in one network, or a service."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from services.common.refusals import Unauthenticated


class Role(StrEnum):
    """A role of an account within one network."""

    OWNER = "owner"
    ORGANISER = "organiser"
    TREASURER = "treasurer"
    MODERATOR = "moderator"
    CIRCLE_LEADER = "circle_leader"
    ASSISTANT = "assistant"
    MEMBER = "member"
    GUEST = "guest"
    INTEGRATION = "integration"


@dataclass(frozen=True)
class Caller:
    """A verified caller. Roles are those in `network_id`; a service has a name and no account."""

    network_id: UUID | None
    account_id: UUID | None
    roles: frozenset[Role] = field(default_factory=frozenset[Role])
    service: str | None = None
    language: str = "en"

    @property
    def network(self) -> UUID:
        """The network called for; raises Unauthenticated when the call names none."""
        if self.network_id is None:
            raise Unauthenticated("This call must say for which network it is.")
        return self.network_id

    @property
    def account(self) -> UUID:
        """The account that calls; raises Unauthenticated when it is no account."""
        if self.account_id is None:
            raise Unauthenticated("This call needs the token of an account.")
        return self.account_id

    @property
    def is_service(self) -> bool:
        """Whether a service calls under its own identity."""
        return self.service is not None

    def has(self, *roles: Role) -> bool:
        """Whether the caller holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)


NOBODY = Caller(network_id=None, account_id=None)

_caller: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """Whoever made the call that is being answered; nobody outside a call."""
    return _caller.get()


@contextmanager
def calling(caller: Caller) -> Generator[Caller, None, None]:
    """Within this block `caller` is the current caller."""
    token = _caller.set(caller)
    try:
        yield caller
    finally:
        _caller.reset(token)
