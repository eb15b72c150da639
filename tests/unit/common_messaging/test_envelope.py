from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from ontmoet.events.v1.facts_pb2 import PlaceOffered

from services.common.messaging.envelope import Envelope, StoredFact, Undecodable, subject_of

NETWORK, FACT, AGGREGATE = uuid4(), uuid4(), uuid4()
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def a_fact() -> StoredFact:
    return StoredFact(
        network=NETWORK,
        id=FACT,
        aggregate=AGGREGATE,
        version=7,
        type="ontmoet.events.v1.PlaceOffered",
        payload=PlaceOffered(account_id="ann").SerializeToString(),
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        occurred_at=NOON,
    )


def test_a_fact_arrives_as_it_was_stored():
    received = a_fact().enclose("events").decode()
    assert (received.id, received.network, received.aggregate, received.version) == (FACT, NETWORK, AGGREGATE, 7)
    assert received.message == PlaceOffered(account_id="ann")
    assert received.occurred_at == NOON


def test_the_subject_names_network_area_and_fact():
    assert a_fact().enclose("events").subject == f"ontmoet.{NETWORK}.events.v1.place_offered"
    assert subject_of("*", "events", "ontmoet.events.v1.NoShowMarked") == "ontmoet.*.events.v1.no_show_marked"


def test_a_fact_travels_as_a_cloud_event_whose_id_the_stream_knows():
    headers = a_fact().enclose("events").headers
    assert headers["Nats-Msg-Id"] == headers["ce-id"] == str(FACT)
    assert headers["ce-specversion"] == "1.0"
    assert headers["traceparent"] == a_fact().traceparent


@pytest.mark.parametrize(
    ("header", "value", "complaint"),
    [
        ("ce-id", "7", "ce-id is no id"),
        ("ce-subject", "", "ce-subject is no id"),
        ("ce-network", str(UUID(int=1)), "different networks"),
        ("ce-aggregateversion", "-1", "no number"),
        ("ce-time", "noon", "no time"),
        ("ce-type", "ontmoet.events.v1.Nonsense", "not known here"),
    ],
)
def test_a_message_with_a_wrong_header_cannot_be_decoded(header: str, value: str, complaint: str):
    envelope = a_fact().enclose("events")
    with pytest.raises(Undecodable, match=complaint):
        replace(envelope, headers=envelope.headers | {header: value}).decode()


def test_garbage_cannot_be_decoded():
    with pytest.raises(Undecodable, match="the payload is no"):
        replace(a_fact().enclose("events"), payload=b"\xff\xff").decode()


def test_a_message_without_headers_still_tells_its_network():
    envelope = Envelope(f"ontmoet.{NETWORK}.events.v1.place_offered", {}, b"")
    assert envelope.network == NETWORK
    assert (envelope.aggregate, envelope.fact_id, envelope.version) == (None, None, None)
