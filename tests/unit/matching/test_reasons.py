"""Why somebody sits where they sit, in their language."""

from collections import Counter
from itertools import product
from time import process_time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.adapters.phrases import phrases
from services.matching.domain.breakout import Round, RoundState
from services.matching.domain.known import Known, Numbered
from services.matching.domain.planning import Planning
from services.matching.domain.reasons import Acquainted, Reason, ReasonCode, reasons
from services.matching.domain.rule import Rule, RuleKind
from services.matching.domain.topics import is_about, met_by, wants
from tests.support.matching import NOON, a_breakout, a_group, a_profile, a_roster, people, sharing

ME, ANN, BO, CAS, MOD = people(5)
NAMES = {ANN: "Ann", BO: "Bo", CAS: "Cas", MOD: "Mo"}
EXPORT = "export to Germany"


def told(found: list[Reason], language: str = "en") -> str:
    return phrases(language).why(found, NAMES)


def test_a_seat_is_explained_by_who_is_new_what_is_offered_and_whose_company_is_not_there():
    breakout = a_breakout([a_group(1, ME, ANN, BO, CAS)])
    profiles = {
        ME: a_profile(ME, company="Peeters", asks=("Who knows export to Germany?",)),
        ANN: sharing(ANN, company="Aerts"),
        BO: sharing(BO),
        CAS: sharing(CAS, company="Claes", offers=(EXPORT,)),
    }
    [group] = breakout.rounds[0].groups
    found = reasons(breakout, 1, ME, group, profiles, Acquainted(met=frozenset({(ME, CAS)})))
    assert told(found) == (
        f"You have not met Ann and Bo; you have met Cas before; Cas offers what you ask: {EXPORT}; "
        "no one here is from your company."
    )
    assert told(found, "nl-BE").startswith("U hebt Ann en Bo nog niet ontmoet; u hebt Cas al eerder ontmoet; Cas biedt")
    assert told(found, "fr-BE").endswith(" ; personne ici n'est de votre entreprise.")


def test_who_sat_together_in_an_earlier_round_has_met_and_who_will_in_a_later_one_has_not():
    breakout = a_breakout(
        Round(1, (a_group(1, ME, ANN),), RoundState.HELD), [a_group(1, ME, ANN, BO)], [a_group(1, ME, BO)]
    )
    found = reasons(breakout, 2, ME, breakout.rounds[1].groups[0], {}, Acquainted())
    assert [(each.code, each.people) for each in found] == [(ReasonCode.NOT_MET, (BO,)), (ReasonCode.MET, (ANN,))]


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN])
def test_who_sits_together_in_an_earlier_round_that_is_not_over_has_not_met_yet(state: RoundState):
    breakout = a_breakout(Round(1, (a_group(1, ME, ANN, CAS),), state), [a_group(1, ME, ANN, BO, CAS)])
    acquainted = Acquainted(met=frozenset({(ME, CAS)}))
    found = reasons(breakout, 2, ME, breakout.rounds[1].groups[0], {}, acquainted)
    assert told(found) == ("You have not met Bo; you have met Cas before; you sit with Ann in an earlier round too.")


def test_staff_meet_nobody_and_nothing_is_said_of_it():
    breakout = a_breakout(Round(1, (a_group(1, ME, ANN, BO),), RoundState.HELD), [a_group(1, ME, ANN, BO)])
    profiles = {ANN: a_profile(ANN, staff=True)}
    [_, group] = [each.groups[0] for each in breakout.rounds]
    assert told(reasons(breakout, 2, ME, group, profiles, Acquainted())) == "You have met Bo before."
    assert told(reasons(breakout, 2, ANN, group, profiles, Acquainted())) == "There was a place here."


def test_nothing_is_said_of_everybody_when_somebodys_company_is_not_known():
    breakout = a_breakout([a_group(1, ME, ANN, BO)])
    profiles = {ME: a_profile(ME, company="Peeters"), ANN: sharing(ANN, company="Aerts")}
    found = reasons(breakout, 1, ME, breakout.rounds[0].groups[0], profiles, Acquainted())
    assert ReasonCode.NO_COLLEAGUE not in {each.code for each in found}
    colleagues = {**profiles, BO: sharing(BO, company=" peeters")}
    found = reasons(breakout, 1, ME, breakout.rounds[0].groups[0], colleagues, Acquainted())
    assert ReasonCode.NO_COLLEAGUE not in {each.code for each in found}


def test_a_moderator_who_never_led_somebody_is_a_reason_and_one_who_did_is_none():
    breakout = a_breakout([a_group(1, ME, ANN, moderator=MOD)])
    [group] = breakout.rounds[0].groups
    new = reasons(breakout, 1, ME, group, {}, Acquainted())
    assert Reason(ReasonCode.NEW_MODERATOR, (MOD,)) in new
    assert told(new) == "You have not met Ann; Mo has not led a group with you."
    led = reasons(breakout, 1, ME, group, {}, Acquainted(led=frozenset({(MOD, ME)})))
    assert ReasonCode.NEW_MODERATOR not in {each.code for each in led}


