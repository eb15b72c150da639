from pathlib import Path

import pytest

from services.membership.adapters.letters import LOCALE, Letters, read_catalogue
from services.membership.domain.network import LANGUAGES
from tests.support.membership import a_network


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl-NL", "je code"), ("nl-BE", "uw code"), ("fr-BE", "votre code"), ("en", "your code")],
)
def test_a_code_comes_in_the_readers_language_on_a_line_of_its_own(language: str, words: str):
    letter = Letters().code(a_network(name="Kring {x} & Zoë"), language, "012345")
    assert words in letter.subject
    assert "Kring {x} & Zoë" in letter.subject
    assert "012345" in letter.body.splitlines()
    assert "012345" not in letter.subject
    assert " 10 " in letter.body
    assert "http" not in letter.body


def test_every_language_has_a_catalogue_and_there_is_none_beside():
    assert {folder.name for folder in LOCALE.iterdir()} == {language.replace("-", "_") for language in LANGUAGES}


def test_a_catalogue_that_lacks_a_text_is_found_at_the_start(tmp_path: Path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "{network}: your code to sign in"\nmsgstr "x"\n')
    with pytest.raises(ValueError, match="lacks"):
        read_catalogue(tmp_path, "en")
