"""A round as a file for the host and the moderators."""

import csv
import io
from collections.abc import Callable
from uuid import UUID

import pytest

from services.common.refusals import Invalid
from services.matching.adapters.phrases import HEADINGS, LANGUAGES, phrases
from services.matching.domain.breakout import Breakout
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.sheets import Contact, Format, people_in, write
from tests.support.matching import a_breakout, a_group, people

ANN, BO, CAS, DEE, MOD = people(5)
CONTACTS = {
    ANN: Contact("Ann", "ann@flox.example", 'Peeters, "De Bakker"'),
    BO: Contact("=HYPERLINK(1)", "bo@flox.example", "@SUM(1)"),
    CAS: Contact("Zoë 🎉", "cas@flox.example", "-2+3"),
    DEE: Contact("דנה", "", "+32"),
    MOD: Contact("Mo", "mo@voka.example", "Voka"),
}


def the_breakout() -> Breakout:
    return a_breakout(
        [a_group(1, ANN, BO, moderator=MOD), a_group(2, CAS, DEE, host=CAS)],
        [a_group(1, ANN, CAS, host=ANN), a_group(2, BO, DEE, moderator=MOD)],
    )


def rows(
    number: int, layout: Format, language: str = "en", contacts: dict[UUID, Contact] = CONTACTS
) -> list[list[str]]:
    content = write(the_breakout(), number, layout, contacts, phrases(language).say)
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_zoom_gets_the_addresses_of_round_1_moderators_included():
    headings, *body = rows(1, Format.ZOOM_CSV)
    assert headings == ["Pre-assign Room Name", "Email Address"]
    assert sorted(body) == [
        ["Room 1", "ann@flox.example"],
        ["Room 1", "bo@flox.example"],
        ["Room 1", "mo@voka.example"],
        ["Room 2", "cas@flox.example"],
    ]


def test_zoom_takes_round_1_only():
    with pytest.raises(Invalid) as refused:
        rows(2, Format.ZOOM_CSV)
    assert refused.value.field == "round_number"


def test_the_number_list_names_everybody_by_name():
    headings, *body = rows(1, Format.NUMBER_LIST)
    assert headings == ["Name", "Room"]
    assert body == [["'=HYPERLINK(1)", "1"], ["Ann", "1"], ["Mo", "1"], ["Zoë 🎉", "2"], ["דנה", "2"]]


def test_the_moves_are_who_changes_rooms_from_the_round_before():
    headings, *body = rows(2, Format.MOVES)
    assert headings == ["Name", "From room", "To room"]
    assert body == [["'=HYPERLINK(1)", "1", "2"], ["Mo", "1", "2"], ["Zoë 🎉", "2", "1"]]


def test_the_moves_of_round_1_are_everybody_from_nowhere():
    _, *body = rows(1, Format.MOVES)
    assert len(body) == 5
    assert {row[1] for row in body} == {""}


