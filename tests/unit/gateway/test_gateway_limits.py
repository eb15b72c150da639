"""G2: limits on what a document may ask for."""

import time
from collections.abc import Callable

import pytest
from graphql import GraphQLSchema, parse, validate

from services.gateway.api import limits
from services.gateway.api.limits import Limits
from services.gateway.api.schema import schema

SCHEMA: GraphQLSchema = schema._schema  # pyright: ignore[reportPrivateUsage] - strawberry hides graphql-core's schema


def refused(document: str) -> list[str]:
    return [error.message for error in validate(SCHEMA, parse(document), [Limits])]


def deep(levels: int) -> str:
    return "{ " + "event { " * (levels - 1) + "id" + " }" * (levels - 1) + " }"


def in_fragments(levels: int) -> str:
    fragments = [f"fragment F{n} on Event {{ event {{ ...F{n + 1} }} }}" for n in range(levels - 2)]
    return "\n".join(["{ event { ...F0 } }", *fragments, f"fragment F{levels - 2} on Event {{ id }}"])


@pytest.mark.parametrize("document", [deep, in_fragments])
def test_g2_a_document_may_be_as_deep_as_the_limit_and_no_deeper(document: Callable[[int], str]) -> None:
    assert not refused(document(limits.MAX_DEPTH))
    assert "depth" in refused(document(limits.MAX_DEPTH + 1))[0]


def test_g2_aliases_are_counted_also_through_fragments() -> None:
    def document(count: int) -> str:
        aliases = " ".join(f"a{n}: id" for n in range(count // 2))
        return f"{{ a: me {{ ...F }} b: me {{ ...F }} }} fragment F on Member {{ {aliases} }}"

    assert not refused(document(limits.MAX_ALIASES - 2))
    assert "aliases" in refused(document(limits.MAX_ALIASES))[0]


def test_g2_directives_are_counted() -> None:
    def document(count: int) -> str:
        return "{ me { id " + "@include(if: true) " * count + "} }"

    assert not refused(document(limits.MAX_DIRECTIVES))
    assert "directives" in refused(document(limits.MAX_DIRECTIVES + 1))[0]


@pytest.mark.parametrize("first", ["first: 200", "first: $n"])
def test_g2_a_list_in_a_list_costs_its_product(first: str) -> None:
    inner = f"registrations({first}) {{ edges {{ node {{ id }} }} }}"
    assert not refused(f"query ($n: Int) {{ events(first: 20) {{ edges {{ node {{ {inner} }} }} }} }}")
    costly = f"query ($n: Int) {{ events({first}) {{ edges {{ node {{ {inner} }} }} }} }}"
    assert "cost" in refused(costly)[0]


def test_g2_a_list_hidden_in_a_fragment_costs_as_much() -> None:
    fragment = "fragment F on RegistrationConnection { edges { node { id } } }"
    document = f"{{ events(first: 200) {{ edges {{ node {{ registrations(first: 200) {{ ...F }} }} }} }} }} {fragment}"
    assert "cost" in refused(document)[0]


def test_g2_measuring_nested_fragments_takes_no_time() -> None:
    fragments = [f"fragment F{n} on Member {{ ...F{n + 1} ...F{n + 1} }}" for n in range(100)]
    document = "\n".join(["{ me { ...F0 } }", *fragments, "fragment F100 on Member { id }"])
    started = time.perf_counter()
    assert "cost" in refused(document)[0]
    assert time.perf_counter() - started < 2


def test_g2_fragments_in_a_circle_end_the_measuring() -> None:
    assert not refused("{ me { ...F } } fragment F on Member { id ...G } fragment G on Member { ...F }")


def test_a_frontends_largest_page_passes() -> None:
    assert not refused(
        """query ($e: ID!) { event(id: $e) { id title series { title } myRegistration { state position }
        registrations(first: 200) { edges { cursor node { id state member { id name company profession } } } }
        breakout { rounds { number groups { number moderator { name } seats { member { id name company } } } } } } }"""
    )
