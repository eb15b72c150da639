"""What is told to those who may not read the rules is true, whether there is a rule or not, and never tells of one."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

import pytest

from services.matching.adapters.phrases import LANGUAGES, phrases
from services.matching.domain.breakout import Group, Round, RoundState
from services.matching.domain.known import Known
from services.matching.domain.planning import Moderator, Planning, Roster
from services.matching.domain.rule import Rule, RuleKind
from services.matching.engine import Budget
from services.matching.engine.collisions.conflicts import conflicts
from services.matching.engine.replan.moves import Why
from services.matching.engine.solve import solve
from tests.support.matching import NOON, a_breakout, a_group, a_roster, people, working_at

ANN, BO, CAS, DEE, EVE, FAY = people(6)
FIRST, SECOND, FREE = people(3)


def apart(*pairs: tuple[UUID, UUID]) -> list[Rule]:
    return [Rule(uuid4(), RuleKind.APART, pair, pair[0], NOON) for pair in pairs]


def told(
    round_: Round, roster: Roster, rules: Iterable[Rule], companies: Mapping[UUID, str] | None = None, size: int = 3
) -> tuple[tuple[Group, ...], list[str]]:
    """The round's groups, and the warnings that moderators and assistants get of them."""
    known = Known(profiles=working_at(companies or {}), rules=tuple(rules))
    planning = Planning([round_], roster, known, group_size=size, now=NOON)
    plan = planning.plan(solve(planning.problem, Budget(iterations=1000)), uuid4, conflicts(planning.problem))
    changed, _ = a_breakout(round_).replanned(plan)
    return plan.rounds[0].groups, [phrases("en").word(notice) for notice in changed.without_rules().notices]


def mended(*rules: tuple[UUID, UUID]) -> tuple[list[UUID | None], list[str]]:
    """Who leads the two groups of a running round after the second moderator withdrew, and what is told of it."""
    groups = (a_group(1, ANN, BO, CAS, moderator=FIRST), a_group(2, DEE, EVE, FAY, moderator=SECOND))
    roster = a_roster((ANN, BO, CAS, DEE, EVE, FAY), (FIRST, Moderator(SECOND, withdrawn=True), FREE))
    found, said = told(Round(1, groups, RoundState.OPEN, NOON), roster, apart(*rules))
    return [group.moderator for group in found], said


def test_a_room_whose_moderator_withdrew_is_taken_over_and_who_takes_it_need_not_have_been_free():
    taken_over = "Round 1: a moderator took over room {}."
    assert mended() == ([FIRST, FREE], [taken_over.format(2)])
    assert mended((EVE, FREE)) == ([FREE, FIRST], [taken_over.format(1), taken_over.format(2)])


def test_a_room_that_a_free_moderator_may_not_lead_is_not_called_short_of_one():
    """They see two moderators on the roster: that there were one for two rooms would be false, and tell of the rule."""
    leads, said = mended((EVE, FREE), (ANN, FREE))
    assert leads == [FIRST, None]
    assert said == ["Round 1: 1 of 2 rooms with a moderator. A participant hosts room 2."]


def test_too_few_moderators_are_told_alike_whether_they_may_lead_everybody_or_not():
    roster = a_roster((ANN, BO, CAS, DEE, EVE, FAY), (FIRST,))
    _, plain = told(Round(1), roster, ())
    _, ruled = told(Round(1), roster, apart((ANN, FIRST)))
    assert "Round 1: with one room for each moderator, a room would have 6 people." in plain
    assert [line.partition("hosts")[0] for line in ruled] == [line.partition("hosts")[0] for line in plain]


def test_colleagues_who_share_a_room_because_others_keep_from_them_are_not_told_of():
    """Two rooms for two of a company: that they could not be kept apart would have been a rule's doing alone."""
    acme, everybody = dict.fromkeys((ANN, BO), "Acme"), a_roster((ANN, BO, CAS, DEE), (FIRST, SECOND))
    rules = apart(*((one, other) for one in (ANN, BO) for other in (CAS, DEE)))
    groups, said = told(Round(1), everybody, rules, acme, size=2)
    assert {ANN, BO} in [set(group.seats) for group in groups]
    assert said == told(Round(1), everybody, (), acme, size=2)[1] == []


def test_a_company_with_more_people_than_rooms_is_told_whatever_the_rules():
    acme, everybody = dict.fromkeys((ANN, BO, CAS), "Acme"), a_roster((ANN, BO, CAS, DEE), (FIRST, SECOND))
    said = ["Round 1: 3 people of one company and 2 rooms: at least 1 pair must share one."]
    for rules in ((), apart((ANN, DEE))):
        assert told(Round(1), everybody, rules, acme, size=2)[1] == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_that_a_rule_caused_reads_as_one_that_evens_groups_out(language: str):
    why_moved = phrases(language).why_moved
    assert why_moved(Why.RULE) == why_moved(Why.EVENED_OUT)
