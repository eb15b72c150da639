"""The engine for integrations: they bring their own people, and nothing of it is kept."""

import asyncio
import random
import time
from itertools import combinations, pairwise
from typing import Any
from uuid import uuid4

import grpc
import pytest
from ontmoet.matching.v1 import solve_pb2 as pb

from services.common.caller import Role
from services.matching.domain.limits import OwnLimits
from tests.support.events_place import refusal_of
from tests.support.matching_service import LIMITS, MatchingService

PEOPLE = [pb.SolvePerson(key=f"person {number}") for number in range(12)]


CROWD = [pb.SolvePerson(key=f"one of many {number}") for number in range(21)]
FOUR = [each.key for each in PEOPLE[:4]]
THREE = [pb.SolvePerson(key=key) for key in ("Al", "Bo", "Cy")]
TWO_MODERATORS = [pb.SolveModerator(key="Mo"), pb.SolveModerator(key="Max")]


def pin(group: int, *people: str, moderator: str = "") -> pb.SolvePin:
    return pb.SolvePin(round=1, group=group, people=people, moderator=moderator)


def pair(*keys: str) -> pb.SolvePeople:
    return pb.SolvePeople(keys=keys)


async def solve(matching: MatchingService, **values: Any) -> pb.SolveResponse:
    usual: dict[str, Any] = {"people": PEOPLE, "group_size": 3, "rounds": 3, "seconds": 1}
    request = pb.SolveRequest(**{**usual, **values})
    metadata = matching.bearing(uuid4(), uuid4(), Role.INTEGRATION)
    return await matching.solving.Solve(request, metadata=metadata)


async def test_people_who_are_brought_along_meet_each_other_once(matching: MatchingService):
    answer = await solve(matching)
    met = [frozenset(two) for each in answer.rounds for group in each.groups for two in combinations(group.people, 2)]
    assert len(met) == 3 * 4 * 3
    assert len(set(met)) == len(met)
    assert (answer.repeats, answer.repeats_bound, list(answer.broken)) == (0, 0, [])
    assert answer.argument == "none"


async def test_every_rule_of_a_problem_is_kept(matching: MatchingService):
    people = [pb.SolvePerson(key=str(number), company="Voka" if number < 2 else "") for number in range(8)]
    people[7].rounds.extend([2])
    answer = await solve(
        matching,
        people=people,
        group_size=4,
        rounds=2,
        moderators=[pb.SolveModerator(key="Mo", never_leads=["0"]), pb.SolveModerator(key="Max", rounds=[1])],
        keep_apart=[pair("2", "3")],
        keep_together=[pair("4", "5")],
        pins=[pb.SolvePin(round=2, group=1, people=["6"], moderator="Mo")],
        met=[pb.SolveMeeting(first="0", second="6")],
    )
    assert not answer.broken
    for each in answer.rounds:
        groups = [set(group.people) for group in each.groups]
        assert not any(apart <= group for group in groups for apart in ({"0", "1"}, {"2", "3"}))
        assert any({"4", "5"} <= group for group in groups)
        assert not any(group.moderator == "Mo" and "0" in group.people for group in each.groups)
    assert "7" not in {key for group in answer.rounds[0].groups for key in group.people}
    [pinned] = [group for group in answer.rounds[1].groups if group.number == 1]
    assert "6" in pinned.people
    assert pinned.moderator == "Mo"
    assert "Max" not in [group.moderator for group in answer.rounds[1].groups]


async def test_what_collides_is_named_with_the_least_that_must_give_and_there_is_a_schedule_all_the_same(
    matching: MatchingService,
):
    people = [pb.SolvePerson(key=str(number), company="Voka" if number < 3 else "") for number in range(4)]
    answer = await solve(
        matching, people=people, group_size=2, rounds=1, moderators=[pb.SolveModerator(key="Mo")], seconds=1
    )
    [broken] = answer.broken
    assert (broken.rule, broken.round) == ("company", 1)
    assert (answer.broken_in_all, answer.collisions_in_all) == (1, len(answer.collisions))
    found = {each.rules: each for each in answer.collisions}
    assert sorted(found["company"].people) == ["0", "1", "2"]
    assert (found["company"].least, found["moderators"].least, list(found["moderators"].sizes)) == (1, 1, [4])


