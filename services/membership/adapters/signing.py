"""The keys that membership signs with."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from joserfc.jwk import OKPKey

from services.common.identity.keys import load_signing_keys, public_jwks
from services.common.identity.tokens import sign_access_token
from services.membership.domain.member import Member
from services.membership.domain.sign_in import CodeSecrets


class SigningKeys:
    """One or more keys: the first signs, all are published, so that tokens of the one before stay good while they live.

    To rotate: add the new key behind the old one, then put it first, then take the old one out; each step everywhere
    before the next, and the last not before the tokens' lifetime has passed.
    """

    def __init__(self, keys: Sequence[OKPKey]) -> None:
        if not keys:
            raise ValueError("a key to sign with is needed")
        self._first = keys[0]
        self.public_json = public_jwks(keys)
        self.codes = CodeSecrets(tuple(_code_secret(key) for key in keys))

    @classmethod
    def load(cls, path: Path) -> "SigningKeys":
        """The keys in a file that holds a JSON Web Key Set; ValueError names the file when they are of no use."""
        return cls(load_signing_keys(path))

    def sign(self, member: Member, network: UUID, *, lifetime: timedelta, now: datetime) -> str:
        """An access token: this member, in this network, with the roles of this moment."""
        return sign_access_token(
            self._first, account=member.account_id, network=network, roles=member.roles, lifetime=lifetime, now=now
        )


def _code_secret(key: OKPKey) -> bytes:
    """A secret for hashing one-time codes, that tells nothing about the key that it is made from."""
    private = str(key.as_dict(private=True)["d"])
    return hmac.digest(private.encode(), b"ontmoet one-time codes", "sha256")
