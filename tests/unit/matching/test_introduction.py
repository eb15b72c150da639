"""Two people who speak further when both agree."""

from uuid import UUID

import pytest

from services.common.refusals import Invalid, NotFound
from services.matching.domain.introduction import Introduction, IntroductionState, message_text
from services.matching.domain.refusals import AlreadyAnswered
from tests.support.matching import HOUR, NOON, people

ANN, BO, CAS = people(3)


def asked() -> Introduction:
    return Introduction(people(1)[0], ANN, BO, "Coffee?", IntroductionState.ASKED, NOON)


def test_the_one_who_was_asked_accepts_and_accepting_again_changes_nothing():
    accepted, facts = asked().accepted(BO, NOON + HOUR)
    assert (accepted.state, accepted.version, len(facts)) == (IntroductionState.ACCEPTED, 2, 1)
    assert accepted.accepted(BO, NOON + 2 * HOUR) == (accepted, [])


def test_an_answer_stands():
    declined, _ = asked().declined(BO, NOON)
    with pytest.raises(AlreadyAnswered):
        declined.accepted(BO, NOON)
    with pytest.raises(AlreadyAnswered):
        asked().accepted(BO, NOON)[0].declined(BO, NOON)


@pytest.mark.parametrize("other", [ANN, CAS])
def test_nobody_else_answers(other: UUID):
    with pytest.raises(NotFound):
        asked().accepted(other, NOON)


def test_a_message_has_up_to_500_characters_in_any_script():
    assert message_text(" Zin in koffie?\n☕ \u05d0 ") == "Zin in koffie?\n☕ \u05d0"
    assert len(message_text("é" * 500)) == 500
    for bad in ("x" * 501, "a\x00b"):
        with pytest.raises(Invalid) as refused:
            message_text(bad)
        assert refused.value.field == "message"
