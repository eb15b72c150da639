"""How much the gateway asks of the services, and how it is traced."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from opentelemetry.sdk.trace import ReadableSpan

from services.common.caller import Role
from tests.support.gatherings import a_break_out, an_open_event
from tests.support.graphql import Client
from tests.support.house import House
from tests.support.telemetry import Probe

NESTED = """query Nested { events { edges { node { title series { title } myRegistration { state member { name } }
  breakout { rounds { groups { moderator { name } seats { member { name company } } } } } } } } }"""


async def rpcs_of(probe: Probe, client: Client, document: str, **variables: object) -> Counter[str]:
    """The calls that one operation makes, by their names."""
    probe.exporter.clear()
    await client.ask(document, **variables)
    spans: list[ReadableSpan] = [span for span in probe.spans() if "Service/" in span.name]
    return Counter(span.name.partition("Service/")[2] for span in spans)


async def test_a_nested_question_costs_one_call_per_kind_of_thing_however_many_there_are(
    probe: Probe, house: House
) -> None:
    gathering, breakout_id = await a_break_out(house, "Ann", "Bo", "Cas", "Dirk", "Els", "Fien")
    client = gathering.organiser.client
    await client.do("publishRound", "breakout { id }", breakoutId=breakout_id, roundNumber=1)
    made = {"mode": "ONLINE", "durationSeconds": 3600, "capacity": 5, "startTime": "09:00"}
    await client.do("createSeries", "series { id }", title="Weekly", firstDate="2029-01-05", **made)
    assert await rpcs_of(probe, client, NESTED) == {
        "ListEvents": 1,
        "BatchGetSeries": 1,
        "BatchGetMyRegistrations": 1,
        "BatchGetEventBreakouts": 1,
        "BatchGetMembers": 1,
    }


OF_MANY_EVENTS = """query OfManyEvents { events { edges { node { title
  registrations(first: 5, states: [CONFIRMED]) { edges { node { state member { name } } } }
  myGroup { number seats { member { name } } }
  roster { participants { member { name } } moderators { member { name } } } moderators { member { name } } } } } }"""


async def test_who_comes_to_many_events_costs_one_call_per_kind_of_thing(probe: Probe, house: House) -> None:
    gathering, _ = await a_break_out(house, "Ann", "Bo")
    made = {"mode": "ONLINE", "durationSeconds": 3600, "capacity": 5, "startTime": "09:00"}
    client = gathering.organiser.client
    series = await client.do("createSeries", "occurrences { id }", title="Weekly", firstDate=in_a_week(), **made)
    assert len(series["occurrences"]) > 2
    counted = await rpcs_of(probe, client, OF_MANY_EVENTS)
    # The lists of people come back one after the other, and each asks for names at most once.
    assert 1 <= counted.pop("BatchGetMembers") <= 3
    assert counted == {
        "ListEvents": 1,
        "BatchListRegistrations": 1,
        "BatchGetRosters": 1,
        "BatchListModerators": 1,
        "BatchGetMyGroups": 1,
    }


async def test_the_occurrences_of_many_series_cost_one_call(probe: Probe, house: House) -> None:
    gathering = await an_open_event(house)
    client = gathering.organiser.client
    made = {"mode": "ONLINE", "durationSeconds": 3600, "capacity": 5, "startTime": "09:00", "firstDate": in_a_week()}
    of_series = {
        title: await client.do("createSeries", "occurrences { id }", title=title, **made) for title in ("A", "B")
    }
    document = """query { events(first: 50) { edges { node { title series {
      occurrences(first: 3) { edges { node { id } } pageInfo { hasNextPage endCursor } } } } } } }"""
    counted = await rpcs_of(probe, client, document)
    assert counted == {"ListEvents": 1, "BatchGetSeries": 1, "BatchListOccurrences": 1}
    for edge in (await client.ask(document))["events"]["edges"]:
        if edge["node"]["series"] is None:
            continue
        found = edge["node"]["series"]["occurrences"]
        assert [each["node"] for each in found["edges"]] == of_series[edge["node"]["title"]]["occurrences"][:3]
        assert found["pageInfo"]["hasNextPage"]


async def test_the_next_page_of_an_events_registrations_goes_on_where_the_first_ended(house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", "Cas", places=1)
    document = """query ($e: ID!, $after: String) { event(id: $e) { registrations(first: 2, after: $after) {
      edges { node { position member { name } } } pageInfo { hasNextPage endCursor } } } }"""
    client, after = gathering.organiser.client, None
    seen: list[tuple[str, int | None]] = []
    for has_next_page in (True, False):
        answer = await client.ask(document, e=gathering.event_id, after=after)
        page = answer["event"]["registrations"]
        assert page["pageInfo"]["hasNextPage"] is has_next_page
        after = page["pageInfo"]["endCursor"]
        seen += [(edge["node"]["member"]["name"], edge["node"]["position"]) for edge in page["edges"]]
    assert seen == [("Ann", None), ("Bo", 1), ("Cas", 2)]


def in_a_week() -> str:
    """The date, near enough for a series to have several occurrences."""
    return (date.today() + timedelta(days=7)).isoformat()


async def test_an_event_is_not_read_again_for_each_of_its_registrations(probe: Probe, house: House) -> None:
    gathering = await an_open_event(house, "Ann", "Bo", "Cas")
    document = """query ($e: ID!) { event(id: $e) { registrations { edges { node {
      state event { title } member { name } } } } } }"""
    counted = await rpcs_of(probe, gathering.organiser.client, document, e=gathering.event_id)
    assert counted == {"BatchGetEvents": 1, "BatchListRegistrations": 1, "BatchGetMembers": 1}


async def test_each_mutation_of_a_document_is_followed_by_a_fresh_reading(house: House) -> None:
    gathering = await an_open_event(house)
    document = """mutation ($e: ID!) {
      a: register(input: {eventId: $e}) { registration { event { confirmed } } errors { code } }
      b: changeCapacity(input: {eventId: $e, capacity: 7}) { event { capacity } errors { code } }
      c: register(input: {eventId: $e}) { registration { event { capacity confirmed } } errors { code } } }"""
    [helper] = await house.people(gathering.network, "Olga", roles=frozenset({Role.ORGANISER}))
    data = await helper.client.ask(document, e=gathering.event_id)
    assert data["a"]["registration"]["event"] == {"confirmed": 1}
    assert data["c"]["registration"]["event"] == {"capacity": 7, "confirmed": 1}


async def test_an_operation_is_one_trace_that_began_with_the_client(probe: Probe, house: House) -> None:
    gathering = await an_open_event(house, "Ann")
    [ann] = gathering.people
    trace_id, span_id = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    probe.exporter.clear()
    client = ann.client.with_headers(traceparent=f"00-{trace_id}-{span_id}-01")
    await client.ask("query MyEvents { events { edges { node { myRegistration { state } } } } }")
    spans = {span.name: span for span in probe.spans(int(trace_id, 16))}
    operation = spans["query MyEvents"]
    for call in ("EventService/ListEvents", "RegistrationService/BatchGetMyRegistrations"):
        parent = spans[f"ontmoet.events.v1.{call}"].parent
        assert parent
        assert operation.context
        assert parent.span_id == operation.context.span_id


async def test_operations_are_counted_by_name_type_and_outcome(probe: Probe, house: House) -> None:
    client = house.client(await house.network())
    await client.ask("query CountedOnce { network { name } }")
    await client.execute("query CountedOnce { events { edges { cursor } } }")
    counted = {
        labels["outcome"]: count
        for labels, count in probe.points("graphql.server.duration")
        if labels["operation.name"] == "CountedOnce" and labels["operation.type"] == "query"
    }
    assert counted == {"ok": 1, "error": 1}
