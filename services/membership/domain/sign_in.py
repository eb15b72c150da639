"""Signing in without a password: one-time codes, their limits, and who may come in."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.common.refusals import Kind, Refusal, TooMany
from services.membership.domain.member import Member
from services.membership.domain.network import Network

CODE_LIFETIME = timedelta(minutes=10)
TRIES_PER_CODE = 5
LIMIT_WINDOW = timedelta(minutes=15)
CODES_PER_MAILBOX = 5
CODES_PER_CLIENT = 2_000
"""A venue's Wi-Fi is one address: a whole event signs in from it within minutes."""
WRONG_TRIES_PER_CLIENT = 300
ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)

_NO_DIGEST = bytes(32)


class CodeInvalid(Refusal):
    """The code is wrong, spent or too old."""

    kind = Kind.UNAUTHENTICATED
    reason = "CODE_INVALID"


@dataclass(frozen=True)
class Account:
    """A human being, across networks; the name is what they first gave."""

    id: UUID
    name: str


@dataclass(frozen=True)
class OpenCode:
    """A code that is neither spent nor expired. Without digest none was mailed, so that none can match."""

    id: UUID
    salt: bytes
    digest: bytes | None
    tries: int
    expires_at: datetime


@dataclass(frozen=True)
class Tokens:
    """What a signed-in person holds."""

    account_id: UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True)
class CodeSecrets:
    """Keys under which codes are hashed: the first hashes, all are tried, so that a key can be replaced at any time.

    A code has but a million values: without a key, a stolen table would give it away at once.
    """

    keys: tuple[bytes, ...]

    def digest(self, code: str, salt: bytes) -> bytes:
        return _hmac(self.keys[0], salt, code)

    def match(self, code: str, salt: bytes, digest: bytes | None) -> bool:
        """Whether this is the code; takes as long when it is not, or when there is none."""
        found = False
        for key in self.keys:
            found |= hmac.compare_digest(_hmac(key, salt, code), digest or _NO_DIGEST)
        return found and digest is not None


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def new_refresh_token() -> str:
    """An opaque token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """What is stored of a refresh token; it is long and random, so a plain hash keeps it secret."""
    return hashlib.sha256(token.encode()).digest()


def client_key(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that an IPv6 client chooses from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def check_request(*, of_mailbox: Sequence[datetime], of_client: int, now: datetime) -> None:
    """Refuse another code when the mailbox or the client had its share; `of_mailbox` are the recent requests' times."""
    if len(of_mailbox) >= CODES_PER_MAILBOX:
        raise TooMany(retry_after=min(of_mailbox) + LIMIT_WINDOW - now)
    if of_client >= CODES_PER_CLIENT:
        raise TooMany(retry_after=LIMIT_WINDOW)


def guess(codes: Sequence[OpenCode], code: str, keys: CodeSecrets, *, wrong_of_client: int) -> OpenCode | Refusal:
    """The open code that this is, or why it is refused. The caller counts the try before raising."""
    if wrong_of_client >= WRONG_TRIES_PER_CLIENT:
        return TooMany(retry_after=LIMIT_WINDOW)
    usable = [each for each in codes if each.tries < TRIES_PER_CODE]
    if codes and not usable:
        return TooMany("Too many tries. Ask for a new code.")
    matching = [each for each in usable if keys.match(code, each.salt, each.digest)]
    return matching[0] if matching else CodeInvalid()


def candidates(network: Network, accounts: Sequence[Account], members: Mapping[UUID, Member]) -> list[Account]:
    """Who of the accounts that share a mailbox may sign in: those with a standing here, else the guests-to-be."""
    here = [
        Account(account.id, members[account.id].name)
        for account in accounts
        if account.id in members and members[account.id].may_sign_in
    ]
    if here or not network.guests_welcome:
        return here
    return [account for account in accounts if account.id not in members]


def is_stranger(network: Network, accounts: Sequence[Account]) -> bool:
    """Whether nobody reads this mailbox yet, and the network makes a guest of who comes."""
    return network.guests_welcome and not accounts


def is_welcome(network: Network, accounts: Sequence[Account], members: Mapping[UUID, Member]) -> bool:
    """Whether a code may be mailed to the mailbox that these accounts read."""
    return is_stranger(network, accounts) or bool(candidates(network, accounts, members))


def _hmac(key: bytes, salt: bytes, code: str) -> bytes:
    return hmac.digest(key, salt + code.encode(), "sha256")
