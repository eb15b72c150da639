"""T7 at the public endpoint: every field of the GraphQL schema, with ids of another network; made from the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast
from uuid import uuid4

import httpx
import pytest

from tests.support.asking import executed, global_id
from tests.support.documents import Operation, Slot, operations
from tests.support.graphql import Json
from tests.support.two_networks import Side, Two, rows_of

pytestmark = pytest.mark.xdist_group("networks apart")

CALLERS = ("owner", "organiser", "present")
ASKED = {**operations("query"), **operations("mutation")}
WITH_IDS = {name: operation for name, operation in ASKED.items() if operation.slots}
CHANGES_WITHOUT_IDS = {name: each for name, each in operations("mutation").items() if not each.slots}
SUBSCRIPTIONS = operations("subscription")


@pytest.mark.parametrize("operation", WITH_IDS.values(), ids=list(WITH_IDS))
async def test_t7_an_id_of_another_network_is_answered_as_a_missing_one_is_by_every_field(
    two: Two, http: httpx.AsyncClient, operation: Operation
) -> None:
    """T7: a foreign id is indistinguishable from a missing one."""
    for slot, types, foreign in foreign_ids(two, operation):
        missing = {**foreign, slot: str(uuid4())}
        for who in CALLERS:
            of_foreign = await asked(two, http, who, operation, types, foreign)
            of_missing = await asked(two, http, who, operation, types, missing)
            assert of_foreign == of_missing, (who, types)
            assert not two.told(of_foreign), (who, types)
            assert "INVALID_ARGUMENT" not in of_foreign, f"never looked for: {of_foreign}"


async def test_t7_what_a_network_reads_of_itself_tells_nothing_of_another(two: Two, http: httpx.AsyncClient) -> None:
    """T7: every query with ids of one's own, as deep as it goes; each type that can be asked for is seen with data."""
    seen: set[str] = set()
    for operation in operations("query").values():
        for types, own in own_ids(two.here, operation):
            for who in CALLERS:
                answer = await asked(two, http, who, operation, types, own, in_full=True)
                assert not two.told(answer), (who, operation)
                seen |= types_in(json.loads(answer))
    everything = set[str]().union(*(each.reachable for each in operations("query").values()))
    assert everything <= seen


@pytest.mark.parametrize("operation", CHANGES_WITHOUT_IDS.values(), ids=list(CHANGES_WITHOUT_IDS))
async def test_t7_a_change_that_takes_no_id_tells_nothing_of_another_network(
    two: Two, http: httpx.AsyncClient, operation: Operation
) -> None:
    """T7: nothing of network B is in an answer to network A."""
    for who in CALLERS:
        answer = await asked(two, http, who, operation, {}, {})
        assert not two.told(answer), who


@pytest.mark.parametrize("operation", SUBSCRIPTIONS.values(), ids=list(SUBSCRIPTIONS))
async def test_t7_an_event_of_another_network_is_seen_live_as_a_missing_one_is(two: Two, operation: Operation) -> None:
    """T7: an id of another network shows what a missing one shows."""
    [slot] = operation.slots
    event = two.there.ids["event"][0]
    shown: list[Json] = []
    for asked_for in (event, str(uuid4())):
        variables = operation.variables({slot: global_id("Event", asked_for)})
        async with two.here.people["present"].client.subscribe(operation.document(variables), **variables) as live:
            shown.append(await live.next())
    assert shown[0] == shown[1]
    assert not two.told(json.dumps(shown))


async def test_t7_the_walk_of_the_schema_left_the_other_network_as_it_was(two: Two) -> None:
    """T7: whatever was asked with its ids, not one of its rows has changed."""
    assert await rows_of(two.house, two.there.network.id) == two.before


def foreign_ids(two: Two, operation: Operation) -> Iterator[tuple[Slot, dict[Slot, str], dict[Slot, str]]]:
    """A slot, the types of all slots, and their ids: of there in this slot, one's own in the others."""
    for slot in operation.slots:
        for type_name in operation.types_at(slot):
            others = {other: operation.types_at(other)[0] for other in operation.slots if other != slot}
            own = {other: ids_of(two.here, type_)[0] for other, type_ in others.items()}
            for foreign in ids_of(two.there, type_name):
                yield slot, {**others, slot: type_name}, {**own, slot: foreign}


def own_ids(side: Side, operation: Operation) -> Iterator[tuple[dict[Slot, str], dict[Slot, str]]]:
    if not operation.slots:
        yield {}, {}
    for slot in operation.slots:
        for type_name in operation.types_at(slot):
            for own in ids_of(side, type_name):
                yield {slot: type_name}, {slot: own}


def ids_of(side: Side, type_name: str) -> list[str]:
    return side.ids[{"Member": "account"}.get(type_name, type_name.lower())]


async def asked(
    two: Two,
    http: httpx.AsyncClient,
    who: str,
    operation: Operation,
    types: dict[Slot, str],
    ids: dict[Slot, str],
    *,
    in_full: bool = False,
) -> str:
    """The answer to somebody here, without the ids that were asked for unless it is wanted in full."""
    encoded = {slot: global_id(types[slot], each) for slot, each in ids.items()}
    variables = operation.variables(encoded)
    document = operation.document(variables, on=next(iter(types.values()), ""))
    answer = await executed(http, two.here.people[who].client, document, variables)
    assert "data" in answer, answer
    text = json.dumps(answer)
    if not in_full:
        for slot, each in ids.items():
            text = text.replace(encoded[slot], f"<{slot}>").replace(each, f"<{slot}>")
    return text


def types_in(answer: object) -> set[str]:
    """The types of all objects in an answer."""
    if isinstance(answer, list):
        inside = cast(list[object], answer)
    elif isinstance(answer, dict):
        inside = [*cast(dict[str, object], answer).values()]
    else:
        return set()
    named = (
        {cast(dict[str, str], answer)["__typename"]}
        if isinstance(answer, dict) and "__typename" in answer
        else set[str]()
    )
    return named.union(*map(types_in, inside))
