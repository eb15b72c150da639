"""Log lines: JSON on standard error, each with its trace and network, none with personal data or a secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Protocol, cast

import structlog
from opentelemetry import trace

from services.common.caller import current_caller

_ADDRESS = re.compile(r"[^\s@\"'<>()\[\],;:=\\]+@[\w-]+(?:\.[\w-]+)+")
_TOKEN = re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}")
_PASSWORD = re.compile(r"(://[^:/\s@\"]*:)[^@\s\"]+@")
# What PostgreSQL and SQLAlchemy add to an error: the row's values.
_VALUES = re.compile(r"(DETAIL: |\[parameters: ).*")


class Logger(Protocol):
    """A logger: an event in plain words, and what belongs to it as keywords."""

    def debug(self, event: str, **values: object) -> None: ...
    def info(self, event: str, **values: object) -> None: ...
    def warning(self, event: str, **values: object) -> None: ...
    def error(self, event: str, **values: object) -> None: ...
    def exception(self, event: str, **values: object) -> None: ...


def logger(name: str) -> Logger:
    """The logger of a module. Log ids and counts; never a request, a token, a name or an address."""
    return cast(Logger, structlog.stdlib.get_logger(name))


def scrub(text: str) -> str:
    """The text without e-mail addresses, tokens, passwords, and the values that a database error quotes."""
    text = _PASSWORD.sub(r"\1[removed]@", text)
    text = _VALUES.sub(r"\1[removed]", text)
    return _ADDRESS.sub("[address]", _TOKEN.sub("[token]", text))


def _scrubbed(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else scrub(str(value))


def configure(service_name: str, level: str = "INFO") -> None:
    """Send the log lines of this process, its libraries' too, to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _logger, _method, event: {**event, "service": service_name},
                structlog.processors.format_exc_info,
                lambda _logger, _method, event: {name: _scrubbed(value) for name, value in event.items()},
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # They say per request what our own lines say, and with addresses in them: uvicorn.error names each WebSocket's.
    for chatty in ("uvicorn.access", "uvicorn.error", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _where(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
    if (network := current_caller().network_id) is not None:
        event.setdefault("network", str(network))
    return event
