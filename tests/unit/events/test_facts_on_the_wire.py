"""Facts and their messages."""

from dataclasses import fields
from typing import Any
from uuid import UUID, uuid4

import pytest
from ontmoet.events.v1 import facts_pb2

from services.common.facts import Fact
from services.events.domain import facts
from services.events.wire import encode_fact
from tests.support.events import HOUR, NOON

ABSTRACT = {facts.Fact, facts.ModeratorFact, facts.RegistrationFact}
KINDS = [
    kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, Fact) and kind not in ABSTRACT
]

VALUES: dict[str, Any] = {
    "version": 7,
    "starts_at": NOON,
    "ends_at": NOON + HOUR,
    "expires_at": NOON,
    "capacity": 102,
    "late": True,
}


def a_fact(kind: type[Fact]) -> Fact:
    values: dict[str, Any] = {each.name: VALUES.get(each.name) or uuid4() for each in fields(kind)}
    return kind(**values)


def test_every_fact_of_the_contract_can_be_told():
    assert {kind.__name__ for kind in KINDS} == set(facts_pb2.DESCRIPTOR.message_types_by_name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_travels_under_its_own_name_with_all_its_values(kind: type[Fact]):
    fact = a_fact(kind)
    message = encode_fact(fact)
    assert message.DESCRIPTOR.name == kind.__name__
    assert {field.name for field, _ in message.ListFields()} == set(message.DESCRIPTOR.fields_by_name)
    first = message.DESCRIPTOR.fields[0].name
    assert UUID(getattr(message, first)) == fact.aggregate
