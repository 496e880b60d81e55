"""Exports the turns as OpenTelemetry traces, by OTLP over HTTP.

OpenTelemetry's own batch processor queues the spans and sends them in its thread; a collector that
does not answer costs the bot no time, and its spans are dropped when the queue is full.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, set_span_in_context

from logs import FaultLog
from monitoring.rooms import RoomId
from monitoring.turn_spans import TurnSpans, TurnTrace
from pipeline.events import RoomEvent
from version import project_version

log = logging.getLogger(__name__)

_TIMEOUT_S: Final = 2
"""The longest attempt to send spans; a stop of the process waits for the last one."""
_MOST_ROOMS: Final = 10_000


class ConversationTraces:
    """Makes a trace of each turn of all rooms; `observe` is called with each event.

    The rooms' clock is ``time.monotonic``. `close` sends what is queued, and blocks until then.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        share: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``share`` (0 to 1) of the turns become a trace."""
        resource = Resource.create(
            {"service.name": "openclaw-voice", "service.version": project_version()}
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("openclaw-voice", project_version())
        self._rooms: dict[RoomId, TurnSpans] = {}
        self._share, self._chance = share, chance

    def observe(self, room: RoomId, event: RoomEvent) -> None:
        """Take one event of a room, and export the turns that it completes."""
        if room not in self._rooms and len(self._rooms) >= _MOST_ROOMS:
            self._rooms.pop(next(iter(self._rooms)))
        turns = self._rooms.setdefault(room, TurnSpans())
        for trace in turns.observe(event):
            if self._chance() < self._share:
                self._export(room, trace)

    def _export(self, room: RoomId, trace: TurnTrace) -> None:
        offset_s = time.time() - time.monotonic()

        def ns(at: float) -> int:
            return round((at + offset_s) * 1e9)

        whole = trace.turn
        where = {"room": str(room)} | ({"guild": str(room)} if isinstance(room, int) else {})
        root = self._tracer.start_span(
            whole.name,
            kind=SpanKind.SERVER,
            start_time=ns(whole.began),
            attributes={**where, **whole.attributes},
        )
        parent = set_span_in_context(root)
        for stage in trace.stages:
            child = self._tracer.start_span(
                stage.name,
                parent,
                start_time=ns(stage.began),
                attributes=dict(stage.attributes),
            )
            child.end(ns(stage.ended))
        root.end(ns(whole.ended))

    def close(self) -> None:
        """Send the queued spans, then end the exporter's thread."""
        self._provider.shutdown()


def otlp_exporter(url: str) -> SpanExporter:
    """The exporter to the collector at ``url``; without a path it is ``/v1/traces``. Headers come
    from ``OTEL_EXPORTER_OTLP_HEADERS``, OpenTelemetry's own variable."""
    has_path = urlsplit(url).path.strip("/") != ""
    endpoint = url if has_path else f"{url.rstrip('/')}/v1/traces"
    # It logs three lines for every batch that does not arrive.
    logging.getLogger(OTLPSpanExporter.__module__).setLevel(logging.CRITICAL)
    return _LoggedExporter(OTLPSpanExporter(endpoint=endpoint, timeout=_TIMEOUT_S), endpoint)


class _LoggedExporter(SpanExporter):
    """Logs that a collector does not take the spans, each time less often."""

    _FAILED: Final = "the collector at %s does not take the traces (monitoring.traces_url)"

    def __init__(self, exporter: SpanExporter, endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._faults = FaultLog(log)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._faults.recovered(self._FAILED)
        else:
            self._faults.tell(logging.WARNING, self._FAILED, self._endpoint)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()
