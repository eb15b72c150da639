import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.refusals import Invalid
from services.membership.domain import texts
from services.membership.wire import email_address


@pytest.mark.parametrize("name", ["Ann", "Zoë 🎉", "שרה לוי", "محمد", "Nguyễn Thị", "👩‍👩‍👧", "李", "n" * 200])
def test_people_have_names_in_any_script(name: str):
    assert texts.name(name, "name") == name


def test_space_around_a_name_is_not_part_of_it():
    assert texts.name("  Ann \t", "name") == "Ann"


@pytest.mark.parametrize("name", ["", "   ", "n" * 201, "n" * 300, "An\nn", "An\x00n", "\u200b", "An\u2028n"])
def test_a_name_that_is_empty_too_long_or_holds_control_characters_is_refused_by_field(name: str):
    with pytest.raises(Invalid) as refused:
        texts.name(name, "members[3].name")
    assert refused.value.field == "members[3].name"


@pytest.mark.parametrize("name", ["\u200b\u200d", "\u3164", "\u2800", "\u115f \u1160", "\uffa0\ufe0f"])
def test_a_name_of_which_nothing_shows_is_empty(name: str):
    with pytest.raises(Invalid) as refused:
        texts.name(name, "name")
    assert refused.value.details["rule"] == "empty"
    assert texts.name(f"{name}Ann", "name").endswith("Ann")


@pytest.mark.parametrize("name", ["אורלי \u200fכהן", "\u061cمحمد", "👩\u200d👩\u200d👧", "می\u200cخواهم", "\u200eAnn"])
def test_marks_and_joiners_that_scripts_need_stay(name: str):
    assert texts.name(name, "name") == name


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_a_character_that_turns_the_direction_of_writing_is_refused_by_field(code: int):
    with pytest.raises(Invalid) as refused:
        texts.short_text(f"Voka {chr(code)}exe.", "company")
    assert (refused.value.field, refused.value.details["rule"]) == ("company", "direction")


@given(st.text())
def test_whatever_is_accepted_as_a_name_is_accepted_again_unchanged(text: str):
    try:
        name = texts.name(text, "name")
    except Invalid:
        return
    assert texts.name(name, "name") == name
    assert 1 <= len(name) <= 200


def test_topics_stand_in_the_order_given_each_once_and_empty_ones_are_left_out():
    assert texts.topics([" export ", "", "drukwerk", "export"], "asks") == ("export", "drukwerk")


@pytest.mark.parametrize("asks", [[str(number) for number in range(11)], ["x" * 121]])
def test_more_than_ten_topics_or_a_long_one_are_refused(asks: list[str]):
    with pytest.raises(Invalid, match=r"At most"):
        texts.topics(asks, "asks")


def test_names_are_sorted_without_regard_to_case_and_accents():
    names = ["Zoë", "émile", "Eva", "Åke", "ann"]
    assert sorted(names, key=texts.sort_key) == ["Åke", "ann", "émile", "Eva", "Zoë"]


@pytest.mark.parametrize(
    ("written", "address"),
    [("Ann@Voka.Example", "ann@voka.example"), (" a.b+c@x.be ", "a.b+c@x.be"), ("info@Café.be", "info@café.be")],
)
def test_an_address_is_the_same_however_it_is_written(written: str, address: str):
    assert email_address(written, "email") == address


@pytest.mark.parametrize(
    "written", ["", "ann", "ann@", "@voka.example", "a b@voka.example", "a" * 250 + "@x.be", "a@b\n.be"]
)
def test_what_is_no_address_is_refused_by_field(written: str):
    with pytest.raises(Invalid) as refused:
        email_address(written, "email")
    assert refused.value.field == "email"
