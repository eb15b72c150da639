"""Of others nothing is told that they don't share: not as a reason, nor on a sheet, nor in a warning."""

import csv
import io
import re
from typing import Any

import pytest
from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from services.membership.domain.member import ProfileField
from tests.support.matching_service import MatchingService


async def test_a_reason_tells_nothing_that_others_keep_back_and_organisers_neither(matching: MatchingService):
    facts: dict[str, Any] = {"asks": ("export",), "offers": ("export",), "profession": "baker"}
    friday = await matching.friday(participants=2, companies=["Aerts", "Claes"], **facts)
    await matching.copy_members(friday)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    await matching.publish(friday, breakout, 1)
    for account in friday.participants:
        for metadata in (matching.as_member(friday, account), matching.as_organiser(friday)):
            request = pb.ExplainSeatRequest(breakout_id=breakout.id, round_number=1, account_id=str(account))
            told = (await matching.breakouts.ExplainSeat(request, metadata=metadata)).reason
            assert re.fullmatch(r"You have not met Person \d(; you host this group)?\.", told)


@pytest.mark.parametrize(
    ("shared", "told"), [(ProfileField.COMPANY, {"Aerts", "Claes"}), (ProfileField.PROFESSION, {""})]
)
async def test_a_call_sheet_tells_the_companies_of_those_who_share_them(
    matching: MatchingService, shared: ProfileField, told: set[str]
):
    friday = await matching.friday(participants=2, companies=["Aerts", "Claes"], shared_fields=frozenset({shared}))
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    request = pb.ExportBreakoutRequest(breakout_id=breakout.id, round_number=1, format=pb.BREAKOUT_FORMAT_CALL_SHEET)
    sheet = await matching.breakouts.ExportBreakout(request, metadata=matching.as_organiser(friday))
    _, *rows = csv.reader(io.StringIO(sheet.content.decode(), newline=""))
    assert {company for *_, company in rows} == told


async def test_a_company_that_is_too_large_is_named_to_who_organises_and_to_nobody_else(matching: MatchingService):
    friday = await matching.friday(participants=4, moderators=2, companies=["Aerts"] * 3)
    await matching.copy_members(friday)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    assert any("3 people of Aerts and 2 rooms" in warning for warning in breakout.warnings)
    request = pb.GetBreakoutRequest(breakout_id=breakout.id)
    for role in (Role.MODERATOR, Role.ASSISTANT):
        metadata = matching.bearing(friday.network, friday.moderators[0], role)
        warnings = (await matching.breakouts.GetBreakout(request, metadata=metadata)).breakout.warnings
        assert any("3 people of one company and 2 rooms" in warning for warning in warnings)
        assert not any("Aerts" in warning for warning in warnings)
