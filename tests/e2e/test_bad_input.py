"""What people and programs send by mistake or on purpose: refused so that they know how to go on, or simply taken."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest

from tests.support.gatherings import Gathering, an_open_event
from tests.support.graphql import Client, Json
from tests.support.house import House

AN_EVENT = {
    "title": "Virtuele vrijdag",
    "mode": "ONLINE",
    "startsAtLocal": "2027-03-01T09:00",
    "durationSeconds": 3600,
    "capacity": 5,
}
# What only our own inside knows.
INTERNAL = re.compile(r"Traceback|sqlalchemy|asyncpg|grpc|protobuf|127\.0\.0\.1|\.py\b|postgres|UNEXPECTED", re.I)
TEXTS = {
    "id": {
        "en": "This is not an id of the kind that is asked for here.",
        "nl-BE": "Dit is niet het soort id dat hier gevraagd wordt.",
        "fr-BE": "Ce n'est pas un identifiant du type demandé ici.",
    },
    "not found": {
        "en": "We cannot find this. Check the link, or ask whoever sent it.",
        "nl-BE": "Dit kunnen we niet vinden. Kijk de link na, of vraag het aan wie hem stuurde.",
        "fr-BE": "Nous ne trouvons pas cet élément. Vérifiez le lien, ou demandez à qui l'a envoyé.",
    },
    "form": {
        "en": "Write it like 2026-11-27T09:00, with a date or time that exists.",
        "nl-BE": "Schrijf het als 2026-11-27T09:00, met een datum of tijd die bestaat.",
        "fr-BE": "Écrivez-le comme 2026-11-27T09:00, avec une date ou une heure qui existe.",
    },
    "gap": {
        "en": "On that day the clock skips this time. "
        "The nearest that exist are 2027-03-28T01:59 and 2027-03-28T03:00.",
        "nl-BE": "Op die dag slaat de klok dit tijdstip over. "
        "De dichtste die bestaan zijn 2027-03-28T01:59 en 2027-03-28T03:00.",
        "fr-BE": "Ce jour-là, l'horloge saute cette heure. "
        "Les plus proches qui existent sont 2027-03-28T01:59 et 2027-03-28T03:00.",
    },
    "closed": {
        "en": "Registration for this event is not open.",
        "nl-BE": "De inschrijving voor dit evenement is niet open.",
        "fr-BE": "Les inscriptions à cet événement ne sont pas ouvertes.",
    },
    "expired": {
        "en": "The place was offered for a limited time, and that time is over. "
        "Register again to join the waiting list.",
        "nl-BE": "De aangeboden plaats is verlopen. Schrijf u opnieuw in om op de wachtlijst te komen.",
        "fr-BE": "Le délai pour accepter la place est écoulé. Réinscrivez-vous pour rejoindre la liste d'attente.",
    },
}
LANGUAGES = ("en", "nl-BE", "fr-BE")


@pytest.fixture(scope="module")
async def gathering(house: House) -> Gathering:
    """A network of three languages with an open event of one place: Ann has it, Bo waits."""
    return await an_open_event(house, "Ann", "Bo", places=1, languages=LANGUAGES)


async def refused(client: Client, language: str, name: str, selection: str, /, **values: object) -> Json:
    """The one error of a mutation, which leaks nothing."""
    payload = await client.with_headers(accept_language=language).change(name, selection, **values)
    [error] = payload["errors"]
    assert not INTERNAL.search(json.dumps(error)), error
    return error


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_unknown_id_and_one_of_another_network_are_refused_alike(
    house: House, gathering: Gathering, language: str
) -> None:
    foreign = (await an_open_event(house)).event_id
    ann = gathering.people[0].client
    for id_ in (Client.global_id("Event", uuid4()), foreign):
        error = await refused(ann, language, "register", "registration { id }", eventId=id_)
        assert error == {"code": "NOT_FOUND", "field": "eventId", "message": TEXTS["not found"][language]}
        assert await ann.ask("query ($id: ID!) { event(id: $id) { id } node(id: $id) { id } }", id=id_) == {
            "event": None,
            "node": None,
        }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("malformed", ["", "garbage", "RXZlbnQ6eA==", "é", "a member's"])
async def test_an_id_that_is_none_or_of_another_kind_is_refused(
    gathering: Gathering, malformed: str, language: str
) -> None:
    ann = gathering.people[0]
    id_ = ann.id if malformed == "a member's" else malformed
    error = await refused(ann.client, language, "register", "registration { id }", eventId=id_)
    assert error == {"code": "INVALID_ARGUMENT", "field": "eventId", "message": TEXTS["id"][language]}
    answer = await ann.client.with_headers(accept_language=language).execute(
        "query ($id: ID!) { event(id: $id) { id } }", id=id_
    )
    [error] = answer["errors"]
    assert (error["message"], error["extensions"]["field"]) == (TEXTS["id"][language], "id")


async def test_a_double_sign_up_gives_the_same_registration(gathering: Gathering) -> None:
    for person in gathering.people:
        again = await person.client.do("register", "registration { id }", eventId=gathering.event_id)
        assert again["registration"]["id"] == gathering.registrations[person.id]


async def test_a_closed_event_is_said_to_be_closed(house: House) -> None:
    gathering = await an_open_event(house, languages=LANGUAGES)
    await gathering.organiser.client.do("closeRegistration", "event { state }", eventId=gathering.event_id)
    [cy] = await house.people(gathering.network, "Cy")
    for language in LANGUAGES:
        error = await refused(cy.client, language, "register", "registration { id }", eventId=gathering.event_id)
        assert (error["code"], error["message"]) == ("EVENT_NOT_OPEN", TEXTS["closed"][language])


async def test_an_expired_offer_is_refused_with_the_way_back_to_the_waiting_list(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", places=1, offer_seconds=10, languages=LANGUAGES)
    ann, bo = gathering.people
    mine = "{ registration { state } }"
    async with bo.client.subscribe(
        f"subscription ($id: ID!) {{ myRegistration(eventId: $id) {mine} }}", id=gathering.event_id
    ) as live:
        await ann.client.do("cancelRegistration", "registration { id }", registrationId=gathering.registrations[ann.id])
        while (await live.next(30))["myRegistration"]["registration"]["state"] != "EXPIRED":
            pass
    for language in LANGUAGES:
        error = await refused(
            bo.client, language, "acceptOffer", "registration { id }", registrationId=gathering.registrations[bo.id]
        )
        assert (error["code"], error["message"]) == ("OFFER_EXPIRED", TEXTS["expired"][language])
    again = await bo.client.do("register", "registration { state }", eventId=gathering.event_id)
    assert again["registration"]["state"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("", {"en": "This cannot be left empty.", "nl-BE": "Dit mag niet leeg blijven."}),
        (" \u200b ", {"fr-BE": "Ce champ ne peut pas rester vide."}),
        ("x" * 300, {"en": "At most 200 characters fit here.", "fr-BE": "200 caractères au maximum."}),
        ("a\x00b", {"nl-BE": "Hier mogen geen regeleinden of stuurtekens staan."}),
        (
            "a\u202etxt.exe",
            {
                "en": "Invisible characters that turn the direction of writing are not allowed here.",
                "nl-BE": "Hier mogen geen onzichtbare tekens staan die de schrijfrichting omkeren.",
                "fr-BE": "Les caractères invisibles qui inversent le sens d'écriture ne sont pas admis ici.",
            },
        ),
        ("\u2067a\u2069", {"nl-BE": "Hier mogen geen onzichtbare tekens staan die de schrijfrichting omkeren."}),
        ("a\nb", {"fr-BE": "Les sauts de ligne et caractères de contrôle ne sont pas admis ici."}),
    ],
)
async def test_a_name_that_nobody_can_read_is_refused(
    gathering: Gathering, name: str, messages: dict[str, str]
) -> None:
    for language, message in messages.items():
        error = await refused(gathering.people[0].client, language, "updateProfile", "member { name }", name=name)
        assert error == {"code": "INVALID_ARGUMENT", "field": "name", "message": message}
        if name.strip(" \u200b"):
            error = await refused(gathering.people[0].client, language, "updateProfile", "member { id }", company=name)
            assert error == {"code": "INVALID_ARGUMENT", "field": "company", "message": message}
        title = {**AN_EVENT, "title": name}
        error = await refused(gathering.organiser.client, language, "createEvent", "event { id }", **title)
        assert error == {"code": "INVALID_ARGUMENT", "field": "title", "message": message}


@pytest.mark.parametrize("fields", [["NAME"], ["company"], ["COMPANY", None], "EVERYTHING", [1]])
async def test_what_no_profile_has_cannot_be_shared_and_what_was_shared_stays(
    gathering: Gathering, fields: object
) -> None:
    client, mine = gathering.people[1].client, "member { sharedFields }"
    await client.do("updateProfile", mine, sharedFields=["OFFERS"])
    document = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { member { id } } }"
    [error] = (await client.execute(document, input={"company": "Aerts", "sharedFields": fields}))["errors"]
    assert "sharedFields" in error["message"]
    assert not INTERNAL.search(json.dumps(error))
    assert (await client.ask("{ me { sharedFields company } }"))["me"] == {"sharedFields": ["OFFERS"], "company": None}


@pytest.mark.parametrize(
    "name", ["Zoë 👩‍👩‍👧‍👦 🇧🇪", "مُحَمَّد بن أحمد", "אורלי \u200fכהן", "Nguyễn Thị Ánh", "O'Brien-Łódź; DROP TABLE"]
)
async def test_names_of_any_script_are_taken_and_come_back_unchanged(gathering: Gathering, name: str) -> None:
    client = gathering.people[1].client
    changed = await client.do("updateProfile", "member { name }", name=name)
    assert changed["member"]["name"] == name
    assert (await client.ask("{ me { name } }"))["me"]["name"] == name


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_time_that_daylight_saving_skips_is_refused_with_its_neighbours(
    gathering: Gathering, language: str
) -> None:
    skipped = {**AN_EVENT, "startsAtLocal": "2027-03-28T02:30"}
    error = await refused(gathering.organiser.client, language, "createEvent", "event { id }", **skipped)
    assert error == {
        "code": "TIME_DOES_NOT_EXIST",
        "field": "startsAtLocal",
        "message": TEXTS["gap"][language],
    }


async def test_a_time_that_comes_twice_is_taken_as_the_first(gathering: Gathering) -> None:
    twice = {**AN_EVENT, "startsAtLocal": "2027-10-31T02:30"}
    made = await gathering.organiser.client.do("createEvent", "event { startsAt }", **twice)
    assert made["event"]["startsAt"] == "2027-10-31T00:30:00+00:00"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["31/12/2027", "2027-02-30T10:00", "2027-02-20T25:00", "2027-02-20T10:00:00Z", ""])
async def test_a_date_that_is_none_is_refused_with_an_example(gathering: Gathering, text: str, language: str) -> None:
    values = {**AN_EVENT, "startsAtLocal": text}
    error = await refused(gathering.organiser.client, language, "createEvent", "event { id }", **values)
    assert error == {"code": "INVALID_ARGUMENT", "field": "startsAtLocal", "message": TEXTS["form"][language]}


@pytest.mark.parametrize(
    ("field", "value", "language", "message"),
    [
        ("capacity", -1, "nl-BE", "Van 0 tot en met 100000."),
        ("capacity", 2**31 - 1, "en", "From 0 to 100000."),
        ("durationSeconds", -5, "fr-BE", "Un événement dure de 5 minutes à 24 heures."),
        ("offerWindowSeconds", 1, "nl-BE", "Een aangeboden plaats blijft 10 seconden tot 14 dagen vrij."),
        ("startsAtLocal", "9999-02-20T10:00", "en", "This date is more than 10 years away. Check the year."),
        ("startsAtLocal", "2020-02-20T10:00", "fr-BE", "Cet événement est passé."),
        ("description", "x" * 10_001, "en", "At most 10000 characters fit here."),
    ],
)
async def test_what_no_event_has_is_refused_with_what_it_may_have(
    gathering: Gathering, field: str, value: object, language: str, message: str
) -> None:
    values = {**AN_EVENT, field: value}
    error = await refused(gathering.organiser.client, language, "createEvent", "event { id }", **values)
    assert (error["field"], error["message"]) == (field, message)


@pytest.mark.parametrize("address", ["nope", "a@b", "a@@b.example", "", "x" * 300 + "@voka.example"])
async def test_an_address_that_is_none_is_refused_with_an_example(gathering: Gathering, address: str) -> None:
    message = "Ce n'est pas une adresse e-mail. Exemple : ann@example.org."
    error = await refused(gathering.people[0].client, "fr-BE", "requestCode", "expiresAt", email=address)
    assert error == {"code": "INVALID_ARGUMENT", "field": "email", "message": message}
    people = [{"email": f"{uuid4().hex}@voka.example", "name": "Cy"}, {"email": address, "name": "Di"}]
    error = await refused(gathering.organiser.client, "fr-BE", "addMembers", "members { id }", members=people)
    assert error == {"code": "INVALID_ARGUMENT", "field": "members[1].email", "message": message}


@pytest.mark.parametrize(("first", "language", "message"), [(0, "en", "From 1 to 200."), (-1, "fr-BE", "De 1 à 200.")])
async def test_a_page_of_no_size_is_refused(gathering: Gathering, first: int, language: str, message: str) -> None:
    for size in (first, 10_000):
        client = gathering.people[0].client.with_headers(accept_language=language)
        answer = await client.execute("query ($n: Int) { members(first: $n) { edges { cursor } } }", n=size)
        [error] = answer["errors"]
        assert (error["message"], error["extensions"]) == (message, {"code": "INVALID_ARGUMENT", "field": "first"})


@pytest.mark.parametrize("cursor", ["xx", "%%%", "MDphYmM", "MTAwMDA6"])
@pytest.mark.parametrize("connection", ["members", "events", "introductions", "myEncounters"])
async def test_a_cursor_that_no_list_gave_out_is_refused(gathering: Gathering, connection: str, cursor: str) -> None:
    client = gathering.people[0].client.with_headers(accept_language="nl-BE")
    document = f"query ($after: String) {{ {connection}(after: $after) {{ edges {{ cursor }} }} }}"
    [error] = (await client.execute(document, after=cursor))["errors"]
    assert error["message"] == "Dit is geen cursor van deze lijst. Begin opnieuw zonder."
    assert error["extensions"] == {"code": "INVALID_ARGUMENT", "field": "after"}


async def test_who_registered_reads_why_an_event_was_cancelled(house: House) -> None:
    reason = "De zaal staat onder water."
    gathering = await an_open_event(house, "Ann")
    await gathering.organiser.client.do("cancelEvent", "event { id }", eventId=gathering.event_id, reason=reason)
    document = "query ($id: ID!) { event(id: $id) { state cancellationReason } }"
    seen = await gathering.people[0].client.ask(document, id=gathering.event_id)
    assert seen["event"] == {"state": "CANCELLED", "cancellationReason": reason}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ networ { name } }", "Cannot query field 'networ' on type 'Query'."),
        ("{ network { name }", "Syntax Error: Expected Name, found <EOF>."),
        (
            "{ network { name } ...on Query { members(first: 1.5) { edges { cursor } } } }",
            "Int cannot represent non-integer value",
        ),
    ],
)
async def test_what_is_wrong_with_a_document_comes_through(gathering: Gathering, document: str, message: str) -> None:
    [error] = (await gathering.people[0].client.execute(document))["errors"]
    assert message in error["message"]
    assert not INTERNAL.search(json.dumps(error))
