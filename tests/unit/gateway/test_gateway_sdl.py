"""The committed SDL."""

from pathlib import Path

import pytest

from services.gateway import schema as command
from services.gateway.api.mutation import camel_path

OLD = "type Query { title: String!, size: Int!, place: Int }"


def test_the_committed_sdl_is_that_of_the_code() -> None:
    assert command.main(["--check"]) is None


def test_an_outdated_sdl_fails_the_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outdated = command.SDL.read_text().replace("Two people who speak further when both agree.", "Two people.")
    monkeypatch.setattr(command, "SDL", _written(tmp_path, outdated))
    assert "out of date" in str(command.main(["--check"]))


def test_a_breaking_change_is_neither_written_nor_passes_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_more = command.SDL.read_text().replace("type Query {", "type Query {\n  gone: Int\n", 1)
    sdl = _written(tmp_path, with_more)
    monkeypatch.setattr(command, "SDL", sdl)
    for arguments in (["--check"], ["--write"]):
        assert "Query.gone was removed." in str(command.main(arguments))
    assert sdl.read_text() == with_more


def test_a_breaking_change_that_is_named_passes() -> None:
    new = "type Query { title: String!, size: Int! }"
    assert command.breaking_changes(OLD, new, "") == ["Field Query.place was removed."]
    assert command.breaking_changes(OLD, new, "# why\nField Query.place was removed.\n") == []


def test_a_field_more_breaks_nobody() -> None:
    assert command.breaking_changes(OLD, "type Query { title: String!, size: Int!, place: Int, more: Int }", "") == []


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("event_id", "eventId"),
        ("members[3].email", "members[3].email"),
        ("members[3].first_name", "members[3].firstName"),
        ("look.logo_url", "look.logoUrl"),
        ("offer_window", "offerWindowSeconds"),
        ("duration", "durationSeconds"),
    ],
)
def test_a_field_is_named_as_clients_know_it(field: str, path: str) -> None:
    assert camel_path(field) == path


def _written(folder: Path, sdl: str) -> Path:
    path = folder / "schema.graphql"
    path.write_text(sdl)
    return path
