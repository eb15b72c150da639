"""The services that the gateway calls, and a call as somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import grpc.aio
from ontmoet.events.v1.event_pb2_grpc import EventServiceStub
from ontmoet.events.v1.registration_pb2_grpc import RegistrationServiceStub
from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceStub
from ontmoet.matching.v1.introduction_pb2_grpc import IntroductionServiceStub
from ontmoet.matching.v1.rule_pb2_grpc import RuleServiceStub
from ontmoet.membership.v1.member_pb2_grpc import MemberServiceStub
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub
from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceStub

from services.common.refusals import Kind, Refusal, Unauthenticated
from services.common.rpc.channel import as_service, on_behalf_of
from services.common.rpc.refusals import is_refusal, refusal_from

if TYPE_CHECKING:
    from ontmoet.events.v1.event_pb2_grpc import EventServiceAsyncStub
    from ontmoet.events.v1.registration_pb2_grpc import RegistrationServiceAsyncStub
    from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceAsyncStub
    from ontmoet.matching.v1.introduction_pb2_grpc import IntroductionServiceAsyncStub
    from ontmoet.matching.v1.rule_pb2_grpc import RuleServiceAsyncStub
    from ontmoet.membership.v1.member_pb2_grpc import MemberServiceAsyncStub
    from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceAsyncStub
    from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceAsyncStub

Q = TypeVar("Q")
A = TypeVar("A")
Rpc = Callable[[Q], Awaitable[A]]


@dataclass(frozen=True)
class Services:
    """One stub per gRPC service, over three channels."""

    networks: NetworkServiceAsyncStub
    sign_in: SignInServiceAsyncStub
    members: MemberServiceAsyncStub
    events: EventServiceAsyncStub
    registrations: RegistrationServiceAsyncStub
    breakouts: BreakoutServiceAsyncStub
    introductions: IntroductionServiceAsyncStub
    rules: RuleServiceAsyncStub

    @classmethod
    def over(cls, *, membership: grpc.aio.Channel, events: grpc.aio.Channel, matching: grpc.aio.Channel) -> Services:
        return cls(
            networks=NetworkServiceStub(membership),
            sign_in=SignInServiceStub(membership),
            members=MemberServiceStub(membership),
            events=EventServiceStub(events),
            registrations=RegistrationServiceStub(events),
            breakouts=BreakoutServiceStub(matching),
            introductions=IntroductionServiceStub(matching),
            rules=RuleServiceStub(matching),
        )


class Calls:
    """Calls of the services in one network, as one user or as the gateway itself.

    Every call raises a Refusal when it is refused, also by a service that is away.
    """

    def __init__(self, services: Services, *, network: UUID, token: str | None, language: str) -> None:
        self.services = services
        self._network = network
        self._token = token
        self._language = language

    async def call(self, rpc: Rpc[Q, A], request: Q, *, idempotency_key: str | None = None) -> A:
        """Calls as the user."""
        if self._token is None:
            raise Unauthenticated
        with on_behalf_of(self._token, network=self._network, language=self._language, idempotency_key=idempotency_key):
            return await answered(rpc(request))

    async def call_as_gateway(self, rpc: Rpc[Q, A], request: Q) -> A:
        """Calls as the gateway, for people who have no token yet."""
        with as_service(self._network, language=self._language):
            return await answered(rpc(request))


class MessageTooLong(Exception):
    """What was asked for is longer than a message can be."""


async def answered(call: Awaitable[A]) -> A:
    """The answer; a refusal of the service is raised as a Refusal. Raises MessageTooLong."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and not is_refusal(error):
            raise MessageTooLong from error
        raise refusal_from(error) from None


async def or_none(call: Awaitable[A]) -> A | None:
    """The answer, or None where there is no such thing."""
    try:
        return await call
    except Refusal as refusal:
        if refusal.kind is Kind.NOT_FOUND:
            return None
        raise
