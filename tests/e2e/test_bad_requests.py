"""Requests that no gateway can answer: refused as a whole, in the caller's language, in the form that GraphQL has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.gatherings import Gathering, an_open_event
from tests.support.graphql import Client
from tests.support.house import House

TEXTS = {
    "not found": {
        "en": "We cannot find this. Check the link, or ask whoever sent it.",
        "nl-BE": "Dit kunnen we niet vinden. Kijk de link na, of vraag het aan wie hem stuurde.",
        "fr-BE": "Nous ne trouvons pas cet élément. Vérifiez le lien, ou demandez à qui l'a envoyé.",
    },
    "network": {
        "en": "No network answers to this address. Check how it is spelt.",
        "nl-BE": "Op dit adres is geen netwerk te vinden. Kijk na of het goed gespeld is.",
        "fr-BE": "Aucun réseau ne répond à cette adresse. Vérifiez comment elle s'écrit.",
    },
    "token": {"en": "Please sign in.", "nl-BE": "Meld u aan.", "fr-BE": "Veuillez vous identifier."},
    "body": {
        "en": "The request cannot be read: it is to be one JSON object with a query, in UTF-8.",
        "nl-BE": "Het verzoek is niet te lezen: het moet één JSON-object met een query zijn, in UTF-8.",
        "fr-BE": "La demande est illisible : il faut un seul objet JSON avec une requête, en UTF-8.",
    },
    "media type": {
        "en": "Send this as application/json.",
        "nl-BE": "Stuur dit als application/json.",
        "fr-BE": "Envoyez ceci en application/json.",
    },
    "too large": {
        "en": "This is too much at once: a request has at most 1000000 bytes.",
        "nl-BE": "Dit is te veel ineens: een verzoek telt hoogstens 1000000 bytes.",
        "fr-BE": "C'est trop à la fois : une demande compte au plus 1000000 octets.",
    },
    "post": {
        "en": "Send this by POST, as JSON.",
        "nl-BE": "Stuur dit met POST, als JSON.",
        "fr-BE": "Envoyez ceci par POST, en JSON.",
    },
}
LANGUAGES = ("en", "nl-BE", "fr-BE")
HALF = b'{"query": "mutation ($n: String) { updateProfile(input: {name: $n}) { errors { code } } }"'


@pytest.fixture(scope="module")
async def gathering(house: House) -> Gathering:
    """A network of three languages."""
    return await an_open_event(house, languages=LANGUAGES)


async def posted(house: House, network_host: str, content: bytes, **headers: str) -> httpx.Response:
    """The answer to a body as it stands."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"host": network_host, "content-type": "application/json", **named}
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        return await http.post(f"http://127.0.0.1:{house.port}/graphql", content=content, headers=raw)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_unknown_host_name_is_refused(house: House, language: str) -> None:
    answer = await Client("nobody.localhost", house.port).post({"query": "{ me { name } }"}, accept_language=language)
    assert answer.status_code == 404
    [error] = answer.json()["errors"]
    assert error == {"message": TEXTS["network"][language], "extensions": {"code": "NETWORK_UNKNOWN"}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("token", ["Bearer nonsense", "Bearer a.b.c", "Basic YTpi", "Bearer", "Bearer é"])
async def test_a_malformed_token_is_refused(house: House, gathering: Gathering, token: str, language: str) -> None:
    answer = await posted(
        house,
        gathering.network.hosts[0],
        b'{"query": "{ me { name } }"}',
        authorization=token,
        accept_language=language,
    )
    assert answer.status_code == 401
    [error] = answer.json()["errors"]
    assert error == {"message": TEXTS["token"][language], "extensions": {"code": "UNAUTHENTICATED"}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "body",
    [b"{", b"null", b'"x"', b"5", b"\xff\xfe", b"[" * 100_000, HALF + rb', "variables": {"n": "a\ud800b"}}'],
    ids=["broken", "null", "text", "number", "no UTF-8", "deep", "half a character"],
)
async def test_a_body_that_is_no_json_object_is_refused(
    house: House, gathering: Gathering, body: bytes, language: str
) -> None:
    answer = await posted(house, gathering.network.hosts[0], body, accept_language=language)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"message": TEXTS["body"][language], "extensions": {"code": "INVALID_ARGUMENT"}}]


