"""The keys that tokens are signed with change; nobody is signed out by it, and nobody gets in by it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from services.common.caller import Role
from services.common.identity.keys import FixedKeys, KeySetCache, generate_key, public_jwks
from services.common.identity.tokens import Verifier, sign_access_token
from services.common.refusals import Busy, Unauthenticated
from services.common.rpc import deadline

OLD, NEW = generate_key("old"), generate_key("new")


@dataclass
class Issuer:
    """Publishes keys, counts how often they are fetched, and can be away."""

    keys: Sequence[OKPKey]
    away: bool = False
    fetches: int = 0
    now: float = 0.0
    seconds_left: float | None = None
    fetched: asyncio.Event = field(default_factory=asyncio.Event)
    verifier: Verifier = field(init=False)

    def __post_init__(self) -> None:
        cache = KeySetCache(self.fetch, max_age=300, retry_pause=5, clock=lambda: self.now)
        self.verifier = Verifier(cache, FixedKeys([]))

    async def fetch(self) -> str:
        self.fetches += 1
        self.fetched.set()
        self.seconds_left = deadline.remaining()
        if self.away:
            raise ConnectionError("away")
        return public_jwks(self.keys)

    async def accepts(self, key: OKPKey) -> bool:
        try:
            await self.verifier.verify(a_token(key))
        except Unauthenticated:
            return False
        return True


def a_token(key: OKPKey) -> str:
    return sign_access_token(
        key,
        account=uuid4(),
        network=uuid4(),
        roles=[Role.MEMBER],
        lifetime=timedelta(minutes=5),
        now=datetime.now(UTC),
    )


async def test_an_old_keys_tokens_hold_until_the_key_is_removed():
    """A1: both keys are published while tokens of the old one are about."""
    issuer = Issuer(keys=[NEW, OLD])
    assert await issuer.accepts(OLD)
    assert await issuer.accepts(NEW)
    issuer.keys = [NEW]
    await _grows_old(issuer)
    assert not await issuer.accepts(OLD)
    assert await issuer.accepts(NEW)


async def test_a_token_of_a_new_key_is_taken_at_once():
    """A1: an unknown kid triggers one fetch."""
    issuer = Issuer(keys=[OLD])
    assert await issuer.accepts(OLD)
    issuer.keys = [NEW, OLD]
    issuer.now += 6
    assert await issuer.accepts(NEW)
    assert issuer.fetches == 2


async def test_unknown_keys_cannot_make_us_flood_the_issuer():
    """A1: unknown kids cost one fetch per pause, however many tokens bring them."""
    issuer = Issuer(keys=[OLD])
    assert await issuer.accepts(OLD)
    issuer.now += 6
    for _ in range(20):
        assert not await issuer.accepts(generate_key("made up"))
    assert issuer.fetches == 2


async def test_a_cached_key_set_outlives_an_outage_of_its_issuer():
    """A1: whoever was signed in stays signed in while membership is away, for as long as it takes."""
    issuer = Issuer(keys=[OLD])
    assert await issuer.accepts(OLD)
    issuer.away = True
    for _ in range(3):
        await _grows_old(issuer)
        assert await issuer.accepts(OLD)


async def test_before_the_first_fetch_a_token_is_neither_good_nor_bad():
    """A1: an outage at the start is a reason to try again, not a reason to sign in again."""
    issuer = Issuer(keys=[OLD], away=True)
    with pytest.raises(Busy):
        await issuer.verifier.verify(a_token(OLD))
    issuer.away = False
    issuer.now += 6
    assert await issuer.accepts(OLD)


async def test_a_fetch_does_not_end_with_the_call_that_began_it():
    """A1: callers in a hurry cannot keep us from the keys that others need."""
    issuer = Issuer(keys=[OLD])
    with deadline.within(0):
        assert await issuer.accepts(OLD)
    assert issuer.seconds_left is None


async def _grows_old(issuer: Issuer) -> None:
    """Time passes; the next token still meets the old set, and has it fetched anew, aside."""
    issuer.now += 301
    issuer.fetched.clear()
    assert await issuer.accepts(issuer.keys[0])
    await issuer.fetched.wait()
