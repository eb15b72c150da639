"""The catalogues."""

import pytest
from ontmoet.errors.v1.error_reason_pb2 import ErrorReason

from services.common.refusals import Invalid, NotFound, Refusal
from services.gateway.api.messages import LOCALE, Messages

MESSAGES = Messages.load()
REASONS = [
    name.removeprefix("ERROR_REASON_")
    for name in ErrorReason.DESCRIPTOR.values_by_name
    if not name.endswith("UNSPECIFIED")
]


class AsNamed(Refusal):
    """The English text of the service."""

    def __init__(self, reason: str) -> None:
        super().__init__("The English text of the service.")
        vars(self)["reason"] = reason


def test_there_are_catalogues_for_the_languages_of_the_networks() -> None:
    assert {path.name for path in LOCALE.iterdir()} == {"en", "nl_NL", "nl_BE", "fr_BE"}
    assert set(MESSAGES.languages) == {"en", "nl-NL", "nl-BE", "fr-BE"}


@pytest.mark.parametrize("language", MESSAGES.languages)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_text_in_every_catalogue(reason: str, language: str) -> None:
    text = MESSAGES.of(AsNamed(reason), language)
    assert text != AsNamed(reason).message or (reason, language) == ("INVALID_ARGUMENT", "en")


def test_no_catalogue_lacks_a_text_that_another_has() -> None:
    texts = Messages.texts_of(LOCALE)
    assert len({frozenset(of_language) for of_language in texts.values()}) == 1


def test_a_broken_rule_is_said_with_its_limit() -> None:
    refusal = Invalid("name", "At most 200 characters fit here.", rule="too_long", limit="200")
    assert MESSAGES.of(refusal, "nl-BE") == "Hier passen hoogstens 200 tekens."


def test_a_text_that_asks_for_a_detail_that_is_missing_gives_way_to_the_general_one() -> None:
    refusal = Invalid("name", "Too long.", rule="too_long")
    assert MESSAGES.of(refusal, "nl-NL") == "Wat hier staat, klopt niet."


def test_an_unnamed_rule_is_said_in_the_services_own_words_in_english() -> None:
    assert MESSAGES.of(Invalid("name", "Bees are not welcome."), "en") == "Bees are not welcome."


def test_a_language_without_a_catalogue_falls_back_to_english() -> None:
    assert MESSAGES.of(NotFound("event"), "de-DE") == "We cannot find this."
