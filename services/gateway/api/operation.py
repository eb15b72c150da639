"""Which operation of a document a request means."""

from __future__ import annotations

from graphql import GraphQLError, OperationDefinitionNode, get_operation_ast
from strawberry.types import ExecutionContext


def unclear(context: ExecutionContext) -> GraphQLError | None:
    """Why the request means none of its document's operations: it names none that is there, or none of several."""
    document = context.graphql_document
    # The public name is the first operation's when the request names none.
    name = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]
    if document is None or get_operation_ast(document, name):
        return None
    if name is not None:
        return GraphQLError(f"Unknown operation named '{name}'.")
    if any(isinstance(definition, OperationDefinitionNode) for definition in document.definitions):
        return GraphQLError("Must provide operation name if query contains multiple operations.")
    return GraphQLError("Must provide an operation.")
