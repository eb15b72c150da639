"""The language of an answer."""

import pytest

from services.gateway.api.languages import preferred

VOKA = ("nl-BE", "fr-BE", "en")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "nl-BE"),
        ("fr-BE", "fr-BE"),
        ("FR-be", "fr-BE"),
        ("fr", "fr-BE"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl-BE"),
        ("de,en;q=0.5,fr;q=0.8", "fr-BE"),
        ("de", "nl-BE"),
        ("fr;q=0,en", "en"),
        ("*", "nl-BE"),
        (";;q=x,,fr;q=oops", "nl-BE"),
    ],
)
def test_an_answer_is_in_the_dearest_language_that_the_network_speaks(header: str, language: str) -> None:
    assert preferred(header, VOKA) == language
