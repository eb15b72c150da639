"""What can be done with break-outs and introductions."""

from __future__ import annotations

import strawberry
from ontmoet.matching.v1 import breakout_pb2, introduction_pb2, rule_pb2

from services.gateway.api.context import Info
from services.gateway.api.matching.operations import Operation
from services.gateway.api.matching.pins import PinInput, to_pins
from services.gateway.api.matching.rules import Rule, RuleKind
from services.gateway.api.matching.types import Breakout, Introduction, Move
from services.gateway.api.mutation import Payload, Refusable, mutate
from services.gateway.api.relay import uuid_of
from services.gateway.wire import to_enum


@strawberry.input
class ProposeBreakoutInput:
    event_id: strawberry.ID
    rounds: int = strawberry.field(
        description="From 1 to the network's limit, which is 20 unless it has one of its own."
    )
    group_size: int = strawberry.field(description="2 to 20.")
    seconds: int | None = strawberry.field(
        default=None, description="How long to search at most; left out, as long as so many people need."
    )
    pins: list[PinInput] = strawberry.field(
        default_factory=list[PinInput], description="Rooms that are decided; at most 1000."
    )


@strawberry.type
class ProposeBreakoutPayload(Payload):
    breakout: Breakout | None = strawberry.field(default=None, description="Null while a long search is under way.")
    operation: Operation | None = strawberry.field(
        default=None, description="The search, when it takes longer than a request."
    )


@strawberry.input
class CancelOperationInput:
    operation_id: strawberry.ID


@strawberry.type
class CancelOperationPayload(Payload):
    operation: Operation | None = None


@strawberry.input
class StateRuleInput:
    kind: RuleKind
    account_ids: list[strawberry.ID] = strawberry.field(
        description="Two; for TOGETHER up to 20. One, for APART, is kept apart from the caller."
    )


@strawberry.type
class StateRulePayload(Payload):
    rule: Rule | None = None


@strawberry.input
class WithdrawRuleInput:
    rule_id: strawberry.ID


@strawberry.type
class WithdrawRulePayload(Payload):
    """Nothing but why it was refused."""


@strawberry.input
class ReplanBreakoutInput:
    breakout_id: strawberry.ID
    pins: list[PinInput] = strawberry.field(
        default_factory=list[PinInput], description="Decided from now on, beside the pins that it has; at most 1000."
    )


@strawberry.type
class ReplanBreakoutPayload(Payload):
    breakout: Breakout | None = None
    moves: list[Move] = strawberry.field(
        default_factory=list[Move], description="What changed, round by round, seats first; at most 10000."
    )
    moves_in_all: int | None = strawberry.field(
        default=None, description="How many there are, those that are not listed included."
    )
    moves_in_open_round: int | None = strawberry.field(
        default=None, description="How many of those who sat in the open round have another group now."
    )
    least_moves_in_open_round: int | None = strawberry.field(
        default=None,
        description="So many of them, proven, have another group in any plan that keeps as many rules; 0 to all but "
        "organisers.",
    )


@strawberry.input
class PublishRoundInput:
    breakout_id: strawberry.ID
    round_number: int


@strawberry.type
class PublishRoundPayload(Payload):
    breakout: Breakout | None = None


@strawberry.input
class CloseRoundInput:
    breakout_id: strawberry.ID
    round_number: int


@strawberry.type
class CloseRoundPayload(Payload):
    breakout: Breakout | None = None


@strawberry.input
class AskIntroductionInput:
    to_account_id: strawberry.ID
    message: str = strawberry.field(description="At most 500 characters.")


@strawberry.type
class AskIntroductionPayload(Payload):
    introduction: Introduction | None = None


@strawberry.input
class AcceptIntroductionInput:
    introduction_id: strawberry.ID


@strawberry.type
class AcceptIntroductionPayload(Payload):
    introduction: Introduction | None = None


@strawberry.input
class DeclineIntroductionInput:
    introduction_id: strawberry.ID


@strawberry.type
class DeclineIntroductionPayload(Payload):
    introduction: Introduction | None = None


