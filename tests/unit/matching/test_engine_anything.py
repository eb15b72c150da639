"""Any problem that makes sense gets a plan: rules, pins, wishes, sizes, people who sit out."""

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine import Budget, Group, Problem, Round, Rule
from services.matching.engine.check import check
from services.matching.engine.problem import ProblemError, Wishes, group_sizes
from services.matching.engine.solve import solve
from tests.support.referee import verify

BUDGET = Budget(iterations=30_000)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to 14 people with every kind of rule and wish; some of them contradict themselves."""
    people, moderators = draw(st.integers(2, 14)), draw(st.integers(0, 4))
    everybody = st.integers(0, people - 1)
    pairs = st.sampled_from(list(combinations(range(people), 2)))
    some_pairs = st.lists(pairs, max_size=5, unique=True).map(tuple)
    led = st.tuples(st.integers(0, moderators - 1), everybody) if moderators else st.nothing()
    size = draw(st.integers(2, 5))
    wishes = Wishes(
        wants=draw(some_pairs),
        profession=draw(st.just(()) | st.tuples(*[st.integers(-1, 3)] * people)),
        newcomers=tuple(draw(st.sets(everybody, max_size=3))),
        experienced=tuple(draw(st.sets(everybody, max_size=3))),
        languages=draw(st.just(()) | st.tuples(*[st.frozensets(st.integers(0, 2), min_size=1)] * people)),
    )
    return Problem(
        people=people,
        group_size=size,
        rounds=tuple(draw(st.lists(rounds(people, moderators), min_size=1, max_size=4))),
        moderators=moderators,
        largest=draw(st.none() | st.integers(size, size + 2)),
        history=tuple((a, b, 1.0) for a, b in draw(some_pairs)),
        company=draw(st.just(()) | st.tuples(*[st.integers(-1, 4)] * people)),
        keep_apart=draw(some_pairs),
        keep_together=tuple(map(tuple, draw(st.lists(st.sets(everybody, min_size=2, max_size=3), max_size=2)))),
        moderator_apart=tuple(draw(st.lists(led, max_size=3))) if moderators else (),
        sat_out=draw(st.just(()) | st.tuples(*[st.integers(0, 3)] * people)),
        wishes=wishes,
    )


@st.composite
def rounds(draw: st.DrawFn, people: int, moderators: int) -> Round:
    """Who is there, and now and then a pin."""
    present = tuple(sorted(draw(st.sets(st.integers(0, people - 1), min_size=1))))
    leading = tuple(sorted(draw(st.sets(st.integers(0, moderators - 1))))) if moderators else ()
    pinned = draw(st.none() | st.sampled_from(present))
    pins = () if pinned is None else (Group(1, (pinned,), draw(st.sampled_from([None, *leading]))),)
    return Round(present, leading, pinned=pins)


def makes_sense(problem: Problem) -> bool:
    try:
        check(problem)
    except ProblemError:
        return False
    return True


@given(problem=problems().filter(makes_sense), seed=st.integers(0, 5))
@settings(max_examples=300, deadline=None)
def test_whatever_is_asked_everybody_sits_once_in_groups_of_the_right_size_and_pins_hold(problem: Problem, seed: int):
    schedule = solve(problem, BUDGET, seed)
    assert schedule == solve(problem, BUDGET, seed)
    report = verify(problem, schedule.rounds)
    assert (report.repeats, report.broken) == (schedule.repeats, schedule.broken)
    assert schedule.bound <= schedule.repeats
    assert not report.structure
    assert not any(report.without_moderator)
    for r, (round_, groups) in enumerate(zip(problem.rounds, schedule.rounds, strict=True)):
        seated = [person for group in groups for person in group.people]
        assert len(set(seated)) == len(seated)
        assert set(seated) <= set(round_.present)
        assert sorted(map(len, (group.people for group in groups)), reverse=True) == group_sizes(problem, r)
        by_number = {group.number: group for group in groups}
        for pin in round_.pinned:
            assert set(pin.people) <= set(by_number[pin.number].people)
            assert pin.moderator in (None, by_number[pin.number].moderator)


@given(problem=problems().filter(makes_sense))
@settings(max_examples=100, deadline=None)
def test_two_who_stay_together_do_so_wherever_a_group_has_room_and_nothing_forbids_it(problem: Problem):
    alone = Problem(
        people=problem.people,
        group_size=problem.group_size,
        rounds=tuple(Round(round_.present, round_.moderators) for round_ in problem.rounds),
        moderators=problem.moderators,
        keep_together=problem.keep_together[:1],
    )
    broken = [each for each in solve(alone, BUDGET).broken if each.rule is Rule.TOGETHER]
    for r, _ in enumerate(alone.rounds):
        there = [len(set(block) & set(alone.rounds[r].present)) for block in alone.keep_together]
        if max(there, default=0) <= max(group_sizes(alone, r)):
            assert not [each for each in broken if each.round == r]


@given(people=st.integers(5, 15), rounds=st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_in_rounds_of_two_an_odd_one_sits_out_and_it_is_never_the_same_before_all_did(people: int, rounds: int):
    everybody = Round(tuple(range(people)))
    schedule = solve(Problem(people, 2, (everybody,) * rounds, largest=2), BUDGET)
    out: Counter[int] = Counter()
    for groups in schedule.rounds:
        seated = {person for group in groups for person in group.people}
        assert len(seated) == people - people % 2
        out.update(set(range(people)) - seated)
    assert max(out.values(), default=0) - min((out[person] for person in range(people)), default=0) <= 1