@pytest.mark.parametrize("same", ["company", "profession"])
def test_nobody_shares_a_company_or_profession_only_when_who_leads_the_group_does_not_either(same: str):
    breakout = a_breakout([a_group(1, ME, ANN, moderator=MOD)])
    me = a_profile(ME, company="Peeters", profession="Baker")
    profiles = {
        ME: me,
        ANN: sharing(ANN, company="Aerts", profession="Lawyer"),
        MOD: sharing(MOD, **{"company": "Claes", "profession": "Pilot", same: getattr(me, same)}),
    }
    found = {each.code for each in reasons(breakout, 1, ME, breakout.rounds[0].groups[0], profiles, Acquainted())}
    true = {"company": ReasonCode.NO_PEER, "profession": ReasonCode.NO_COLLEAGUE}[same]
    assert found & {ReasonCode.NO_PEER, ReasonCode.NO_COLLEAGUE} == {true}


def test_who_left_the_network_is_not_named_and_a_seat_always_has_a_sentence():
    breakout = a_breakout([a_group(1, ME, UUID(int=7))])
    found = reasons(breakout, 1, ME, breakout.rounds[0].groups[0], {}, Acquainted())
    assert told(found) == "There was a place here."


@pytest.mark.parametrize("mark", [".", "!", "?", ";", ",", "?! ", " ...", "…"])
def test_what_people_wrote_ends_without_a_mark_inside_our_sentence(mark: str):
    found = [Reason(code, (ANN,), f"Export, e.g. to Germany{mark}") for code in (ReasonCode.OFFERS, ReasonCode.ASKS)]
    assert told(found) == (
        "Ann offers what you ask: Export, e.g. to Germany; Ann asks what you offer: Export, e.g. to Germany."
    )


def test_a_name_with_braces_is_a_name():
    assert phrases("en").why([Reason(ReasonCode.NOT_MET, (ANN,))], {ANN: "{topic}"}) == "You have not met {topic}."


@pytest.mark.parametrize(
    ("ask", "offer", "about"),
    [
        ("Who knows export to Germany?", "export to Germany", True),
        ("Export", "Advice on export", True),
        ("Wie kent een goede boekhouder?", "boekhouder", True),
        ("HR", "HR voor kleine bedrijven", True),
        ("a good accountant", "a good lawyer", False),
        ("help with my website", "help with taxes", False),
        ("", "export", False),
    ],
)
def test_an_offer_is_about_what_is_asked_when_their_telling_words_agree(ask: str, offer: str, about: bool):
    assert is_about(ask, offer) is about


def test_who_asks_and_who_offers_are_wanted_together_and_nobody_with_themselves():
    profiles = {
        ANN: a_profile(ANN, asks=("export to Germany",), offers=("export",)),
        BO: a_profile(BO, offers=("Export to Germany and Austria",)),
        CAS: a_profile(CAS, offers=("taxes",)),
    }
    assert list(wants([ANN, BO, CAS], profiles)) == [(0, 1)]
    assert met_by(profiles[ANN], profiles[BO]) == "Export to Germany and Austria"


TOPIC = st.lists(st.sampled_from(["export", "Germany", "taxes", "HR", "bakery", "the"]), max_size=4).map(" ".join)
TOPICS = st.lists(TOPIC, max_size=3).map(tuple)


