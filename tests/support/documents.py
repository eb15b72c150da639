"""GraphQL documents for every field of the schema, made from the schema alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)
from strawberry.utils.str_converters import to_snake_case

from services.gateway.api.schema import schema
from tests.support.contracts import SOME_WORDS, TEXTS, kind_of

Slot = tuple[str, ...]
SCHEMA: GraphQLSchema = build_schema(schema.as_str())
NODES = [kind.name for kind in SCHEMA.get_implementations(cast(GraphQLInterfaceType, SCHEMA.type_map["Node"])).objects]
TYPES = {"account": "Member"}
"""The GraphQL type of what ids are called; others are called as their type is."""
NEEDED = {"groupNumber"}
"""What may be left out, but for which somebody's id is not looked at: a first plan has no pin to take away."""
MANY, SOME = 20, 2
"""How many items of a list are asked for, and of one that is inside of something."""


@dataclass(frozen=True)
class Operation:
    """One field of Query, Mutation or Subscription."""

    kind: str
    name: str
    field: GraphQLField = field(repr=False)

    @property
    def slots(self) -> list[Slot]:
        """Where its arguments hold ids."""
        return [slot for name, given in self.field.args.items() for slot in _slots(_type_of(given), (name,))]

    def types_at(self, slot: Slot) -> list[str]:
        """Of which types the ids there may be."""
        answers: str = _named(_type_of(self.field)).name
        if slot[-1] == "id":
            return NODES if answers == "Node" else [answers]
        kind = kind_of(to_snake_case(slot[-1]))
        return [TYPES.get(kind, kind.capitalize())]

    def variables(self, ids: Mapping[Slot, str]) -> dict[str, Any]:
        """Well-formed arguments with these global ids; what may be left out is, but for ids."""
        return {
            name: _value(_type_of(given), name, (name,), ids)
            for name, given in self.field.args.items()
            if is_required_argument(given) or any(slot[0] == name for slot in ids)
        }

    def document(self, variables: Mapping[str, Any], *, on: str = "", plain: bool = False) -> str:
        """Takes these variables and asks for all that it answers with, or for nothing but its type when it is plain.

        `on` is the type that a node is expected to be.
        """
        declared = ", ".join(f"${name}: {_type_of(self.field.args[name])}" for name in variables)
        passed = [f"{name}: ${name}" for name in variables]
        if "first" in self.field.args:
            passed.append(f"first: {MANY}")
        below = "{ __typename }" if plain else self._selection(on)
        arguments = f"({', '.join(passed)})" if passed else ""
        return f"{self.kind} {f'({declared})' if declared else ''} {{ {self.name}{arguments} {below} }}"

    @property
    def reachable(self) -> set[str]:
        """The object types that can be in its answer."""
        seen: set[str] = set()
        selection(_type_of(self.field), seen)
        return seen

    def _selection(self, on: str) -> str:
        if self.name == "node":
            return f"{{ ... on {on} {selection(SCHEMA.type_map[on], set())} }}"
        return selection(_type_of(self.field), set())


def operations(kind: str) -> dict[str, Operation]:
    """Every field of "query", "mutation" or "subscription", by name."""
    root = cast(GraphQLObjectType, SCHEMA.type_map[kind.capitalize()])
    return {name: Operation(kind, name, found) for name, found in root.fields.items()}


def object_fields(type_name: str) -> set[str]:
    """The fields of a type that hold objects."""
    fields = cast(GraphQLObjectType, SCHEMA.type_map[type_name]).fields
    return {name for name, each in fields.items() if _is_object(each)}


def selection(type_: Any, seen: set[str]) -> str:
    """All fields of a type, and of the types in it; of a type that was seen before, just those that hold no others."""
    named = _named(type_)
    if not isinstance(named, GraphQLObjectType):
        return ""
    return "{ __typename " + " ".join(_fields(named, seen)) + " }"


def _fields(type_: GraphQLObjectType, seen: set[str]) -> Iterator[str]:
    again = type_.name in seen
    seen.add(type_.name)
    through = type_.name.endswith(("Connection", "Edge"))
    for name, each in type_.fields.items():
        assert not any(map(is_required_argument, each.args.values())), f"{type_.name}.{name} needs arguments"
        below = selection(_type_of(each), seen) if through or not (again and _is_object(each)) else None
        if below is not None:
            yield f"{name}{f'(first: {SOME})' if 'first' in each.args else ''} {below}"


def _is_object(each: GraphQLField) -> bool:
    return isinstance(_named(_type_of(each)), GraphQLObjectType)


def _slots(type_: Any, place: Slot) -> list[Slot]:
    named = _named(type_)
    if isinstance(named, GraphQLInputObjectType):
        return [slot for name, each in named.fields.items() for slot in _slots(_type_of(each), (*place, name))]
    return [place] if named.name == "ID" else []


def _value(type_: Any, name: str, place: Slot, ids: Mapping[Slot, str]) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return _value(cast(Any, type_).of_type, name, place, ids)
    if isinstance(type_, GraphQLList):
        return [_value(cast(Any, type_).of_type, name, place, ids)]
    if isinstance(type_, GraphQLInputObjectType):
        return {
            key: _value(_type_of(each), key, (*place, key), ids)
            for key, each in type_.fields.items()
            if is_required_input_field(each)
            or key in NEEDED
            or any(slot[: len(place) + 1] == (*place, key) for slot in ids)
        }
    if isinstance(type_, GraphQLEnumType):
        return "MEMBER" if type_.name == "Role" else next(iter(type_.values))
    return _scalar(type_.name, name, place, ids)


def _named(type_: Any) -> Any:
    return cast(Any, get_named_type)(type_)


def _type_of(thing: Any) -> Any:
    """A field's or an argument's type; graphql-core's own annotations of it are not complete."""
    return thing.type


def _scalar(type_name: str, name: str, place: Slot, ids: Mapping[Slot, str]) -> Any:
    match type_name:
        case "ID":
            return ids[place]
        case "String":
            snake = to_snake_case(name)
            return TEXTS[snake]() if snake in TEXTS else SOME_WORDS
        case "Boolean":
            return False
        case "Int":
            return {"durationSeconds": 3600, "groupSize": 2}.get(name, 1)
        case _:
            raise KeyError(f"{place}: {type_name}")
