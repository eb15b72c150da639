"""C5 on the rules alone: whatever people and organisers do, in whatever order."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, settings

from services.common.refusals import Refusal
from services.events.domain.registration import State
from tests.support.events import HOUR, Gathering, an_event
from tests.support.place_steps import Observer, Step, aim, steps


@settings(max_examples=300, deadline=None)
@given(steps(shortest=5, longest=60))
def test_promotion_is_first_come_first_served_once_and_never_a_cancelled_person(life: list[Step]):
    """C5: over any order of registering, cancelling, rejoining, accepting, declining, expiring and capacities."""
    gathering = Gathering(an_event(places=2))
    observer = Observer(capacity=2)
    for step in life:
        gathering.facts.clear()
        _take(gathering, step)
        observer.saw(gathering.facts, gathering.event.capacity)
        observer.agrees_with(gathering.event, list(gathering.people.values()))


def _take(gathering: Gathering, step: Step) -> None:
    act, argument = step
    if isinstance(argument, str) and act in {"accept", "decline", "expire"}:
        argument = aim(argument, gathering.names(State.OFFERED))
    match act, argument:
        case "expire", str() as name:
            _expire(gathering, name)
        case "change_capacity", int() as capacity:
            gathering.change_capacity(capacity)
        case "register", str() as name:
            gathering.register(name)
        case _, str() as name if name in gathering.people:
            doings: dict[str, Callable[[str], None]] = {
                "cancel": gathering.cancel,
                "accept": gathering.accept,
                "decline": gathering.decline,
            }
            try:
                doings[act](name)
            except Refusal:
                assert gathering.facts == []
        case _:
            pass


def _expire(gathering: Gathering, name: str) -> None:
    """Make this person's offer, if there is one, the one that just ended."""
    if name in gathering.names(State.OFFERED):
        gathering.people[name].offer_expires_at = gathering.now - HOUR / 60
        gathering.pass_time(timedelta(0))
