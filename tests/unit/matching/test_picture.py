"""The picture of a schedule: well-formed, with every seat, and nothing from elsewhere."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from services.matching.engine import ProblemError
from services.matching.engine.files.picture import draw
from services.matching.engine.files.seating import Seats, read_seats

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def a_schedule(people: int, size: int, rounds: int) -> tuple[Seats, ...]:
    return read_seats([[list(range(start, min(start + size, people))) for start in range(0, people, size)]] * rounds)


def test_every_seat_and_every_moderator_is_shown():
    shown = texts(draw(read_seats([{"groups": [[0, 1], [2, 3]], "moderators": [7, None]}])))
    assert {"Round 1", "group 1, moderator 7", "group 2, no moderator", "0", "1", "2", "3"} <= set(shown)


def test_who_meets_again_is_told_apart():
    shown = texts(draw(read_seats([[[0, 1], [2, 3]], [[0, 1], [2, 3]], [[0, 1], [3], [2]]])))
    assert {"once: 0 pairs", "twice: 1 pair", "more often: 1 pair"} <= set(shown)
    assert shown.count("1 again") == 3


def test_it_needs_no_other_file_and_has_dark_colours():
    picture = draw(a_schedule(20, 4, 3))
    assert "prefers-color-scheme: dark" in picture
    assert re.findall(r"(?:href|url|@import|@font-face|<script|<image)", picture) == []
    assert picture.count("http") == 1


@pytest.mark.parametrize("entry", ["Ann", "<b>", None, 1.0, -1, True, {"id": 1}, [1]])
def test_a_seat_that_names_nobody_is_refused_by_its_place(entry: object):
    with pytest.raises(ProblemError) as refused:
        draw(read_seats([[[0, 1]], [[2, 3], [1, entry]]]))
    assert refused.value.field == "rounds[1].groups[1][1]"
    if entry is not None:
        with pytest.raises(ProblemError) as refused:
            draw(read_seats([{"groups": [[0, 1], [2, 3]], "moderators": [None, entry]}]))
        assert refused.value.field == "rounds[0].moderators[1]"


@pytest.mark.parametrize(("groups", "place"), [([[0, 1, 0]], "[0][2]"), ([[0, 1], [2, 0]], "[1][1]")])
def test_who_has_two_seats_in_a_round_is_refused_by_the_second(groups: list[list[int]], place: str):
    with pytest.raises(ProblemError) as refused:
        draw(read_seats([[[0, 1], [2]], groups]))
    assert str(refused.value) == f"rounds[1].groups{place}: seats 0 a second time in this round; seat each once"


def test_a_moderator_without_a_group_is_refused():
    with pytest.raises(ProblemError) as refused:
        draw(read_seats([{"groups": [[0, 1]], "moderators": [0, 1]}]))
    assert refused.value.field == "rounds[0].moderators"


def test_labels_do_not_run_into_one_another_however_many_people():
    for people in (6, 20, 102, 1000, 2000):
        root = ElementTree.fromstring(draw(a_schedule(people, 6, 1)))
        labels = [(float(e.attrib["x"]), e.text or "") for e in root.iter(f"{SVG}text") if e.get("class") == "axis"]
        row = sorted((x, text) for x, text in labels if x != 62)
        gaps = [(after - before, text) for (before, _), (after, text) in pairwise(row)]
        assert all(gap >= 7 * len(text) for gap, text in gaps), people


@pytest.mark.parametrize("groups", [2, 16, 150])
def test_a_group_and_how_many_meet_again_stand_beside_each_other_in_their_box(groups: int):
    seats = [list(range(6 * group, 6 * group + 6)) for group in range(groups)]
    schedule = read_seats([{"groups": seats, "moderators": list(range(groups))}] * 2)
    root = ElementTree.fromstring(draw(schedule))
    boxes = [element for element in root.iter(f"{SVG}rect") if element.get("class") == "box"]
    led = [element for element in root.iter(f"{SVG}text") if ", moderator " in (element.text or "")]
    again = [element for element in root.iter(f"{SVG}text") if element.get("class") == "again"]
    assert len(boxes) == len(led) == 2 * len(again) == 2 * groups
    for box, left, right in zip(boxes[groups:], led[groups:], again, strict=True):
        begins, ends = float(left.attrib["x"]), float(right.attrib["x"])
        room = ends - begins - 6.1 * len(left.text or "") - 6.8 * len(right.text or "")  # as wide as fonts are
        assert room >= 4
        assert float(box.attrib["x"]) < begins
        assert ends < float(box.attrib["x"]) + float(box.attrib["width"]) <= 1160


def test_ids_of_any_length_are_drawn():
    schedule = read_seats([[[person, 10**4000 + person] for person in range(3)]])
    assert "Who met whom" in texts(draw(schedule))


def test_thousands_are_drawn_without_their_matrix():
    shown = texts(draw(a_schedule(2400, 6, 1)))
    assert "No matrix is drawn for 2400 people." in shown
    assert "group 400" in shown


def test_nobody_at_all_is_a_picture_as_well():
    assert "Who met whom" in texts(draw(()))
