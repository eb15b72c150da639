"""Who is to sit with whom or is not: kept by every plan, and told to nobody."""

from uuid import UUID, uuid4

import grpc
import pytest
from ontmoet.matching.v1 import breakout_pb2, rule_pb2
from sqlalchemy import text

from services.common.caller import Role
from services.common.storage.database import plain_engine
from services.matching.usecases import rules
from tests.support.events_place import refusal_of
from tests.support.matching_service import Friday, MatchingService, groups_of
from tests.support.postgres import TestPostgres
from tests.support.rpc import Metadata

APART, TOGETHER, NOT_LED_BY = rule_pb2.RULE_KIND_APART, rule_pb2.RULE_KIND_TOGETHER, rule_pb2.RULE_KIND_NOT_LED_BY


async def state(
    matching: MatchingService, metadata: Metadata, kind: rule_pb2.RuleKind.ValueType, *accounts: UUID
) -> rule_pb2.Rule:
    request = rule_pb2.StateRuleRequest(kind=kind, account_ids=map(str, accounts))
    return (await matching.rules.StateRule(request, metadata=metadata)).rule


async def rules_of(matching: MatchingService, metadata: Metadata) -> list[str]:
    listed = await matching.rules.ListRules(rule_pb2.ListRulesRequest(), metadata=metadata)
    return [rule.id for rule in listed.rules]


def share_a_group(breakout: breakout_pb2.Breakout, *accounts: UUID) -> list[bool]:
    """Whether they sit together, round by round."""
    wanted = frozenset(map(str, accounts))
    return [any(wanted <= group for group in each) for each in groups_of(breakout)]


async def test_two_who_are_kept_apart_never_share_a_group_and_nothing_tells_of_it(
    matching: MatchingService, postgres: TestPostgres
):
    friday = await matching.friday(participants=6, moderators=2)
    ann, bo, *_ = friday.participants
    me = matching.as_member(friday, ann)
    rule = await state(matching, me, APART, bo)
    assert rule == await state(matching, me, APART, bo, ann)
    breakout = await matching.propose(friday, rounds=4)
    assert not any(share_a_group(breakout, ann, bo))
    for number in (1, 2):
        await matching.publish(friday, breakout, number)
        await matching.close(friday, breakout, number)
    assert "apart" not in " ".join(breakout.warnings).lower()
    told = await everything_told(matching, friday, breakout, postgres)
    assert rule.id not in told
    assert "rule" not in told.lower()


async def warnings_to(matching: MatchingService, friday: Friday, *roles: Role, language: str = "en") -> list[str]:
    """What somebody with these roles is told of the event's break-out."""
    request = breakout_pb2.BatchGetEventBreakoutsRequest(event_ids=[str(friday.event)])
    metadata = matching.bearing(friday.network, friday.participants[0], *roles, language=language)
    [found] = (await matching.breakouts.BatchGetEventBreakouts(request, metadata=metadata)).breakouts
    return list(found.warnings)


UNKEPT = {
    "en": "Round 1: cases in which a stated rule could not be kept: 1. See the list of rules.",
    "nl-NL": "Ronde 1: gevallen waarin een opgegeven regel niet na te leven was: 1. Zie de lijst van regels.",
    "nl-BE": "Ronde 1: gevallen waarin een opgegeven regel niet na te leven was: 1. Zie de lijst van regels.",
    "fr-BE": "Tour 1 : cas où une règle énoncée n'a pas pu être respectée : 1. Voir la liste des règles.",
}


async def test_organisers_are_told_how_many_rules_are_not_kept_and_neither_which_nor_about_whom(
    matching: MatchingService,
):
    """Two who can't be kept apart, and two who can't be put together: the words are the same."""
    pair, four = await matching.friday(participants=2), await matching.friday(participants=4)
    for friday in (pair, four):
        ann, bo, *_ = friday.participants
        before = list((await matching.propose(friday, rounds=1, group_size=2)).warnings)
        await state(matching, matching.as_member(friday, ann), APART, bo)
        if friday is four:
            await state(matching, matching.as_organiser(friday), TOGETHER, ann, bo)
        proposed = await matching.propose(friday, rounds=1, group_size=2)
        assert list(proposed.warnings) == [*before, UNKEPT["en"]]
        for language, text_ in UNKEPT.items():
            for role in (Role.OWNER, Role.ORGANISER):
                assert text_ in await warnings_to(matching, friday, role, language=language)


