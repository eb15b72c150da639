"""The catalogues."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ontmoet.errors.v1.error_reason_pb2 import ErrorReason

from services.common.refusals import Invalid, NotFound
from services.gateway.api.messages import LOCALE, Messages

MESSAGES = Messages.load()
TEXTS = Messages.texts_of(LOCALE)
PARAMETER = re.compile(r"%\((\w+)\)s")
ANY_PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w*)\}")
ALWAYS = {"field", "message"}
"""What every refusal fills in."""
SERVICES = Path(__file__).parents[3] / "services"


def rule_of(call: ast.Call) -> str | None:
    """The rule that a refusal names; None when it names none, or not in so many letters."""
    for keyword in call.keywords:
        if keyword.arg == "rule" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            return keyword.value.value
    return None


def raised_as_invalid() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the services that raises Invalid, and the call that makes it."""
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Invalid":
                yield f"{path.relative_to(SERVICES)}:{node.lineno}", node


INVALID = dict(raised_as_invalid())
RULES = {value for call in INVALID.values() if (value := rule_of(call))}
REASONS = [
    name.removeprefix("ERROR_REASON_")
    for name in ErrorReason.DESCRIPTOR.values_by_name
    if not name.endswith("UNSPECIFIED")
]


def raised() -> Iterator[tuple[str, str, str, set[str]]]:
    """Every place in the services that raises a refusal: its reason, its rule, and the details that are given there."""
    trees = {path.relative_to(SERVICES): ast.parse(path.read_text()) for path in sorted(SERVICES.rglob("*.py"))}
    nodes = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)]
    reasons: dict[str, str] = {}
    for _, node in nodes:
        if isinstance(node, ast.ClassDef) and (reason := reason_of(node)):
            reasons[node.name] = reason
    for path, node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=details) if name in reasons:
                yield f"{path}:{node.lineno}", reasons[name], rule_of(node) or "", {each.arg or "" for each in details}
            case ast.Raise(exc=ast.Name(id=name)) if name in reasons:
                yield f"{path}:{node.lineno}", reasons[name], "", set()
            case _:
                pass


def reason_of(kind: ast.ClassDef) -> str | None:
    for each in kind.body:
        match each:
            case (
                ast.AnnAssign(target=ast.Name(id="reason"), value=ast.Constant(value=str(reason)))
                | ast.Assign(targets=[ast.Name(id="reason")], value=ast.Constant(value=str(reason)))
            ):
                return reason
            case _:
                pass
    return None


RAISED = [each for each in raised() if each[1] != "INVALID_ARGUMENT"]


def placeholders(text: str) -> set[str]:
    return {percent or f"{{{brace}}}" for percent, brace in ANY_PLACEHOLDER.findall(text)}


def test_there_are_catalogues_for_the_languages_of_the_networks() -> None:
    assert {path.name for path in LOCALE.iterdir()} == {"en", "nl_NL", "nl_BE", "fr_BE"}
    assert set(MESSAGES.languages) == {"en", "nl-NL", "nl-BE", "fr-BE"}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_text_in_every_catalogue(reason: str) -> None:
    assert all(reason in texts for texts in TEXTS.values())


@pytest.mark.parametrize("place", INVALID)
def test_every_invalid_field_is_said_by_its_rule_in_every_catalogue(place: str) -> None:
    rule = rule_of(INVALID[place])
    assert rule, f"{place} names no rule: people would read that something is wrong here"
    given = {keyword.arg for keyword in INVALID[place].keywords}
    for language, texts in TEXTS.items():
        assert set(PARAMETER.findall(texts[f"INVALID_ARGUMENT.{rule}"])) <= given, (place, language)


@pytest.mark.parametrize("language", TEXTS)
def test_no_text_of_a_reason_shows_a_placeholder(language: str) -> None:
    """Whatever is left in braces would be read as it stands."""
    texts = TEXTS[language]
    assert {reason for _, reason, _, _ in RAISED} >= {"TOO_MANY_SEARCHES", "TIME_DOES_NOT_EXIST", "BREAKOUT_STARTED"}
    for place, reason, rule, given in RAISED:
        for key in (reason, f"{reason}.{rule}"):
            assert placeholders(texts.get(key, "")) <= given | ALWAYS, (place, key)
    assert {key for key, text in texts.items() if "{" in text} == set()


def test_no_catalogue_keeps_a_text_for_a_rule_that_nobody_names() -> None:
    kept = {key.partition(".")[2] for key in TEXTS["en"] if key.startswith("INVALID_ARGUMENT.")}
    assert kept == RULES


def test_a_text_asks_for_the_same_details_in_every_language() -> None:
    for key, text in TEXTS["nl-NL"].items():
        asked = {language: set(PARAMETER.findall(texts[key])) for language, texts in TEXTS.items()}
        if key != "INVALID_ARGUMENT":
            assert all(of_language == set(PARAMETER.findall(text)) for of_language in asked.values()), key


def test_no_catalogue_lacks_a_text_that_another_has() -> None:
    assert len({frozenset(texts) for texts in TEXTS.values()}) == 1


def test_a_broken_rule_is_said_with_its_limit() -> None:
    refusal = Invalid("name", "At most 200 characters fit here.", rule="too_long", limit="200")
    assert MESSAGES.of(refusal, "nl-BE") == "Hier passen hoogstens 200 tekens."


def test_a_text_that_asks_for_a_detail_that_is_missing_gives_way_to_the_general_one() -> None:
    refusal = Invalid("name", "Too long.", rule="too_long")
    assert MESSAGES.of(refusal, "nl-NL") == "Wat hier staat, klopt niet."


def test_an_unnamed_rule_is_said_in_the_services_own_words_in_english() -> None:
    assert MESSAGES.of(Invalid("name", "Bees are not welcome."), "en") == "Bees are not welcome."


def test_a_language_without_a_catalogue_falls_back_to_english() -> None:
    assert MESSAGES.of(NotFound("event"), "de-DE") == "We cannot find this. Check the link, or ask whoever sent it."


def test_whoever_is_not_at_an_event_is_told_of_as_a_person_and_not_as_a_link() -> None:
    assert MESSAGES.of(NotFound("participant"), "nl-NL") == "Deze persoon is er niet en moet eerst inchecken."
