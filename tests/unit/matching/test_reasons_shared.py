"""A reason tells of others what they share."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.matching.domain.profile import ProfileField
from services.matching.domain.reasons import Acquainted, ReasonCode, reasons
from tests.support.matching import a_breakout, a_group, a_profile, people, sharing

ME, ANN, BO, CAS, MOD = people(5)
EXPORT = "export to Germany"


@pytest.mark.parametrize(
    ("shared", "told"),
    [
        ({ProfileField.OFFERS}, {ReasonCode.OFFERS}),
        ({ProfileField.ASKS}, {ReasonCode.ASKS}),
        ({ProfileField.COMPANY, ProfileField.PROFESSION}, set[ReasonCode]()),
    ],
)
def test_what_somebody_offers_or_asks_is_told_to_others_only_when_they_share_just_that(
    shared: set[ProfileField], told: set[ReasonCode]
):
    breakout = a_breakout([a_group(1, ME, ANN)])
    topics: dict[str, Any] = {"asks": (EXPORT,), "offers": (EXPORT,)}
    profiles = {ME: a_profile(ME, **topics), ANN: a_profile(ANN, shared=frozenset(shared), **topics)}
    found = reasons(breakout, 1, ME, breakout.rounds[0].groups[0], profiles, Acquainted())
    assert {each.code for each in found} == {ReasonCode.NOT_MET, *told}


def test_a_topic_that_is_kept_back_takes_no_place_of_one_that_is_shared():
    breakout = a_breakout([a_group(1, ME, ANN, BO, CAS)])
    profiles = {ME: a_profile(ME, asks=(EXPORT,))}
    profiles |= {each: a_profile(each, offers=(EXPORT,)) for each in (ANN, BO)}
    profiles[CAS] = sharing(CAS, ProfileField.OFFERS, offers=(EXPORT,))
    found = reasons(breakout, 1, ME, breakout.rounds[0].groups[0], profiles, Acquainted())
    assert [each.people for each in found if each.code is ReasonCode.OFFERS] == [(CAS,)]


@pytest.mark.parametrize("silent", [ANN, MOD])
@pytest.mark.parametrize("kept_back", ["company", "profession"])
def test_what_is_said_of_everybody_is_said_when_everybody_else_there_shares_it_who_leads_them_as_well(
    silent: UUID, kept_back: str
):
    breakout = a_breakout([a_group(1, ME, ANN, BO, moderator=MOD)])
    profiles = {each: sharing(each, company=str(each), profession=str(each)) for each in (ANN, BO, MOD)}
    profiles[ME] = a_profile(ME, company="Peeters", profession="Baker")  # their own, told to themselves

    def said() -> set[ReasonCode]:
        found = reasons(breakout, 1, ME, breakout.rounds[0].groups[0], profiles, Acquainted())
        return {each.code for each in found} & {ReasonCode.NO_COLLEAGUE, ReasonCode.NO_PEER}

    assert said() == {ReasonCode.NO_COLLEAGUE, ReasonCode.NO_PEER}
    profiles[silent] = replace(profiles[silent], shared=frozenset(ProfileField) - {ProfileField(kept_back)})
    assert said() == {ReasonCode.NO_PEER if kept_back == "company" else ReasonCode.NO_COLLEAGUE}
