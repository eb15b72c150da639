"""What was traced and counted, for tests that ask."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.common import telemetry


@dataclass(frozen=True)
class Probe:
    """The spans and metrics of this process."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    def spans(self, trace_id: int | None = None) -> list[ReadableSpan]:
        """The spans that ended, of one trace when it is named."""
        ended = self.exporter.get_finished_spans()
        return [span for span in ended if trace_id is None or (span.context and span.context.trace_id == trace_id)]

    def points(self, metric: str) -> list[tuple[Mapping[str, Any], float]]:
        """The labels and values of a metric; for a histogram, how many values it holds."""
        data = self.reader.get_metrics_data()
        found: list[tuple[Mapping[str, Any], float]] = []
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for one in scope.metrics:
                    if one.name == metric:
                        found += [(point.attributes or {}, _value(point)) for point in one.data.data_points]
        return found

    def bounds(self, metric: str) -> set[tuple[float, ...]]:
        """Where a histogram is cut."""
        data = self.reader.get_metrics_data()
        return {
            tuple(point.explicit_bounds)
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for one in scope.metrics
            if one.name == metric
            for point in one.data.data_points
            if isinstance(point, HistogramDataPoint)
        }


def _value(point: Any) -> float:
    if isinstance(point, HistogramDataPoint):
        return point.count
    assert isinstance(point, NumberDataPoint)
    return point.value


@pytest.fixture(scope="session")
def probe() -> Generator[Probe]:
    """Telemetry of the whole session, kept in memory; the providers can be set only once per process."""
    kept = Probe(InMemorySpanExporter(), InMemoryMetricReader())
    shutdown = telemetry.provide("tests", spans=[SimpleSpanProcessor(kept.exporter)], readers=[kept.reader])
    yield kept
    shutdown()