async def test_who_may_not_read_the_rules_is_not_told_that_one_is_not_kept(matching: MatchingService):
    friday = await matching.friday(participants=2)
    plain = await matching.propose(friday, rounds=1, group_size=2)
    await state(matching, matching.as_member(friday, friday.participants[0]), APART, *friday.participants)
    await matching.propose(friday, rounds=1, group_size=2)
    await matching.publish(friday, plain, 1)
    for role in (Role.MODERATOR, Role.ASSISTANT):
        assert await warnings_to(matching, friday, role) == list(plain.warnings)
    assert await warnings_to(matching, friday, Role.MEMBER) == []
    request = breakout_pb2.ReplanBreakoutRequest(breakout_id=plain.id)
    moderator = matching.bearing(friday.network, friday.participants[0], Role.MODERATOR)
    again = await matching.breakouts.ReplanBreakout(request, metadata=moderator)
    assert list(again.breakout.warnings) == list(plain.warnings)
    assert UNKEPT["en"] in await warnings_to(matching, friday, Role.ORGANISER)


async def test_no_figure_tells_who_may_not_read_the_rules_that_there_is_one(matching: MatchingService):
    """Four newcomers in pairs can all meet in three rounds: that some meet again shows that two must not."""
    friday = await matching.friday(participants=4)
    ann, bo, *_ = friday.participants
    await state(matching, matching.as_member(friday, ann), APART, bo)
    breakout = await matching.propose(friday, rounds=3, group_size=2)
    assert (breakout.repeats, breakout.repeats_bound) == (2, 1)
    assert any("No plan has fewer than 1" in warning for warning in breakout.warnings)
    await matching.publish(friday, breakout, 1)
    get = breakout_pb2.GetBreakoutRequest(breakout_id=breakout.id)
    for role in (Role.MEMBER, Role.MODERATOR, Role.ASSISTANT):
        metadata = matching.bearing(friday.network, friday.participants[2], role)
        seen = (await matching.breakouts.GetBreakout(get, metadata=metadata)).breakout
        assert (seen.repeats, seen.repeats_bound) == (0, 0), role
        assert not any("met before" in warning for warning in seen.warnings), role


async def test_who_may_not_read_the_rules_is_not_told_that_somebody_had_to_move(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=1, group_size=3)
    first, second = ([UUID(seat.account_id) for seat in group.seats] for group in breakout.rounds[0].groups)
    await matching.publish(friday, breakout, 1)
    await state(matching, matching.as_member(friday, first[0]), APART, second[0])
    moderator = matching.bearing(friday.network, friday.participants[0], Role.MODERATOR)
    for metadata, to, least in ((moderator, 2, 0), (matching.as_organiser(friday), 1, 2)):
        pin = breakout_pb2.Pin(account_id=str(first[0]), round_number=1, group_number=to)
        request = breakout_pb2.ReplanBreakoutRequest(breakout_id=breakout.id, pins=[pin])
        again = await matching.breakouts.ReplanBreakout(request, metadata=metadata)
        assert (again.moves_in_open_round, again.least_moves_in_open_round) == (2, least)
        assert "rule" not in " ".join(move.reason for move in again.moves)


async def test_a_rule_is_told_to_who_stated_it_and_to_organisers(matching: MatchingService):
    friday = await matching.friday(participants=4, moderators=1)
    ann, bo, *_ = friday.participants
    mine, theirs = matching.as_member(friday, ann), matching.as_member(friday, bo)
    moderator = matching.bearing(friday.network, friday.moderators[0], Role.MODERATOR)
    rule = await state(matching, mine, APART, ann, bo)
    assert await rules_of(matching, mine) == await rules_of(matching, matching.as_organiser(friday)) == [rule.id]
    assert await rules_of(matching, theirs) == await rules_of(matching, moderator) == []
    withdrawn = matching.rules.WithdrawRule(rule_pb2.WithdrawRuleRequest(rule_id=rule.id), metadata=theirs)
    missing = matching.rules.WithdrawRule(rule_pb2.WithdrawRuleRequest(rule_id=str(uuid4())), metadata=theirs)
    assert await refusal_of(withdrawn) == await refusal_of(missing)
    await matching.rules.WithdrawRule(rule_pb2.WithdrawRuleRequest(rule_id=rule.id), metadata=mine)
    assert await rules_of(matching, mine) == []


async def test_who_is_kept_apart_from_a_moderator_is_not_led_by_them(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=2)
    first, second = friday.moderators
    for account, moderator in ((friday.participants[0], first), (friday.participants[-1], second)):
        await state(matching, matching.as_member(friday, account), APART, moderator)
    breakout = await matching.propose(friday, rounds=3)
    leads = {
        (group.moderator_account_id, seat.account_id)
        for each in breakout.rounds
        for group in each.groups
        for seat in group.seats
    }
    assert {moderator for moderator, _ in leads} == {str(first), str(second)}
    assert not leads & {(str(first), str(friday.participants[0])), (str(second), str(friday.participants[-1]))}
    assert not any("rule" in warning for warning in breakout.warnings)