@given(topics=st.lists(st.tuples(TOPICS, TOPICS), max_size=6), at_once=st.integers(min_value=1, max_value=6))
def test_who_is_wanted_is_found_for_all_at_once_as_for_each_two(
    topics: list[tuple[tuple[str, ...], tuple[str, ...]]], at_once: int
):
    seated = people(len(topics))
    profiles = {
        account: a_profile(account, asks=asks, offers=offers)
        for account, (asks, offers) in zip(seated, topics, strict=True)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.matching.domain.topics._AT_ONCE", at_once)
        found = list(wants([uuid4(), *seated], profiles))
    assert found == [
        (i, j)
        for (i, one), (j, other) in product(enumerate(seated, start=1), repeat=2)
        if i != j and met_by(profiles[one], profiles[other]) is not None
    ]


def test_a_crowd_whose_topics_share_a_word_is_looked_through_in_no_time():
    """It took six seconds when each two were compared."""
    profiles = {
        account: a_profile(
            account,
            asks=tuple(f"export {place} question{number}" for number in range(10)),
            offers=tuple(f"export {place} offer{number}" for number in range(10)),
        )
        for place, account in enumerate(people(300))
    }
    before = process_time()
    assert not list(wants(profiles, profiles))
    assert process_time() - before < 2


def test_of_very_many_who_offer_what_all_ask_everybody_wants_some_and_each_is_wanted_about_as_often():
    """Each two were millions of pairs, among which everything else of the service waited."""
    profiles = {
        account: a_profile(account, asks=("marketing advice",), offers=("marketing advice",))
        for account in people(2_000)
    }
    found = list(wants(profiles, profiles))
    assert len(found) == len(set(found)) == 2_000 * 40
    assert all(asker != offerer for asker, offerer in found)
    assert set(Counter(asker for asker, _ in found).values()) == {40}
    often = Counter(offerer for _, offerer in found)
    assert len(often) == 2_000
    assert max(often.values()) - min(often.values()) <= 6
    assert found == list(wants(profiles, profiles))


def test_who_offers_what_few_offer_is_wanted_however_many_offer_something_else_that_is_asked():
    few, many = people(10), people(500)
    profiles = {account: a_profile(account, offers=("welding",)) for account in few}
    profiles |= {account: a_profile(account, offers=("export",)) for account in many}
    profiles[ANN] = a_profile(ANN, asks=("export", "welding"))
    found = [offerer for _, offerer in wants([*few, *many, ANN], profiles)]
    assert found[:10] == list(range(10))
    assert len(found) == 10 + 20


def a_rule(kind: RuleKind, *about: UUID) -> Rule:
    return Rule(UUID(int=1), kind, about, stated_by=ME, stated_at=NOON)


def test_rules_reach_the_solver_and_apart_goes_before_together():
    known = Known(
        profiles={ANN: a_profile(ANN, company="Voka"), BO: a_profile(BO), MOD: a_profile(MOD, company="VOKA")},
        rules=[
            a_rule(RuleKind.APART, BO, CAS),
            a_rule(RuleKind.APART, CAS, BO),
            a_rule(RuleKind.TOGETHER, ANN, BO, CAS),
            a_rule(RuleKind.TOGETHER, ANN, BO),
            a_rule(RuleKind.NOT_LED_BY, MOD, CAS),
        ],
    )
    seated = sorted([ANN, BO, CAS])
    number = {account: i for i, account in enumerate(seated)}
    numbers = Numbered(known, seated, [MOD], NOON)
    assert numbers.apart() == (tuple(sorted((number[BO], number[CAS]))),)
    assert numbers.together(seated) == (tuple(sorted((number[ANN], number[BO]))),)
    assert numbers.moderator_apart() == tuple(sorted([(0, number[ANN]), (0, number[CAS])]))


def test_of_rules_that_contradict_each_other_the_youngest_gives_way_and_the_others_are_kept():
    dee = UUID(int=4)
    rules = [
        a_rule(RuleKind.TOGETHER, ANN, BO),
        a_rule(RuleKind.TOGETHER, CAS, dee),
        a_rule(RuleKind.TOGETHER, BO, CAS),
        a_rule(RuleKind.TOGETHER, CAS, ME),
        a_rule(RuleKind.APART, ANN, CAS),
    ]
    seated = [ANN, BO, CAS, dee, ME]
    numbers = Numbered(Known(rules=rules), seated, [], NOON)
    assert numbers.together(seated) == ((0, 1), (2, 3), (2, 3, 4), (2, 4))
    assert numbers.together([ANN, BO, dee, ME]) == ((0, 1), (2, 3), (2, 4))


def test_who_sits_together_through_somebody_who_has_gone_may_part():
    rules = [a_rule(RuleKind.TOGETHER, ANN, BO), a_rule(RuleKind.TOGETHER, BO, CAS)]
    rounds = (Round(1, (a_group(1, ANN, BO, CAS),), RoundState.HELD), Round(2))
    problem = Planning(rounds, a_roster([ANN, CAS]), Known(rules=rules), group_size=3, now=NOON).problem
    assert [problem.blocks_of(each.present) for each in problem.rounds] == [[(0, 1, 2)], []]


def test_who_sits_together_through_somebody_who_is_there_does_not_meet_again():
    rules = [a_rule(RuleKind.TOGETHER, ANN, BO), a_rule(RuleKind.TOGETHER, BO, CAS)]
    rounds = (Round(1), Round(2))
    problem = Planning(rounds, a_roster([ANN, BO, CAS]), Known(rules=rules), group_size=3, now=NOON).problem
    assert problem.together_pairs() == {(0, 1), (0, 2), (1, 2)}


def test_wishes_know_newcomers_the_experienced_and_what_people_speak():
    known = Known(
        profiles={
            ANN: a_profile(ANN, language="nl-BE", profession="Baker"),
            BO: a_profile(BO, language="fr-BE", profession=" baker"),
        },
        visits={ANN: 3, BO: 1},
    )
    wishes = Numbered(known, [ANN, BO, CAS], [], NOON).wishes()
    assert (wishes.newcomers, wishes.experienced) == ((2,), (0,))
    assert wishes.profession == (0, 0, -1)
    assert wishes.languages == (frozenset({1}), frozenset({0}), frozenset({0, 1}))
