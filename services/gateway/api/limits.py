"""What one GraphQL document may ask for, also through fragments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    get_named_type,
)

from services.gateway.api.relay import DEFAULT_PAGE, LARGEST_PAGE

MAX_TOKENS = 2000
MAX_DEPTH = 14
MAX_ALIASES = 30
MAX_DIRECTIVES = 30
# One for each field, times the page size below a connection.
MAX_COST = 20_000

INTROSPECTION = {"__schema", "__type"}


@dataclass(frozen=True)
class Size:
    """What a selection adds up to once its fragments are filled in."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0

    def beside(self, other: Size) -> Size:
        return Size(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.cost + other.cost,
        )


class Limits(ValidationRule):
    """Refuses a document that is too deep, or asks for too much.

    Each fragment is measured once, so that nested fragments cannot make the measuring itself expensive. Introspection
    is not deep by the caller's choice and is left out of depth and cost.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        definitions = context.document.definitions
        self._connections = _connections(context.schema)
        self._fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
        self._measured: dict[str, Size] = {}
        size = Size()
        for node in definitions:
            if isinstance(node, OperationDefinitionNode):
                size = size.beside(self._selections(node.selection_set)).beside(
                    Size(directives=len(node.directives or ()))
                )
        for what, value, most in (
            ("depth", size.depth, MAX_DEPTH),
            ("number of aliases", size.aliases, MAX_ALIASES),
            ("number of directives", size.directives, MAX_DIRECTIVES),
            ("cost", size.cost, MAX_COST),
        ):
            if value > most:
                context.report_error(GraphQLError(f"The document's {what} is above the limit of {most}."))

    def _selections(self, selection_set: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selection_set.selections if selection_set else ():
            size = size.beside(Size(directives=len(node.directives or ())))
            if isinstance(node, FieldNode):
                size = size.beside(self._field(node))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self._selections(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._fragment(node.name.value))
        return size

    def _field(self, node: FieldNode) -> Size:
        aliases = 1 if node.alias else 0
        if node.name.value in INTROSPECTION:
            return Size(aliases=aliases)
        below = self._selections(node.selection_set)
        items = _items(node) if node.name.value in self._connections else 1
        return Size(below.depth + 1, below.aliases + aliases, below.directives, 1 + below.cost * items)

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            # A fragment that spreads itself counts as empty here; validation refuses it by another rule.
            self._measured[name] = Size()
            if fragment := self._fragments.get(name):
                self._measured[name] = self._selections(fragment.selection_set)
        return self._measured[name]


@cache
def _connections(schema: GraphQLSchema) -> frozenset[str]:
    """The names of all fields that answer with a connection."""
    return frozenset(
        name
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in cast(dict[str, Any], kind.fields).items()
        if cast(GraphQLNamedType, get_named_type(field.type)).name.endswith("Connection")
    )


def _items(node: FieldNode) -> int:
    """How many items a connection may answer with; a variable counts as the most."""
    for argument in node.arguments or ():
        if argument.name.value == "first" and not isinstance(argument.value, NullValueNode):
            return int(argument.value.value) if isinstance(argument.value, IntValueNode) else LARGEST_PAGE
    return DEFAULT_PAGE
