"""The GraphQL schema, put together from its areas."""

from __future__ import annotations

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry import relay
from strawberry.extensions import AddValidationRules, MaxTokensLimiter
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from services.common.logging import logger
from services.common.refusals import Refusal
from services.gateway.api.context import Info
from services.gateway.api.events.mutations import EventMutations
from services.gateway.api.events.queries import EventsQueries
from services.gateway.api.events.registrations import ModeratorMutations, RegistrationMutations
from services.gateway.api.events.subscriptions import EventsSubscriptions
from services.gateway.api.events.types import fetch_registration, load_event, load_series
from services.gateway.api.extensions import Errors, Reading, Telemetry, cause_of
from services.gateway.api.limits import MAX_TOKENS, Limits
from services.gateway.api.matching.mutations import BreakoutMutations, IntroductionMutations, RuleMutations
from services.gateway.api.matching.queries import MatchingQueries
from services.gateway.api.matching.subscriptions import MatchingSubscriptions
from services.gateway.api.matching.types import fetch_breakout, fetch_introduction
from services.gateway.api.membership.mutations import MembershipMutations, SignInMutations
from services.gateway.api.membership.queries import MembershipQueries
from services.gateway.api.membership.types import fetch_network, load_member
from services.gateway.api.operation import unclear
from services.gateway.api.relay import parse_global_id
from services.gateway.api.remembered import Parsed, Validated

log = logger(__name__)

NODES = {
    "Network": fetch_network,
    "Member": load_member,
    "Event": load_event,
    "Series": load_series,
    "Registration": fetch_registration,
    "Breakout": fetch_breakout,
    "Introduction": fetch_introduction,
}


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Anything that has a global id; null when there is no such thing in this network.")
    async def node(self, info: Info, id: strawberry.ID) -> relay.Node | None:
        type_name, uuid = parse_global_id(id, "id")
        fetch = NODES.get(type_name)
        return await fetch(info, uuid) if fetch else None


Query = merge_types("Query", (NodeQueries, MembershipQueries, EventsQueries, MatchingQueries))
Mutation = merge_types(
    "Mutation",
    (
        SignInMutations,
        MembershipMutations,
        EventMutations,
        RegistrationMutations,
        ModeratorMutations,
        BreakoutMutations,
        RuleMutations,
        IntroductionMutations,
    ),
)
Subscription = merge_types("Subscription", (EventsSubscriptions, MatchingSubscriptions))


class Schema(strawberry.Schema):
    """Executes the operation that is meant; logs what nobody expected, and leaves the rest to the caller."""

    async def execute(self, *arguments: Any, **named: Any) -> ExecutionResult:
        """The one answer of a query or a mutation; a subscription has many, and needs a way that streams."""
        types = set(named.pop("allowed_operation_types", OperationType)) - {OperationType.SUBSCRIPTION}
        return await super().execute(*arguments, allowed_operation_types=types, **named)

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """What is wrong with a request before anything is executed. By itself the library takes the first of several
        operations, and has an unknown one close a WebSocket."""
        try:
            failed = await super()._prepare_operation_async(context, extensions_runner)
        except (CannotGetOperationTypeError, InvalidOperationTypeError):
            if not unclear(context):
                raise
            failed = None
        if not failed and (error := unclear(context)):
            context.pre_execution_errors = [error]
            failed = PreExecutionError(data=None, errors=[error])
        return failed

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        for error in errors:
            cause = cause_of(error)
            if cause is not None and not isinstance(cause, Refusal):
                log.error("a resolver failed", path=error.path, exc_info=cause)


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(disable_field_suggestions=True),
    extensions=[
        Telemetry,
        Errors,
        Reading,
        lambda: MaxTokensLimiter(MAX_TOKENS),
        lambda: AddValidationRules([Limits]),
        Parsed,
        Validated,
    ],
)
