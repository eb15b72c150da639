"""Facts as protobuf messages."""

from collections.abc import Callable

from google.protobuf.message import Message
from ontmoet.matching.v1 import facts_pb2

from services.common.facts import Fact
from services.matching.domain import facts

_ROUND_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.RoundPublished: facts_pb2.RoundPublished,
    facts.RoundHeld: facts_pb2.RoundHeld,
}
_BREAKOUT_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.BreakoutProposed: facts_pb2.BreakoutProposed,
    facts.BreakoutReplanned: facts_pb2.BreakoutReplanned,
}
_INTRODUCTION_FACTS: dict[type[Fact], Callable[..., Message]] = {
    facts.IntroductionAsked: facts_pb2.IntroductionAsked,
    facts.IntroductionAccepted: facts_pb2.IntroductionAccepted,
    facts.IntroductionDeclined: facts_pb2.IntroductionDeclined,
}


def encode_fact(fact: Fact) -> Message:
    """The message of a fact, under the fact's own name."""
    match fact:
        case facts.RoundPublished() | facts.RoundHeld():
            message = _ROUND_FACTS[type(fact)]
            return message(breakout_id=str(fact.aggregate), event_id=str(fact.event), round_number=fact.round)
        case facts.PlanningQueued():
            return facts_pb2.PlanningQueued(operation_id=str(fact.aggregate), event_id=str(fact.event))
        case facts.BreakoutFact():
            return _BREAKOUT_FACTS[type(fact)](breakout_id=str(fact.aggregate), event_id=str(fact.event))
        case facts.IntroductionFact():
            return _INTRODUCTION_FACTS[type(fact)](
                introduction_id=str(fact.aggregate), from_account_id=str(fact.asker), to_account_id=str(fact.asked)
            )
        case _:
            raise TypeError(f"{type(fact).__name__} is no fact of matching")