@pytest.mark.parametrize("key", ["x" * 201, "", "clé"])
async def test_an_idempotency_key_that_cannot_be_kept_is_refused(house: House, gathering: Gathering, key: str) -> None:
    answer = await posted(
        house,
        gathering.network.hosts[0],
        b'{"query": "{ me { name } }"}',
        idempotency_key=key,
        accept_language="fr-BE",
    )
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["message"] == "Une clé d'idempotence compte de 1 à 200 lettres, chiffres et signes ASCII."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("content_type", "body", "status", "text"),
    [
        ("application/json", b'[{"query": "{ me { name } }"}]', 400, "body"),
        ("application/json", b'{"query": 5}', 400, "body"),
        ("application/json", b'{"query": "{ me { name } }", "variables": []}', 400, "body"),
        ("application/json", b"{}", 400, "body"),
        ("text/plain", b'{"query": "{ me { name } }"}', 415, "media type"),
        ("application/x-www-form-urlencoded", b"query={me{name}}", 415, "media type"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="query"', 415, "media type"),
    ],
)
async def test_json_that_is_no_single_operation_and_anything_else_is_refused(
    house: House, gathering: Gathering, content_type: str, body: bytes, status: int, text: str, language: str
) -> None:
    headers = {"accept_language": language, "content_type": content_type}
    answer = await posted(house, gathering.network.hosts[0], body, **headers)
    assert answer.status_code == status
    assert answer.json()["errors"] == [{"message": TEXTS[text][language], "extensions": {"code": "INVALID_ARGUMENT"}}]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("method", "path", "status", "code", "text"),
    [
        ("GET", "/", 404, "NOT_FOUND", "not found"),
        ("GET", "/events/7", 404, "NOT_FOUND", "not found"),
        ("POST", "/grapqhl", 404, "NOT_FOUND", "not found"),
        ("PUT", "/graphql", 405, "INVALID_ARGUMENT", "post"),
        ("GET", "/graphql?query=mutation%7BsignOut%7D", 405, "INVALID_ARGUMENT", "post"),
    ],
)
async def test_an_address_or_a_method_that_leads_nowhere_says_so(
    house: House, gathering: Gathering, method: str, path: str, status: int, code: str, text: str, language: str
) -> None:
    headers = {"host": gathering.network.hosts[0], "accept-language": language}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.request(method, f"http://127.0.0.1:{house.port}{path}", headers=headers)
    assert answer.status_code == status
    assert answer.json()["errors"] == [{"message": TEXTS[text][language], "extensions": {"code": code}}]


async def test_a_change_by_get_is_refused(house: House, gathering: Gathering) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(
            f"http://127.0.0.1:{house.port}/graphql",
            params={"query": 'mutation { signOut(input: {refreshToken: "x"}) { signedOut } }'},
            headers={"host": gathering.network.hosts[0]},
        )
    assert (answer.status_code, "signedOut" in answer.text) == (405, False)


async def test_a_body_that_is_too_large_is_413_and_its_sender_reads_so(house: House, gathering: Gathering) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    host = gathering.network.hosts[0]
    for language, message in (*TEXTS["too large"].items(), *TEXTS["too large"].items()):
        answer = await posted(house, host, b" " * 4_000_000, accept_language=language)
        assert answer.status_code == 413
        assert answer.json()["errors"] == [{"message": message, "extensions": {"code": "TOO_LARGE"}}]
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            headers = {"host": host, "content-type": "application/json"}
            url = f"http://127.0.0.1:{house.port}/graphql"
            assert (await http.post(url, content=chunks(), headers=headers)).status_code == 413
