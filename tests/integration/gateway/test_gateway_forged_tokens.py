"""A token that does not hold in every part lets nobody in, at the GraphQL entry."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OKPKey
from websockets.exceptions import ConnectionClosed

from services.common.identity.keys import generate_key, key_id, load_key
from services.common.identity.tokens import sign_service_token
from tests.support.house import House


@dataclass(frozen=True)
class Forger:
    """Makes tokens for somebody of a network, each wrong in one part."""

    key: OKPKey
    service_key: OKPKey
    network: UUID
    account: UUID

    def signed(self, key: OKPKey | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        registry = jws.JWSRegistry(algorithms=["Ed25519"], strict_check_header=False)
        registry.check_header = lambda header: None
        return jwt.encode({**self.header, **(header or {})}, self.claims(**claims), key or self.key, registry=registry)

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": "Ed25519", "typ": "at+jwt", "kid": key_id(self.key)}

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        good = {"iss": "ontmoet-membership", "aud": "ontmoet", "sub": str(self.account), "net": str(self.network)}
        return {**good, "roles": ["member"], "iat": now, "nbf": now, "exp": now + 300, "jti": "1", **changes}

    def unsigned(self) -> str:
        return f"{_encoded({**self.header, 'alg': 'none'})}.{_encoded(self.claims())}."

    def with_the_public_key_as_secret(self) -> str:
        text = f"{_encoded({**self.header, 'alg': 'HS256'})}.{_encoded(self.claims())}"
        signature = hmac.digest(self.key.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def of_a_service(self) -> str:
        return sign_service_token(self.service_key, service="gateway", audience="membership", now=datetime.now(UTC))


FORGED: dict[str, Callable[[Forger], str]] = {
    "alg none": Forger.unsigned,
    "HS256 with the public key": Forger.with_the_public_key_as_secret,
    "another key under the known kid": lambda forger: forger.signed(generate_key(key_id(forger.key))),
    "wrong issuer": lambda forger: forger.signed(iss="somebody"),
    "wrong audience": lambda forger: forger.signed(aud="elsewhere"),
    "wrong type": lambda forger: forger.signed(header={"typ": "JWT"}),
    "unknown crit": lambda forger: forger.signed(header={"crit": ["exp"], "exp": 1}),
    "unknown kid": lambda forger: forger.signed(header={"kid": "unknown"}),
    "expired": lambda forger: forger.signed(exp=int(time.time()) - 60),
    "not yet valid": lambda forger: forger.signed(nbf=int(time.time()) + 60),
    "a service's token": Forger.of_a_service,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_a1_a_forged_token_is_refused_over_http_and_websocket(
    house: House, forged: Callable[[Forger], str]
) -> None:
    """A1: forged tokens are refused at both entries."""
    network = await house.network()
    token = forged(a_forger(house, network.id))
    response = await house.client(network, token).post({"query": "{ me { name } }"})
    assert response.status_code == 401
    async with house.client(network).socket() as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4401


async def test_a1_the_token_that_the_forgeries_start_from_is_accepted(house: House) -> None:
    """A1: the control: only what was changed made them fail."""
    network = await house.network()
    forger = a_forger(house, network.id)
    client = house.client(network, forger.signed())
    assert (await client.ask("{ events { edges { cursor } } }"))["events"] == {"edges": []}


def a_forger(house: House, network: UUID) -> Forger:
    gateway_key = load_key(house.system.keys.of("gateway"))
    return Forger(house.signing_key, gateway_key, network, UUID(int=7))


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
