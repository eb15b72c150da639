import pytest

from services.common.ids import new_id, parse_id
from services.common.refusals import Invalid


def test_ids_made_later_sort_later():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_an_id_is_read_from_its_text():
    made = new_id()
    assert parse_id(str(made), "event_id") == made


@pytest.mark.parametrize("text", ["", "1", "not-an-id", "é" * 36, "0" * 31])
def test_what_is_no_id_is_refused_by_the_name_of_its_field(text: str):
    with pytest.raises(Invalid) as refused:
        parse_id(text, "event_id")
    assert refused.value.field == "event_id"
