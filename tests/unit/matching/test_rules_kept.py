"""Which rules a round keeps, and what is told when it doesn't."""

from uuid import UUID, uuid4

import pytest

from services.matching.adapters.phrases import LANGUAGES, phrases
from services.matching.domain.breakout import Round, RoundState
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.notices import notices_of
from services.matching.domain.rule import Rule, RuleKind
from services.matching.engine import Schedule
from tests.support.matching import NOON, a_group, people

ANN, BO, CAS, DEE, MOD, GONE = people(6)
SEATED = Round(1, (a_group(1, ANN, BO, moderator=MOD), a_group(2, CAS, DEE, host=CAS)))


def a_rule(kind: RuleKind, *about: UUID) -> Rule:
    return Rule(uuid4(), kind, about, stated_by=uuid4(), stated_at=NOON)


BROKEN = (
    a_rule(RuleKind.APART, ANN, BO),
    a_rule(RuleKind.APART, BO, MOD),
    a_rule(RuleKind.TOGETHER, ANN, BO, CAS),
    a_rule(RuleKind.NOT_LED_BY, MOD, ANN),
)
KEPT = (
    a_rule(RuleKind.APART, ANN, CAS),
    a_rule(RuleKind.APART, MOD, CAS),
    a_rule(RuleKind.TOGETHER, CAS, DEE),
    a_rule(RuleKind.NOT_LED_BY, MOD, DEE),
)
OF_THE_ABSENT = (
    a_rule(RuleKind.APART, ANN, GONE),
    a_rule(RuleKind.APART, GONE, uuid4()),
    a_rule(RuleKind.TOGETHER, GONE, ANN),
    a_rule(RuleKind.TOGETHER, GONE, uuid4()),
    a_rule(RuleKind.NOT_LED_BY, GONE, ANN),
    a_rule(RuleKind.NOT_LED_BY, MOD, GONE),
    a_rule(RuleKind.NOT_LED_BY, GONE, uuid4()),
)


def told(*rules: Rule, round_: Round = SEATED) -> list[Notice]:
    """What the plan says of rules."""
    schedule = Schedule(rounds=((),), repeats=0, bound=0)
    found = notices_of([round_], [round_], schedule, (), rules, (), (), (), moderated=True)
    return [notice for notice in found if notice.code is NoticeCode.RULES_BROKEN]


@pytest.mark.parametrize("rule", BROKEN, ids=["apart", "apart_from_moderator", "together", "not_led_by"])
def test_a_broken_rule_is_told_as_a_number_and_its_round_alone(rule: Rule):
    [notice] = told(rule, *KEPT, *OF_THE_ABSENT)
    assert notice.details == {"round": "1", "cases": "1"}
    kinds = ("apart", "together", "led", "samen", "apart", "geleid", "ensemble", "séparé", "animé")
    for language in LANGUAGES:
        said = phrases(language).word(notice).lower()
        assert not any(kind in said for kind in kinds)
        assert not any(str(account) in said for account in (*rule.people, rule.stated_by))


def test_what_is_kept_and_what_is_about_the_absent_is_not_told():
    assert told(*KEPT, *OF_THE_ABSENT) == []


def test_a_rule_that_two_stated_is_one_case():
    again = a_rule(BROKEN[0].kind, *BROKEN[0].people)
    [notice] = told(*BROKEN, again)
    assert notice.details["cases"] == str(len(BROKEN))


def test_of_rounds_that_were_held_nothing_is_told():
    assert told(*BROKEN, round_=Round(1, SEATED.groups, RoundState.HELD)) == []
