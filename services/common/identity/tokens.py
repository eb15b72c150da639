"""Tokens: who somebody is, signed. Access tokens are for accounts, service tokens for services."""

import base64
import binascii
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from services.common.caller import Caller, Role
from services.common.identity.keys import KeySource, key_id
from services.common.ids import new_id
from services.common.refusals import Unauthenticated

# The fully specified name that RFC 9864 gives to EdDSA with this curve.
ALGORITHM = "Ed25519"
ISSUER = "ontmoet-membership"
AUDIENCE = "ontmoet"
ACCESS_TYPE = "at+jwt"
SERVICE_TYPE = "service+jwt"
SERVICE_LIFETIME = timedelta(seconds=60)

LEEWAY = timedelta(seconds=10)
"""By how much the clocks of two machines may differ."""

_NEEDED: ClaimsOption = {"essential": True}
_HEADER = {"alg", "kid", "typ"}
_KNOWN_ROLES = {role.value: role for role in Role}


@dataclass(frozen=True)
class Verified:
    """What a token that holds says: who calls, and until when that may be believed."""

    caller: Caller
    expires_at: datetime


class _Forged(Exception):
    """The token does not hold; the reason is for the log alone."""


def sign_access_token(
    key: OKPKey, *, account: UUID, network: UUID, roles: Iterable[Role], lifetime: timedelta, now: datetime
) -> str:
    """A token that says that this account has these roles in this network, from now on and for its lifetime."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(account), "net": str(network), "roles": sorted(roles)}
    return _sign(key, ACCESS_TYPE, claims, lifetime=lifetime, now=now)


def sign_service_token(key: OKPKey, *, service: str, audience: str, now: datetime) -> str:
    """A token that says to one other service that this service is calling, for a minute."""
    claims = {"iss": service, "sub": service, "aud": audience}
    return _sign(key, SERVICE_TYPE, claims, lifetime=SERVICE_LIFETIME, now=now)


class Verifier:
    """Tells who sent a token, and refuses every token that does not hold in each of its parts."""

    def __init__(
        self,
        key_source: KeySource,
        service_keys: KeySource,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Access tokens hold by the keys of key_source, service tokens by service_keys (see service_kid)."""
        self._access_keys = key_source
        self._service_keys = service_keys
        self._clock = clock

    async def verify(self, token: str, *, audience: str | None = None) -> Caller:
        """Who sent the token; raises Unauthenticated when it does not hold."""
        return (await self.read(token, audience=audience)).caller

    async def read(self, token: str, *, audience: str | None = None) -> Verified:
        """Who sent the token and when it ends. A service's token holds only for the service that it was made for."""
        try:
            header = _header(token)
            if header["typ"] == ACCESS_TYPE:
                return await self._read_access(token, header)
            if header["typ"] == SERVICE_TYPE and audience is not None:
                return await self._read_service(token, header, audience)
            raise _Forged("a type that is not taken here")
        except (_Forged, JoseError, ValueError, TypeError, KeyError) as error:
            raise Unauthenticated("The token is not valid.") from error

    async def _read_access(self, token: str, header: dict[str, str]) -> Verified:
        key = await self._access_keys.key(header["kid"])
        claims = self._claims(token, key, issuer=ISSUER, audience=AUDIENCE)
        roles = cast(list[str], claims["roles"])
        caller = Caller(
            network_id=UUID(claims["net"]),
            account_id=UUID(claims["sub"]),
            # A role of a newer release gives nothing here, and takes nothing away.
            roles=frozenset(_KNOWN_ROLES[role] for role in roles if role in _KNOWN_ROLES),
        )
        return Verified(caller, _time(claims["exp"]))

    async def _read_service(self, token: str, header: dict[str, str], audience: str) -> Verified:
        service = _service_of(header["kid"])
        key = await self._service_keys.key(header["kid"])
        claims = self._claims(token, key, issuer=service, audience=audience)
        if claims["sub"] != service:
            raise _Forged("one service's key, another one's name")
        if claims["exp"] - claims["iat"] > SERVICE_LIFETIME.total_seconds():
            raise _Forged("a service's token that lives too long")
        return Verified(Caller(network_id=None, account_id=None, service=service), _time(claims["exp"]))

    def _claims(self, token: str, key: OKPKey | None, *, issuer: str, audience: str) -> dict[str, Any]:
        if key is None:
            raise _Forged("an unknown key")
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        if claims["iss"] != issuer or claims["aud"] != audience:
            raise _Forged("another issuer or audience")
        now, leeway = int(self._clock()), int(LEEWAY.total_seconds())
        JWTClaimsRegistry(now, leeway, exp=_NEEDED, nbf=_NEEDED, iat=_NEEDED).validate(claims)
        return claims


def service_kid(service: str, serial: str = "1") -> str:
    """The name of a service's key; a new serial while keys rotate."""
    return f"{service}/{serial}"


def _service_of(kid: str) -> str:
    return kid.partition("/")[0]


def _sign(key: OKPKey, type_: str, claims: dict[str, Any], *, lifetime: timedelta, now: datetime) -> str:
    header = {"alg": ALGORITHM, "typ": type_, "kid": key_id(key)}
    issued = int(now.timestamp())
    times = {"iat": issued, "nbf": issued, "exp": issued + int(lifetime.total_seconds()), "jti": str(new_id())}
    return jwt.encode(header, {**claims, **times}, key, algorithms=[ALGORITHM])


def _header(token: str) -> dict[str, str]:
    """The header of a token before anything is believed; it holds what ours hold, and nothing else."""
    encoded = token.partition(".")[0]
    try:
        header: object = json.loads(
            base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        )
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _Forged("no header") from error
    if not isinstance(header, dict):
        raise _Forged("no header")
    texts = {name: value for name, value in cast(dict[str, object], header).items() if isinstance(value, str)}
    # No crit, no jwk, no jku: nothing that could say which rules or keys to use.
    if set(cast(dict[str, object], header)) != _HEADER or set(texts) != _HEADER:
        raise _Forged("another header")
    if texts["alg"] != ALGORITHM:
        raise _Forged("another algorithm")
    return texts


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