@strawberry.type
class BreakoutMutations:
    @strawberry.mutation(
        extensions=[Refusable()],
        description="Plans from who is present now. An earlier plan of which no round was opened is replaced.",
    )
    async def propose_breakout(self, info: Info, input: ProposeBreakoutInput) -> ProposeBreakoutPayload:
        request = breakout_pb2.ProposeBreakoutRequest(
            event_id=uuid_of("Event", input.event_id, "event_id"),
            rounds=input.rounds,
            group_size=input.group_size,
            seconds=input.seconds or 0,
            pins=to_pins(input.pins),
        )
        response = await mutate(info, info.context.calls.services.breakouts.ProposeBreakout, request)
        if response.HasField("operation"):
            return ProposeBreakoutPayload(operation=Operation.of(response.operation))
        return ProposeBreakoutPayload(breakout=Breakout.of(response.breakout))

    @strawberry.mutation(
        extensions=[Refusable()], description="Ends a long search early; the best plan so far becomes the proposal."
    )
    async def cancel_operation(self, info: Info, input: CancelOperationInput) -> CancelOperationPayload:
        request = breakout_pb2.CancelOperationRequest(
            operation_id=uuid_of("Operation", input.operation_id, "operation_id")
        )
        response = await mutate(info, info.context.calls.services.breakouts.CancelOperation, request)
        return CancelOperationPayload(operation=Operation.of(response.operation))

    @strawberry.mutation(
        extensions=[Refusable()], description="Plans the rest anew; rounds already held are left alone."
    )
    async def replan_breakout(self, info: Info, input: ReplanBreakoutInput) -> ReplanBreakoutPayload:
        request = breakout_pb2.ReplanBreakoutRequest(breakout_id=_breakout(input.breakout_id), pins=to_pins(input.pins))
        response = await mutate(info, info.context.calls.services.breakouts.ReplanBreakout, request)
        return ReplanBreakoutPayload(
            breakout=Breakout.of(response.breakout),
            moves=[Move.of(move) for move in response.moves],
            moves_in_all=response.moves_in_all,
            moves_in_open_round=response.moves_in_open_round,
            least_moves_in_open_round=response.least_moves_in_open_round,
        )

    @strawberry.mutation(extensions=[Refusable()], description="Opens the next round: everybody sees their group.")
    async def publish_round(self, info: Info, input: PublishRoundInput) -> PublishRoundPayload:
        request = breakout_pb2.PublishRoundRequest(
            breakout_id=_breakout(input.breakout_id), round_number=input.round_number
        )
        response = await mutate(info, info.context.calls.services.breakouts.PublishRound, request)
        return PublishRoundPayload(breakout=Breakout.of(response.breakout))

    @strawberry.mutation(
        extensions=[Refusable()], description="Closes the open round; those who sat together in it have met."
    )
    async def close_round(self, info: Info, input: CloseRoundInput) -> CloseRoundPayload:
        request = breakout_pb2.CloseRoundRequest(
            breakout_id=_breakout(input.breakout_id), round_number=input.round_number
        )
        response = await mutate(info, info.context.calls.services.breakouts.CloseRound, request)
        return CloseRoundPayload(breakout=Breakout.of(response.breakout))


@strawberry.type
class RuleMutations:
    @strawberry.mutation(
        extensions=[Refusable()],
        description="States a confidential rule for all plans to come: members for themselves, organisers for others.",
    )
    async def state_rule(self, info: Info, input: StateRuleInput) -> StateRulePayload:
        request = rule_pb2.StateRuleRequest(
            kind=to_enum(rule_pb2.RuleKind, input.kind, "RULE_KIND_"),
            account_ids=[
                uuid_of("Member", account, f"account_ids[{at}]") for at, account in enumerate(input.account_ids)
            ],
        )
        response = await mutate(info, info.context.calls.services.rules.StateRule, request)
        return StateRulePayload(rule=Rule.of(response.rule))

    @strawberry.mutation(extensions=[Refusable()], description="Takes a rule back.")
    async def withdraw_rule(self, info: Info, input: WithdrawRuleInput) -> WithdrawRulePayload:
        request = rule_pb2.WithdrawRuleRequest(rule_id=uuid_of("Rule", input.rule_id, "rule_id"))
        await mutate(info, info.context.calls.services.rules.WithdrawRule, request)
        return WithdrawRulePayload()


@strawberry.type
class IntroductionMutations:
    @strawberry.mutation(
        extensions=[Refusable()],
        description="Asks somebody whom the caller met. Asking again while it is open gives the same one.",
    )
    async def ask_introduction(self, info: Info, input: AskIntroductionInput) -> AskIntroductionPayload:
        request = introduction_pb2.AskIntroductionRequest(
            to_account_id=uuid_of("Member", input.to_account_id, "to_account_id"), message=input.message
        )
        response = await mutate(info, info.context.calls.services.introductions.AskIntroduction, request)
        return AskIntroductionPayload(introduction=Introduction.of(response.introduction))

    @strawberry.mutation(extensions=[Refusable()], description="Agrees, as the one who was asked.")
    async def accept_introduction(self, info: Info, input: AcceptIntroductionInput) -> AcceptIntroductionPayload:
        request = introduction_pb2.AcceptIntroductionRequest(introduction_id=_introduction(input.introduction_id))
        response = await mutate(info, info.context.calls.services.introductions.AcceptIntroduction, request)
        return AcceptIntroductionPayload(introduction=Introduction.of(response.introduction))

    @strawberry.mutation(extensions=[Refusable()], description="Declines, as the one who was asked.")
    async def decline_introduction(self, info: Info, input: DeclineIntroductionInput) -> DeclineIntroductionPayload:
        request = introduction_pb2.DeclineIntroductionRequest(introduction_id=_introduction(input.introduction_id))
        response = await mutate(info, info.context.calls.services.introductions.DeclineIntroduction, request)
        return DeclineIntroductionPayload(introduction=Introduction.of(response.introduction))


def _breakout(id: strawberry.ID) -> str:
    return uuid_of("Breakout", id, "breakout_id")


def _introduction(id: strawberry.ID) -> str:
    return uuid_of("Introduction", id, "introduction_id")
