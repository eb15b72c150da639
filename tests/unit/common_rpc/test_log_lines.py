"""A log line says where and when, and never who or how to get in."""

import json
import logging as standard
from collections.abc import Generator
from uuid import uuid4

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_trace_id

from services.common import logging
from services.common.caller import Caller, calling

JWT = "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def as_it_was() -> Generator[None]:
    root = standard.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_json_on_standard_error_with_trace_and_network(capsys: pytest.CaptureFixture[str]):
    logging.configure("events")
    network = uuid4()
    span = TracerProvider().get_tracer("test").start_as_current_span("call")
    with calling(Caller(network, uuid4())), span as current:
        logging.logger("room").info("something happened", places=3)
    printed = capsys.readouterr()
    line = json.loads(printed.err)
    assert printed.out == ""
    assert line["trace_id"] == format_trace_id(current.get_span_context().trace_id)
    assert {name: line[name] for name in ("event", "places", "network", "service", "level", "logger")} == {
        "event": "something happened",
        "places": 3,
        "network": str(network),
        "service": "events",
        "level": "info",
        "logger": "room",
    }


def test_a_librarys_line_looks_the_same(capsys: pytest.CaptureFixture[str]):
    logging.configure("events")
    standard.getLogger("nats").warning("reconnecting to %s", "nats://127.0.0.1")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["logger"], line["level"]) == ("reconnecting to nats://127.0.0.1", "nats", "warning")


@pytest.mark.parametrize(
    "secret",
    [
        "Ann.Peeters+events@voka.be",
        JWT,
        f"Bearer {JWT}",
        "postgresql://events_service:hunter2@db/events",
        "DETAIL:  Key (name)=(Ann Peeters) already exists.",
        "[parameters: ('Ann Peeters', 'hunter2')]",
    ],
)
def test_no_personal_data_and_no_secret_gets_into_a_line(secret: str, capsys: pytest.CaptureFixture[str]):
    """A6: also not through an exception's text."""
    logging.configure("events")
    logging.logger("room").info(f"for {secret}", value=secret)
    try:
        raise ValueError(f"first line\n{secret}\nlast line")
    except ValueError:
        logging.logger("room").exception("failed", values=[secret], mapped={secret: secret})
    printed = capsys.readouterr().err
    for part in ("Peeters", "voka.be", "hunter2", "eyJzdWIi", "c2lnbmF0dXJl"):
        assert part not in printed
    assert all(json.loads(line) for line in printed.splitlines())


@pytest.mark.parametrize("library", ["uvicorn.error", "httpx"])
def test_a_librarys_line_about_each_request_is_left_out_for_it_names_addresses(
    library: str, capsys: pytest.CaptureFixture[str]
):
    logging.configure("gateway")
    standard.getLogger(library).info('%s - "WebSocket %s" [accepted]', "203.0.113.7:36108", "/graphql?token=x")
    standard.getLogger(library).warning("Invalid HTTP request received.")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "Invalid HTTP request received."


def test_a_line_keeps_what_is_no_secret():
    for text in ("took 3.5 s", "/ontmoet.events.v1.EventService/GetEvent", "http://127.0.0.1:8080/", str(uuid4())):
        assert logging.scrub(text) == text