async def test_what_is_about_others_is_for_organisers_and_moderators_choose_whom_they_lead(matching: MatchingService):
    friday = await matching.friday(participants=6, moderators=2)
    ann, bo, cas, *_ = friday.participants
    first, second = friday.moderators
    member, moderator = matching.as_member(friday, ann), matching.bearing(friday.network, first, Role.MODERATOR)
    for metadata, kind, accounts in (
        (member, APART, (bo, cas)),
        (member, TOGETHER, (ann, bo)),
        (member, NOT_LED_BY, (ann, bo)),
        (moderator, NOT_LED_BY, (second, ann)),
    ):
        answer = await refusal_of(state(matching, metadata, kind, *accounts))
        assert answer.code is grpc.StatusCode.PERMISSION_DENIED, (kind, accounts)
    await state(matching, moderator, NOT_LED_BY, first, ann)
    await state(matching, matching.as_organiser(friday), TOGETHER, ann, bo)
    breakout = await matching.propose(friday, rounds=3)
    assert all(share_a_group(breakout, ann, bo))
    led = [group for each in breakout.rounds for group in each.groups if group.moderator_account_id == str(first)]
    assert led
    assert not any(str(ann) in [seat.account_id for seat in group.seats] for group in led)


async def test_who_stated_as_many_rules_as_they_may_still_gets_the_same_one_for_stating_it_again(
    matching: MatchingService, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rules, "MOST_STATED", 1)
    friday = await matching.friday(participants=3)
    ann, bo, cas = friday.participants
    me = matching.as_member(friday, ann)
    rule = await state(matching, me, APART, bo)
    assert await state(matching, me, APART, bo) == rule
    answer = await refusal_of(state(matching, me, APART, cas))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, "account_ids")


async def test_a_rule_that_makes_no_sense_is_refused_by_its_field(matching: MatchingService):
    friday = await matching.friday(participants=2)
    organiser, (ann, bo) = matching.as_organiser(friday), friday.participants
    for kind, accounts, code, field in (
        (rule_pb2.RULE_KIND_UNSPECIFIED, (ann, bo), grpc.StatusCode.INVALID_ARGUMENT, "kind"),
        (APART, (), grpc.StatusCode.INVALID_ARGUMENT, "account_ids"),
        (APART, (ann, bo, uuid4()), grpc.StatusCode.INVALID_ARGUMENT, "account_ids"),
        (TOGETHER, (ann,), grpc.StatusCode.INVALID_ARGUMENT, "account_ids"),
        (APART, (ann, ann), grpc.StatusCode.INVALID_ARGUMENT, "account_ids"),
        (TOGETHER, (ann, bo, uuid4()), grpc.StatusCode.NOT_FOUND, "account_ids[2]"),
        (APART, (uuid4(),), grpc.StatusCode.NOT_FOUND, "account_ids[0]"),
        (NOT_LED_BY, (ann, bo), grpc.StatusCode.FAILED_PRECONDITION, "account_ids[0]"),
    ):
        answer = await refusal_of(state(matching, organiser, kind, *accounts))
        assert (answer.code, answer.field) == (code, field)
    themselves = await refusal_of(state(matching, organiser, APART, friday.organiser))
    assert (themselves.field, themselves.details["rule"]) == ("account_ids", "self")


async def everything_told(
    matching: MatchingService, friday: Friday, breakout: breakout_pb2.Breakout, postgres: TestPostgres
) -> str:
    """All that anybody can read of a break-out: the plan, files, reasons and facts."""
    told: list[str] = []
    organiser = matching.as_organiser(friday)
    get = breakout_pb2.GetBreakoutRequest(breakout_id=breakout.id)
    told.append(str(await matching.breakouts.GetBreakout(get, metadata=organiser)))
    for layout in list(breakout_pb2.BreakoutFormat.values())[2:]:
        export = breakout_pb2.ExportBreakoutRequest(breakout_id=breakout.id, format=layout, round_number=2)
        told.append((await matching.breakouts.ExportBreakout(export, metadata=organiser)).content.decode())
    for account in friday.participants:
        for number in (1, 2, 3):
            why = breakout_pb2.ExplainSeatRequest(breakout_id=breakout.id, round_number=number, account_id=str(account))
            told.append((await matching.breakouts.ExplainSeat(why, metadata=organiser)).reason)
    engine = plain_engine(postgres.url("postgres", "matching"))
    facts = text("SELECT type, encode(payload, 'escape') FROM outbox WHERE network_id = :network")
    async with engine.connect() as connection:
        rows = (await connection.execute(facts, {"network": friday.network})).all()
    await engine.dispose()
    return "\n".join([*told, *(" ".join(row) for row in rows)])
