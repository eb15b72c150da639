"""A token that does not hold in every part lets nobody in, at the gRPC entry."""

import base64
import hmac
import json
import time
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import pytest
from joserfc import jws, jwt
from ontmoet.membership.v1 import network_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub

from services.common.caller import Role
from services.common.identity.keys import generate_key
from services.common.identity.tokens import sign_service_token
from tests.support.rpc import Running, TestIdentity, running
from tests.support.scripted import Networks, networks

IDENTITY = TestIdentity()
KEY = IDENTITY.signing_key
HEADER = {"alg": "Ed25519", "typ": "at+jwt", "kid": "access-1"}


@pytest.fixture(scope="module")
async def server() -> AsyncGenerator[Running]:
    async with running(networks(Networks()), identity=IDENTITY) as server:
        yield server


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good: dict[str, Any] = {
        "iss": "ontmoet-membership",
        "aud": "ontmoet",
        "sub": str(uuid4()),
        "net": str(uuid4()),
        "roles": ["member"],
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "jti": "1",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(header: dict[str, Any] | None = None, **changes: Any) -> str:
    registry = jws.JWSRegistry(algorithms=["Ed25519"], strict_check_header=False)
    registry.check_header = lambda header: None
    return jwt.encode({**HEADER, **(header or {})}, claims(**changes), KEY, registry=registry)


def unsigned(alg: str) -> str:
    return f"{_encoded({**HEADER, 'alg': alg})}.{_encoded(claims())}."


def with_a_secret(secret: bytes) -> str:
    signed = f"{_encoded({**HEADER, 'alg': 'HS256'})}.{_encoded(claims())}"
    signature = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def tampered() -> str:
    header, _, signature = signed().split(".")
    return f"{header}.{_encoded(claims(roles=['owner']))}.{signature}"


def of_a_service(service: str, key: str, audience: str) -> str:
    return sign_service_token(IDENTITY.service_keys[key], service=service, audience=audience, now=datetime.now(UTC))


def service_key_signs_access() -> str:
    return jwt.encode(
        {**HEADER, "kid": "gateway/1"}, claims(), IDENTITY.service_keys["gateway"], algorithms=["Ed25519"]
    )


def access_key_signs_service() -> str:
    header = {**HEADER, "typ": "service+jwt"}
    return jwt.encode(header, claims(iss="access-1", sub="access-1", aud="membership"), KEY, algorithms=["Ed25519"])


def long_lived_service() -> str:
    header = {**HEADER, "typ": "service+jwt", "kid": "gateway/1"}
    body = claims(iss="gateway", sub="gateway", aud="membership", exp=int(time.time()) + 86400)
    return jwt.encode(header, body, IDENTITY.service_keys["gateway"], algorithms=["Ed25519"])


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


FORGED: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "no signature": lambda: unsigned("Ed25519"),
    "HS256 with the public key": lambda: with_a_secret(KEY.as_pem(private=False)),
    "HS256 with the public key's bytes": lambda: with_a_secret(base64.urlsafe_b64decode(f"{KEY.as_dict()['x']}=")),
    "another key under the known kid": lambda: jwt.encode(
        HEADER, claims(), generate_key("access-1"), algorithms=["Ed25519"]
    ),
    "changed claims": tampered,
    "wrong issuer": lambda: signed(iss="somebody"),
    "no issuer": lambda: signed(iss=None),
    "wrong audience": lambda: signed(aud="elsewhere"),
    "several audiences": lambda: signed(aud=["ontmoet", "elsewhere"]),
    "wrong type": lambda: signed({"typ": "JWT"}),
    "unknown crit": lambda: signed({"crit": ["exp"], "exp": 1}),
    "crit that the library knows": lambda: signed({"crit": ["kid"]}),
    "unknown kid": lambda: signed({"kid": "access-2"}),
    "a key of its own": lambda: signed({"jwk": KEY.as_dict(private=False)}),
    "expired": lambda: signed(exp=int(time.time()) - 60),
    "no end": lambda: signed(exp=None),
    "no beginning": lambda: signed(nbf=None),
    "not yet valid": lambda: signed(nbf=int(time.time()) + 60),
    "an end that is no number": lambda: signed(exp="9999999999"),
    "no network": lambda: signed(net=None),
    "an account that is no id": lambda: signed(sub="everybody"),
    "a service's key for an account": service_key_signs_access,
    "an account's key for a service": access_key_signs_service,
    "one service as another": lambda: of_a_service("gateway", "events", "membership"),
    "a service's token for another service": lambda: of_a_service("gateway", "gateway", "events"),
    "a service's token that lives for a day": long_lived_service,
    "nonsense": lambda: "a.b.c",
    "nothing": lambda: "",
    "far too much": lambda: "a" * 5000,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_is_refused(server: Running, forged: Callable[[], str]):
    """A1: whatever part of the token is not as it must be."""
    assert await _code(server, f"Bearer {forged()}") is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("scheme", ["bearer ", "Basic ", ""])
async def test_a_token_under_another_scheme_is_refused(server: Running, scheme: str):
    """A1: a good token, wrongly presented."""
    assert await _code(server, scheme + signed()) is grpc.StatusCode.UNAUTHENTICATED


async def test_the_tokens_that_the_forgeries_start_from_are_accepted(server: Running):
    """A1: negative control: it is the forgery that is refused."""
    assert await _code(server, f"Bearer {signed()}") is grpc.StatusCode.OK
    assert await _code(server, f"Bearer {of_a_service('gateway', 'gateway', 'membership')}") is grpc.StatusCode.OK


async def test_a_token_ends_with_its_lifetime(server: Running):
    """A1: expired, as membership signs them; the clocks of two machines may differ by ten seconds."""
    token = IDENTITY.user_token(uuid4(), uuid4(), [Role.OWNER], lifetime=timedelta(seconds=-11))
    assert await _code(server, f"Bearer {token}") is grpc.StatusCode.UNAUTHENTICATED


async def _code(server: Running, authorization: str) -> grpc.StatusCode:
    call = NetworkServiceStub(server.channel).GetNetwork(
        network_pb2.GetNetworkRequest(), metadata=(("authorization", authorization),)
    )
    return await call.code()
