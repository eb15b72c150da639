"""One trace, from a request to what its facts cause; and how far behind everything is."""

from uuid import UUID

from ontmoet.events.v1.facts_pb2 import PlaceConfirmed
from opentelemetry import trace

from services.common.messaging.bus import Bus
from services.common.messaging.consumer import Consumer, Received
from services.common.messaging.relay import Relay
from tests.integration.common_messaging.conftest import effects_of, eventually, running
from tests.integration.common_messaging.notes.service import AREA, NotesInbox, NotesUow, write_note
from tests.support.telemetry import Probe


async def test_a_request_its_fact_and_what_the_fact_causes_are_one_trace(
    probe: Probe, uow: NotesUow, bus: Bus, network: UUID, name: str
):
    """The relay publishes, and the consumer handles, in the trace that the fact was stored in."""

    async def act(received: Received[PlaceConfirmed], inbox: NotesInbox) -> None:
        async with inbox.begin(received.network) as tx:
            await tx.act(name, received)

    async def acted() -> bool:
        return bool(await effects_of(uow, network, name))

    consumer = Consumer(name=name, area=AREA, handlers={PlaceConfirmed: act}, uow=uow, bus=bus)
    async with running(Relay(uow, bus, AREA).run(), consumer.run()):
        with trace.get_tracer(__name__).start_as_current_span("sign up") as request:
            await write_note(uow, network)
        await eventually(acted)
    kinds = {span.name: span.kind for span in probe.spans(request.get_span_context().trace_id)}
    assert kinds["publish ontmoet.events.v1.PlaceConfirmed"] is trace.SpanKind.PRODUCER
    assert kinds["handle ontmoet.events.v1.PlaceConfirmed"] is trace.SpanKind.CONSUMER


async def test_the_relay_tells_how_old_the_oldest_untold_fact_is(probe: Probe, uow: NotesUow, bus: Bus, network: UUID):
    """Zero when nothing waits."""
    async with running(Relay(uow, bus, AREA).run()):
        await write_note(uow, network)

        async def caught_up() -> bool:
            return ({"area": AREA}, 0.0) in [
                (dict(labels), value) for labels, value in probe.points("ontmoet.outbox.lag")
            ]

        await eventually(caught_up)
