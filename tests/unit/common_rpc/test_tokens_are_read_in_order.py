"""What is looked at first in a token: nothing of it is believed, and no key is looked for, before its header holds."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from services.common.caller import Role
from services.common.identity.keys import FixedKeys, generate_key
from services.common.identity.tokens import Verifier, sign_access_token
from services.common.refusals import Unauthenticated

KEY = generate_key("access-1")


class Keys(FixedKeys):
    """Knows one key, and which ones were asked for."""

    def __init__(self) -> None:
        super().__init__([KEY])
        self.asked: list[str] = []

    async def key(self, kid: str) -> OKPKey | None:
        self.asked.append(kid)
        return await super().key(kid)


def a_token(**header: str) -> str:
    """A good token, but for what of its header is given."""
    signed = sign_access_token(
        KEY, account=uuid4(), network=uuid4(), roles=[Role.MEMBER], lifetime=timedelta(minutes=5), now=datetime.now(UTC)
    )
    encoded, claims, signature = signed.split(".")
    changed = {**json.loads(base64.urlsafe_b64decode(encoded + "==")), **header}
    text = json.dumps(changed, separators=(",", ":"))
    return f"{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}.{claims}.{signature}"


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "EdDSA", "ES256", ""])
async def test_a_token_of_another_algorithm_is_refused_before_a_key_is_looked_for(alg: str) -> None:
    """A1: so that no algorithm that a library knows can ever meet one of our keys."""
    keys = Keys()
    with pytest.raises(Unauthenticated) as refused:
        await Verifier(keys, keys).read(a_token(alg=alg))
    assert str(refused.value.__cause__) == "another algorithm"
    assert keys.asked == []


async def test_a_token_of_an_unknown_key_is_refused_as_such() -> None:
    """A1: by name, and never by what a library makes of a key that is not there."""
    keys = Keys()
    with pytest.raises(Unauthenticated) as refused:
        await Verifier(keys, keys).read(a_token(kid="access-2"))
    assert str(refused.value.__cause__) == "an unknown key"
    assert keys.asked == ["access-2"]


async def test_a_token_that_was_not_changed_is_taken() -> None:
    """The control: it is the change that is refused."""
    keys = Keys()
    assert (await Verifier(keys, keys).read(a_token())).caller.roles == {Role.MEMBER}
