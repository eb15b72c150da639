"""One sign-up is one trace, counted at every station, and told in the logs without who it was."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Generator, Sequence

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind

from services.common import logging as our_logging
from services.common.caller import Role
from tests.support.graphql import Client
from tests.support.matching_service import eventually
from tests.support.postgres import TestPostgres
from tests.support.telemetry import Probe
from tests.support.traced import Traced, running_traced

REGISTER = "ontmoet.events.v1.RegistrationService/Register"
CONFIRMED = "ontmoet.events.v1.PlaceConfirmed"
SIGN_UP = """mutation SignUp($event: ID!) {
  register(input: {eventId: $event}) { registration { id state } errors { code message } } }"""
NAME = "Annelies Geheim"


@pytest.fixture(scope="module")
async def traced(probe: Probe, postgres: TestPostgres) -> AsyncIterator[Traced]:
    async with running_traced(postgres) as running:
        yield running


@pytest.fixture(scope="module")
async def event(traced: Traced) -> str:
    """The id of an open event."""
    organiser = await traced.person("Olga Organiser", Role.ORGANISER)
    created = await organiser.do(
        "createEvent",
        "event { id }",
        title="Virtuele vrijdag",
        mode="ONLINE",
        startsAtLocal="2027-03-01T09:00",
        durationSeconds=3600,
        capacity=100,
    )
    event_id: str = created["event"]["id"]
    await organiser.do("openRegistration", "event { state }", eventId=event_id)
    return event_id


@pytest.fixture
def logged() -> Generator[None]:
    """Puts back, after a test, where log lines went before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def sign_up(client: Client, event: str, trace: str = "") -> None:
    """Register, in a trace of one's own choice, and see one's place appear."""
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"} if trace else {}
    mine = "subscription ($id: ID!) { myRegistration(eventId: $id) { registration { state } } }"
    async with client.subscribe(mine, id=event) as live:
        assert (await live.next())["myRegistration"]["registration"] is None
        answer = (await client.with_headers(**headers).ask(SIGN_UP, event=event))["register"]
        assert not answer["errors"]
        assert (await live.next())["myRegistration"]["registration"]["state"] == "CONFIRMED"


def the(spans: Sequence[ReadableSpan], name: str, kind: SpanKind) -> ReadableSpan:
    [found] = [span for span in spans if (span.name, span.kind) == (name, kind)]
    return found


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def id_of(span: ReadableSpan) -> int:
    assert span.context
    return span.context.span_id


