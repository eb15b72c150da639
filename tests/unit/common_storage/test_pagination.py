import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.refusals import Invalid
from services.common.storage.pagination import decode_cursor, encode_cursor, page_size

ID = UUID(int=7)


@given(
    name=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_a_cursor_gives_back_the_values_it_was_made_of(name: str, at: datetime):
    assert decode_cursor("notes", encode_cursor("notes", name, at, ID), str, datetime, UUID) == (name, at, ID)


def test_a_cursor_holds_numbers_and_days_too():
    assert decode_cursor("days", encode_cursor("days", -3, date(2024, 2, 29)), int, date) == (-3, date(2024, 2, 29))


@given(st.text())
def test_any_other_text_is_refused_as_a_page_token(token: str):
    with pytest.raises(Invalid) as refused:
        decode_cursor("notes", token, datetime, UUID)
    assert refused.value.field == "page_token"


@pytest.mark.parametrize(
    ("forged", "kind"),
    [
        (["notes", True], int),
        (["notes", 2**63], int),
        (["notes", "1"], int),
        (["notes", 1], str),
        (["notes", "\x00"], str),
        (["notes", "\ud800"], str),
        (["notes", "2024-01-01T00:00:00"], datetime),
        (["notes", "0001-01-01T00:00:00+14:00"], datetime),
        (["notes", "9999-12-31T23:59:59-12:00"], datetime),
        (["notes", "2024-13-01"], date),
        (["notes"], str),
        ([], str),
        (["notes", "a", "b"], str),
        ({"a": 1}, str),
    ],
)
def test_a_forged_token_never_reaches_the_database(forged: object, kind: type[str]):
    token = urlsafe_b64encode(json.dumps(forged).encode()).decode()
    with pytest.raises(Invalid):
        decode_cursor("notes", token, kind)


def test_the_token_of_another_list_is_refused():
    with pytest.raises(Invalid) as refused:
        decode_cursor("rules", encode_cursor("introductions", ID), UUID)
    assert refused.value.field == "page_token"


def test_a_page_has_the_size_that_was_asked_within_bounds():
    assert page_size(0, 20, 100) == 20
    assert page_size(5, 20, 100) == 5
    assert page_size(1000, 20, 100) == 100
    with pytest.raises(Invalid) as refused:
        page_size(-1, 20, 100)
    assert refused.value.field == "page_size"
