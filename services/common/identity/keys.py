"""Keys: made, kept in files as JSON Web Keys, and fetched from whoever publishes them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import Context
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.common.logging import logger
from services.common.refusals import Busy

CURVE = "Ed25519"
MAX_AGE = 300.0
RETRY_PAUSE = 5.0
FETCH_TIMEOUT = 5.0

T = TypeVar("T")

log = logger(__name__)


class KeySource(Protocol):
    """Where public keys come from."""

    async def key(self, kid: str) -> OKPKey | None:
        """The public key of this name; None when there is none."""
        ...


class FixedKeys:
    """Keys that are known beforehand, by their kid."""

    def __init__(self, keys: Iterable[OKPKey]) -> None:
        self._keys = by_kid(keys)

    async def key(self, kid: str) -> OKPKey | None:
        """The public key of this name; None when there is none."""
        return self._keys.get(kid)


class KeySetCache:
    """A published key set, fetched when a token names a key that is not in it, and again when it has grown old.

    Once fetched, the set stays good while its issuer cannot be reached. A set that grew old is renewed aside, so that
    nobody waits for a slow issuer. An unknown kid costs at most one fetch per RETRY_PAUSE, whoever sends it.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[str]],
        *,
        max_age: float = MAX_AGE,
        retry_pause: float = RETRY_PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._retry_pause = retry_pause
        self._clock = clock
        self._keys: Mapping[str, OKPKey] | None = None
        self._fetched_at = -max_age
        self._tried_at = -retry_pause
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> OKPKey | None:
        """The public key of this name; None when there is none. Busy when no set could ever be fetched."""
        if self._keys is None or kid not in self._keys:
            if (fetching := self._refresh()) is not None:
                await asyncio.shield(fetching)
        elif self._clock() - self._fetched_at >= self._max_age:
            self._refresh()
        if self._keys is None:
            raise Busy("Tokens cannot be checked at the moment; try again.")
        return self._keys.get(kid)

    def _refresh(self) -> asyncio.Task[None] | None:
        """The one fetch that is under way, or a new one; None when the last one is too fresh."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if self._clock() - self._tried_at < self._retry_pause:
            return None
        self._tried_at = self._clock()
        # Nobody's call: it neither ends with the deadline of whoever happened to ask, nor carries their token.
        self._fetching = asyncio.create_task(self._fetch_once(), context=Context())
        return self._fetching

    async def _fetch_once(self) -> None:
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                self._keys = by_kid(public_keys(await self._fetch()))
            self._fetched_at = self._clock()
        except Exception:
            log.exception("the key set could not be fetched", kept=self._keys is not None)


def generate_key(kid: str) -> OKPKey:
    """A new private key of this name."""
    return OKPKey.generate_key(CURVE, {"kid": kid, "alg": CURVE, "use": "sig"}, private=True)


def key_id(key: OKPKey) -> str:
    """The name of a key; every key here has one."""
    if not key.kid:
        raise ValueError("a key without kid")
    return key.kid


def by_kid(keys: Iterable[OKPKey]) -> Mapping[str, OKPKey]:
    """The keys by their names."""
    return {key_id(key): key for key in keys}


def load_key(path: Path) -> OKPKey:
    """The private key in a file that holds one JSON Web Key; ValueError names the file when it holds none."""
    return _in_file(path, lambda content: _private(_key(json.loads(content))))


def load_signing_keys(path: Path) -> list[OKPKey]:
    """The private keys in a file that holds a JSON Web Key Set; the first one signs."""
    return _in_file(path, lambda content: [_private(key) for key in _keys(content)])


def load_public_keys(path: Path) -> list[OKPKey]:
    """The public keys in a file that holds a JSON Web Key Set; private parts, if any, are left out."""
    return _in_file(path, public_keys)


def public_keys(jwks_json: str) -> list[OKPKey]:
    """The public Ed25519 keys of a JSON Web Key Set; keys of other kinds are passed over."""
    return [_public(key) for key in _keys(jwks_json)]


def private_jwk(key: OKPKey) -> str:
    """A private key as JSON, for a file that only its owner may read."""
    return json.dumps(key.as_dict(private=True))


def private_jwks(keys: Iterable[OKPKey]) -> str:
    """Private keys as a JSON Web Key Set; the first one signs."""
    return json.dumps(KeySet(list(keys)).as_dict(private=True))


def public_jwks(keys: Iterable[OKPKey]) -> str:
    """The public parts of keys as a JSON Web Key Set."""
    return json.dumps(KeySet(list(keys)).as_dict(private=False))


def _keys(jwks_json: str) -> list[OKPKey]:
    found = cast(dict[str, Any], json.loads(jwks_json))["keys"]
    return [_key(jwk) for jwk in cast(list[dict[str, Any]], found) if jwk.get("crv") == CURVE]


def _key(jwk: dict[str, Any]) -> OKPKey:
    key = OKPKey.import_key(jwk)
    key_id(key)
    return key


def _private(key: OKPKey) -> OKPKey:
    if not key.is_private:
        raise ValueError("a public key where a private one is needed")
    return key


def _public(key: OKPKey) -> OKPKey:
    return OKPKey.import_key(key.as_dict(private=False))


def _in_file(path: Path, parse: Callable[[str], T]) -> T:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        # The cause is left out: it may quote the key.
        raise ValueError(f"{path} holds no usable key: {type(error).__name__}") from None