async def test_a_sign_up_is_one_trace_from_the_request_to_whoever_sees_it_live(
    probe: Probe, traced: Traced, event: str
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    ann = await traced.person(NAME)
    await sign_up(ann, event, trace)

    async def complete() -> bool:
        names = {span.name for span in probe.spans(int(trace, 16))}
        return {f"publish {CONFIRMED}", f"show {CONFIRMED}", "mutation SignUp"} <= names

    await eventually(complete)
    spans = probe.spans(int(trace, 16))
    operation = the(spans, "mutation SignUp", SpanKind.SERVER)
    calling = the(spans, REGISTER, SpanKind.CLIENT)
    answering = the(spans, REGISTER, SpanKind.SERVER)
    publishing = the(spans, f"publish {CONFIRMED}", SpanKind.PRODUCER)
    showing = the(spans, f"show {CONFIRMED}", SpanKind.CONSUMER)
    assert parent_of(operation) == 0x00F067AA0BA902B7
    assert parent_of(calling) == id_of(operation)
    assert parent_of(answering) == id_of(calling)
    assert parent_of(publishing) == id_of(answering)
    assert parent_of(showing) == id_of(answering)
    statements = [span for span in spans if span.attributes and span.attributes.get("db.system") == "postgresql"]
    assert {parent_of(span) for span in statements} >= {id_of(answering)}
    assert any("INSERT INTO outbox" in str(span.attributes) for span in statements)
    told = json.dumps([dict(span.attributes or {}) for span in spans], default=str)
    assert NAME not in told
    assert "@secret.example" not in told


async def test_a_new_member_is_one_trace_from_the_request_to_what_a_consumer_stores(
    probe: Probe, traced: Traced
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    organiser = (await traced.person("Olga Organiser", Role.ORGANISER)).with_headers(
        traceparent=f"00-{trace}-00f067aa0ba902b7-01"
    )
    await organiser.do("addMembers", "members { id }", members=[{"email": "bo@secret.example", "name": NAME}])
    joined = "ontmoet.membership.v1.MemberJoined"

    async def handled() -> bool:
        return f"handle {joined}" in {span.name for span in probe.spans(int(trace, 16))}

    await eventually(handled)
    spans = probe.spans(int(trace, 16))
    answering = the(spans, "ontmoet.membership.v1.MemberService/AddMembers", SpanKind.SERVER)
    handling = the(spans, f"handle {joined}", SpanKind.CONSUMER)
    asking = the(spans, "ontmoet.membership.v1.MemberService/BatchGetMembers", SpanKind.CLIENT)
    assert parent_of(the(spans, f"publish {joined}", SpanKind.PRODUCER)) == id_of(answering)
    assert parent_of(handling) == id_of(answering)
    assert parent_of(asking) == id_of(handling)
    stored = [span for span in spans if parent_of(span) == id_of(handling) and "inbox" in str(span.attributes)]
    assert stored


async def test_a_sign_up_is_counted_by_operation_and_by_rpc_and_the_lags_are_known(
    probe: Probe, traced: Traced, event: str
) -> None:
    def counted(metric: str, **labels: str) -> float:
        wanted = {name.replace("_", "."): value for name, value in labels.items()}
        return sum(value for found, value in probe.points(metric) if wanted.items() <= dict(found).items())

    def figures() -> list[float]:
        code = {"rpc.method": REGISTER, "rpc.grpc.status_code": "OK"}
        rpc = [
            sum(value for found, value in probe.points(metric) if dict(found) == code)
            for metric in ("ontmoet.rpc.server.requests", "rpc.server.duration")
        ]
        return [*rpc, counted("graphql.server.duration", operation_name="SignUp", outcome="ok")]

    before = figures()
    await sign_up(await traced.person("Cy"), event)
    assert [after - earlier for after, earlier in zip(figures(), before, strict=True)] == [1, 1, 1]
    for histogram in ("rpc.server.duration", "graphql.server.duration"):
        [bounds] = probe.bounds(histogram)
        assert bounds[:3] == (0.005, 0.01, 0.025), "seconds, of which most operations take a fraction"
    failed = counted("graphql.server.duration", operation_name="Broken", outcome="error")
    await traced.client(traced.network.id).execute('query Broken { event(id: "x") { id } }')
    assert counted("graphql.server.duration", operation_name="Broken", outcome="error") == failed + 1

    async def caught_up() -> bool:
        outbox = {dict(labels)["area"]: value for labels, value in probe.points("ontmoet.outbox.lag")}
        consumers = [value for _, value in probe.points("ontmoet.consumer.lag")]
        return outbox.get("events") == 0 and outbox.get("membership") == 0 and 0 in consumers

    await eventually(caught_up)


async def test_log_lines_of_a_sign_up_say_trace_and_network_and_nothing_of_the_person(
    traced: Traced, event: str, logged: None, capsys: pytest.CaptureFixture[str]
) -> None:
    our_logging.configure("tests", "DEBUG")
    ann = await traced.person(NAME)
    await sign_up(ann, event)
    trace = "8a3c60f7d188f8fa79d48a391a778fa6"
    refused = await ann.with_headers(traceparent=f"00-{trace}-00f067aa0ba902b7-01").change(
        "changeCapacity", "event { id }", eventId=event, capacity=1
    )
    assert refused["errors"][0]["code"] == "PERMISSION_DENIED"
    printed = capsys.readouterr().err
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line["event"] == "refused" and line.get("trace_id") == trace]
    assert line["network"] == str(traced.network.id)
    called = [line for line in lines if line["event"] == "called"]
    assert called
    assert all(line.get("trace_id") for line in called)
    assert ann.token
    for secret in (NAME, "@secret.example", ann.token, ann.token.rpartition(".")[2]):
        assert secret not in printed