def test_the_call_sheet_tells_each_leader_their_people():
    headings, *body = rows(1, Format.CALL_SHEET)
    assert headings == ["Room", "Led by", "Role", "Name", "Company"]
    assert body == [
        ["1", "Mo", "Moderator", "'=HYPERLINK(1)", "'@SUM(1)"],
        ["1", "Mo", "Moderator", "Ann", 'Peeters, "De Bakker"'],
        ["2", "Zoë 🎉", "Host", "Zoë 🎉", "'-2+3"],
        ["2", "Zoë 🎉", "Host", "דנה", "'+32"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n="])
def test_no_cell_is_run_as_a_formula(start: str):
    contacts = CONTACTS | {ANN: Contact(f"{start}1", "", "")}
    names = [row[0] for row in rows(1, Format.NUMBER_LIST, contacts=contacts)]
    assert f"'{start}1" in names


@pytest.mark.parametrize(
    ("language", "name", "room"),
    [
        ("nl-NL", "Naam", "Kamer 1"),
        ("nl-BE", "Naam", "Kamer 1"),
        ("fr-BE", "Nom", "Salle 1"),
        ("fr", "Nom", "Salle 1"),
        ("FR-be", "Nom", "Salle 1"),
        ("nl-be", "Naam", "Kamer 1"),
        ("EN", "Name", "Room 1"),
        ("en-GB", "Name", "Room 1"),
        ("de", "Name", "Room 1"),
        ("../../etc", "Name", "Room 1"),
    ],
)
def test_headings_and_rooms_are_in_the_language_asked_for(language: str, name: str, room: str):
    assert rows(1, Format.NUMBER_LIST, language)[0][0] == name
    assert rows(1, Format.ZOOM_CSV, language)[1][0] == room


def test_people_who_left_the_network_are_not_named():
    assert ["", "1"] in rows(1, Format.NUMBER_LIST, contacts={})
    assert rows(1, Format.ZOOM_CSV, contacts={})[1:] == []


def test_a_sheet_needs_the_people_of_its_round_and_the_one_before():
    assert people_in(the_breakout(), 2) == {ANN, BO, CAS, DEE, MOD}
    with pytest.raises(Invalid):
        people_in(the_breakout(), 3)


DETAILS = {"round": "2", "moderators": "16", "groups": "17", "rooms": "5", "room": "5", "pairs": "1", "repeats": "3"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_and_heading_has_its_words_in_every_language(language: str):
    spoken = phrases(language)
    for code in NoticeCode:
        details = DETAILS | {"bound": "1", "sizes": "7, 6", "people": "3", "company": "Voka", "pins": "2"}
        details |= {"least": "1", "cases": "2"}
        text = spoken.word(Notice(code, details))
        assert "{" not in text
        assert language == "en" or text != phrases("en").word(Notice(code, details))
    say: Callable[[str], str] = spoken.say
    assert all(say(heading) for heading in HEADINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_that_is_too_large_is_named_but_for_plans_of_when_none_was(language: str):
    details = {"round": "1", "people": "3", "rooms": "2", "least": "1"}
    named = phrases(language).word(Notice(NoticeCode.COMPANY_TOO_LARGE, {**details, "company": "Bakkerij {x}"}))
    unnamed = phrases(language).word(Notice(NoticeCode.COMPANY_TOO_LARGE, details))
    assert "Bakkerij {x}" in named
    one = {"en": "of one company", "fr-BE": "d'une même entreprise"}.get(language, "van één bedrijf")
    assert one in unnamed


@pytest.mark.parametrize(
    ("language", "groups", "said"),
    [
        ("en", 1, "0 of 1 room with"),
        ("en", 2, "0 of 2 rooms with"),
        ("nl-BE", 2, "0 van 2 kamers met"),
        ("nl-NL", 1, "0 van 1 kamer met"),
        ("fr-BE", 1, "0 sur 1 salle avec"),
        ("fr-BE", 3, "0 sur 3 salles avec"),
    ],
)
def test_what_is_counted_is_said_as_of_one_or_of_more(language: str, groups: int, said: str):
    details = {"round": "1", "rooms": "1", "moderators": "0", "groups": str(groups)}
    assert said in phrases(language).word(Notice(NoticeCode.HOSTED, details))


@pytest.mark.parametrize(
    ("language", "one", "two", "three"),
    [
        ("en", "A participant hosts room 2.", "Participants host rooms 1 and 2.", "rooms 1, 2, and 10."),
        ("nl-NL", "Een deelnemer leidt kamer 2.", "Deelnemers leiden de kamers 1 en 2.", "kamers 1, 2 en 10."),
        ("nl-BE", "Een deelnemer leidt kamer 2.", "Deelnemers leiden de kamers 1 en 2.", "kamers 1, 2 en 10."),
        ("fr-BE", "Un participant anime la salle 2.", "animent les salles 1 et 2.", "salles 1, 2 et 10."),
    ],
)
def test_rooms_that_are_hosted_are_said_as_one_or_as_a_list(language: str, one: str, two: str, three: str):
    for rooms, said in (("2", one), ("1, 2", two), ("1, 2, 10", three)):
        details = {"round": "1", "rooms": rooms, "moderators": "1", "groups": "11"}
        assert phrases(language).word(Notice(NoticeCode.HOSTED, details)).endswith(said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "a room would have 4 or 5 people."),
        ("nl-NL", "zou een kamer 4 of 5 mensen tellen."),
        ("nl-BE", "zou een kamer 4 of 5 mensen tellen."),
        ("fr-BE", "une salle compterait 4 ou 5 personnes."),
    ],
)
def test_how_full_rooms_would_be_is_said_with_or(language: str, said: str):
    details = {"round": "1", "rooms": "3", "least": "1", "sizes": "5, 4"}
    assert phrases(language).word(Notice(NoticeCode.FULLER_ROOMS, details)).endswith(said)