async def test_there_is_a_schedule_in_time_though_what_collides_is_hard_to_tell(matching: MatchingService):
    """To name as few of these rules as collide takes half a minute; the deadline is ten seconds."""
    rng = random.Random(0)
    keys = [str(number) for number in range(36)]
    companies = [f"company {rng.randrange(8)}" for _ in keys]
    answer = await solve(
        matching,
        people=[
            pb.SolvePerson(key=key, company=company, rounds=[r for r in range(1, 6) if str(r) != key])
            for key, company in zip(keys, companies, strict=True)
        ],
        group_size=6,
        rounds=5,
        keep_apart=[pair(*rng.sample(keys, 2)) for _ in range(20)],
        moderators=[pb.SolveModerator(key=f"m{number}", never_leads=rng.sample(keys, 28)) for number in range(6)],
    )
    assert len(answer.rounds) == 5
    assert answer.broken_in_all > 0


async def test_of_more_broken_rules_than_a_message_holds_the_first_are_listed_and_all_are_counted(
    matching: MatchingService,
):
    people = [pb.SolvePerson(key=f"{number:0200}", company="Voka") for number in range(600)]
    answer = await solve(matching, people=people, group_size=20, rounds=3, seconds=1)
    assert answer.broken_in_all == 3 * 30 * 190
    assert len(answer.broken) == 1_000
    assert {each.rule for each in answer.broken} == {"company"}
    assert (len(answer.collisions), answer.collisions_in_all) == (3, 3)
    assert sum(len(group.people) for each in answer.rounds for group in each.groups) == 1_800


async def test_the_same_problem_seed_and_steps_give_the_same_schedule(matching: MatchingService):
    wanted: dict[str, Any] = {"rounds": 6, "seed": 7, "iterations": 500, "seconds": 10}
    assert await solve(matching, **wanted) == await solve(matching, **wanted)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("people", {"people": PEOPLE[:1]}),
        ("people", {"people": [pb.SolvePerson(key=str(number)) for number in range(LIMITS.people + 1)]}),
        ("people[1].key", {"people": [pb.SolvePerson(key="Ann"), pb.SolvePerson(key="Ann")]}),
        ("people[0].key", {"people": [pb.SolvePerson(), pb.SolvePerson(key="Ann")]}),
        ("people[0].rounds", {"people": [pb.SolvePerson(key="Ann", rounds=[4]), *PEOPLE]}),
        ("rounds", {"rounds": 0}),
        ("rounds", {"rounds": LIMITS.rounds + 1}),
        (
            "rounds",
            {"people": [pb.SolvePerson(key=f"{n:0200}") for n in range(LIMITS.people)], "rounds": LIMITS.rounds},
        ),
        ("group_size", {"group_size": 0}),
        ("seconds", {"seconds": 61}),
        ("seconds", {"seconds": -1}),
        ("keep_apart[0].keys", {"keep_apart": [pair("person 1", "nobody")]}),
        ("keep_apart[0].keys", {"keep_apart": [pair("person 1", "person 1")]}),
        ("keep_apart[0]", {"keep_apart": [pair("person 1")]}),
        (
            "keep_together[0]",
            {"keep_apart": [pair("person 1", "person 2")], "keep_together": [pair("person 2", "person 1")]},
        ),
        ("met[0].second", {"met": [pb.SolveMeeting(first="person 1", second="nobody")]}),
        ("met[0].second", {"met": [pb.SolveMeeting(first="person 1", second="person 1")]}),
        ("moderators[0].never_leads", {"moderators": [pb.SolveModerator(key="Mo", never_leads=["nobody"])]}),
        ("pins[0].round", {"pins": [pb.SolvePin(round=9, group=1, people=["person 1"])]}),
        ("pins[1].people", {"pins": [pin(1, "person 1"), pin(2, "person 1")]}),
        ("pins[0].people", {"pins": [pin(1, "person 1", "person 1")]}),
        ("pins[0].people", {"people": [*PEOPLE, pb.SolvePerson(key="Late", rounds=[2])], "pins": [pin(1, "Late")]}),
        ("pins[0].group", {"pins": [pin(5, "person 1")]}),
        ("pins[0].group", {"pins": [pin(0, "person 1")]}),
        (
            "pins[1].people",
            {"pins": [pin(2, "person 9"), pin(1, *(f"person {n}" for n in range(4))), pin(2, "person 8")]},
        ),
        (
            "pins[1].moderator",
            {"moderators": TWO_MODERATORS, "pins": [pin(1, moderator="Mo"), pin(1, moderator="Max")]},
        ),
        ("pins[1].moderator", {"moderators": TWO_MODERATORS, "pins": [pin(1, moderator="Mo"), pin(2, moderator="Mo")]}),
        ("group_size", {"group_size": 21}),
        ("seed", {"seed": -1}),
        ("people[0].sat_out", {"people": [pb.SolvePerson(key="Ann", sat_out=-1), *PEOPLE]}),
        ("moderators", {"moderators": [pb.SolveModerator(key=str(number)) for number in range(LIMITS.people + 1)]}),
        ("keep_together[0]", {"people": CROWD, "keep_together": [pair(*(each.key for each in CROWD))]}),
        ("keep_together", {"people": CROWD, "keep_together": [pair(a.key, b.key) for a, b in pairwise(CROWD)]}),
        (
            "keep_together",
            {"keep_apart": [pair("Al", "Bo")], "people": THREE, "keep_together": [pair("Al", "Cy"), pair("Cy", "Bo")]},
        ),
    ],
)
async def test_a_problem_that_makes_no_sense_is_refused_by_its_field(
    matching: MatchingService, field: str, values: dict[str, Any]
):
    answer = await refusal_of(solve(matching, **values))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


