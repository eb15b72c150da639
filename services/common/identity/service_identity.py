"""The identity of a service towards the others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc.jwk import OKPKey

from services.common.identity.keys import load_key
from services.common.identity.tokens import SERVICE_LIFETIME, sign_service_token

_RENEW_BEFORE_END = timedelta(seconds=20)


class ServiceIdentity:
    """A service's name and the key that proves it."""

    def __init__(self, name: str, key: OKPKey) -> None:
        self.name = name
        self._key = key
        self._tokens: dict[str, tuple[str, datetime]] = {}

    @classmethod
    def load(cls, name: str, key_file: Path) -> "ServiceIdentity":
        """The identity whose private key is in this file."""
        return cls(name, load_key(key_file))

    def token(self, audience: str) -> str:
        """A token for calls to that service; it holds for a while yet, and no longer than a minute."""
        now = datetime.now(UTC)
        kept = self._tokens.get(audience)
        if kept is not None and now < kept[1]:
            return kept[0]
        token = sign_service_token(self._key, service=self.name, audience=audience, now=now)
        self._tokens[audience] = (token, now + SERVICE_LIFETIME - _RENEW_BEFORE_END)
        return token