async def test_a_search_ends_in_time_for_the_callers_deadline(matching: MatchingService):
    """Some must meet again and no bound says so: the search would take all of its seconds."""
    request = pb.SolveRequest(people=PEOPLE, group_size=3, rounds=5, seconds=10)
    metadata = matching.bearing(uuid4(), uuid4(), Role.INTEGRATION)
    answer = await matching.solving.Solve(request, metadata=metadata, timeout=3)
    assert len(answer.rounds) == 5


async def test_who_cannot_be_pinned_or_kept_together_is_named_by_their_key(matching: MatchingService):
    with pytest.raises(grpc.aio.AioRpcError, match="person 7 is pinned twice in this round"):
        await solve(matching, pins=[pin(1, "person 7"), pin(2, "person 7")])
    through = [pair("person 1", "person 9"), pair("person 9", "person 2")]
    with pytest.raises(grpc.aio.AioRpcError, match="person 1 and person 2 are to be kept apart as well"):
        await solve(matching, keep_apart=[pair("person 2", "person 1")], keep_together=through)
    colleagues = [pb.SolvePerson(key=key, company="Voka") for key in ("Al", "Bo")]
    with pytest.raises(grpc.aio.AioRpcError, match="Al and Bo are of one company"):
        await solve(matching, people=[*PEOPLE, *colleagues], keep_together=[pair("Bo", "Al")])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"smallest": 4}, "The smallest group has 1 to 3 people, the group size."),
        ({"largest": 2}, "The largest group has at least 3 people, the group size."),
        ({"seconds": -1}, "A search takes 0 to 10 seconds; 0 means as long as is usual."),
        (
            {"pins": [pin(1, *FOUR)]},
            "4 people are pinned to group 1 of round 1, which seats 3.",
        ),
    ],
)
async def test_a_problem_that_makes_no_sense_is_refused_in_a_sentence(
    matching: MatchingService, values: dict[str, Any], told: str
):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await solve(matching, **values)
    assert error.value.details() == told


async def test_other_calls_go_on_while_a_large_problem_is_read(matching: MatchingService):
    people = [pb.SolvePerson(key=str(number), rounds=[1, 2] * 1_500) for number in range(LIMITS.people)]
    solving = asyncio.create_task(solve(matching, people=people, group_size=6, rounds=20, seconds=0.1))
    longest = 0.0
    while not solving.done():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    assert len((await solving).rounds) == 20
    assert longest < 1


async def test_a_network_has_limits_of_its_own_where_it_was_given_some(
    matching: MatchingService,
):
    network = uuid4()
    for own in (OwnLimits(people=4), OwnLimits(people=5, seconds=3)):
        async with matching.uow.begin(network) as tx:
            await tx.set_limits(own)
    metadata = matching.bearing(network, uuid4(), Role.INTEGRATION)
    beyond: dict[str, Any] = {"people": PEOPLE[:6], "seconds": 4, "rounds": 21}
    usual: dict[str, Any] = {"people": PEOPLE[:4], "group_size": 2, "rounds": 1}
    for field, value in beyond.items():
        request = pb.SolveRequest(**{**usual, field: value})
        answer = await refusal_of(matching.solving.Solve(request, metadata=metadata))
        assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
    assert await matching.solving.Solve(
        pb.SolveRequest(people=PEOPLE[:5], group_size=2, rounds=1, seconds=1), metadata=metadata
    )
