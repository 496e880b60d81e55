"""Traces reach an OTLP receiver on loopback, and hold no word of what was said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from monitoring.traces import ConversationTraces, otlp_exporter
from pipeline.events import ReplyBegan, ReplyEnded, SpeechBegan, TurnDecided
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker
from testing.ports import closed_port

ANN = Speaker(1, "Ann Secret")


class Receiver:
    """A collector: decodes what it is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.bodies.append(self.rfile.read(length))
                receiver.paths.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


def one_turn(traces: ConversationTraces, room: int | str) -> float:
    began = time.monotonic() - 5.0
    latency = TurnLatency()
    latency.mark("speech_end", began + 1.0)
    latency.mark("turn_decided", began + 1.25)
    latency.mark("agent_asked", began + 1.5)
    latency.mark("first_delta", began + 1.75)
    traces.observe(room, SpeechBegan(ANN, began))
    traces.observe(room, TurnDecided(ANN, "the secret", True, ("called by name",), began + 1.4))
    traces.observe(room, ReplyBegan("jarvis", ANN, latency, began + 2.0))
    traces.observe(room, ReplyEnded("jarvis", ANN, "a secret", "a secret", False, began + 4.0))
    return began


def test_a_turn_arrives_as_a_trace_with_its_stages_under_it(receiver: Receiver) -> None:
    traces = ConversationTraces(otlp_exporter(receiver.url))
    one_turn(traces, 42)
    traces.close()
    spans = {span.name: span for span in receiver.spans()}
    assert set(spans) == {"turn", "speech", "endpoint", "agent", "playback"}
    assert receiver.paths == ["/v1/traces"]
    turn = spans.pop("turn")
    assert turn.parent_span_id == b""
    for span in spans.values():
        assert span.parent_span_id == turn.span_id
        assert span.trace_id == turn.trace_id
    endpoint = spans["endpoint"]
    took_s = (endpoint.end_time_unix_nano - endpoint.start_time_unix_nano) / 1e9
    assert took_s == pytest.approx(0.25, abs=1e-4)
    whole_s = (turn.end_time_unix_nano - turn.start_time_unix_nano) / 1e9
    assert whole_s == pytest.approx(4.0, abs=1e-4)
    attributes = {each.key: each.value.string_value for each in turn.attributes}
    assert attributes["guild"] == "42"
    assert attributes["speaker"] == "1"
    assert attributes["outcome"] == "answered"
    assert all(b"secret" not in body.lower() for body in receiver.bodies)


def test_the_share_of_the_setting_is_traced(receiver: Receiver) -> None:
    chances = iter([0.1, 0.9, 0.3, 0.5])
    traces = ConversationTraces(
        otlp_exporter(f"{receiver.url}/v1/traces"), share=0.5, chance=lambda: next(chances)
    )
    for _ in range(4):
        one_turn(traces, "talk")
    traces.close()
    assert sum(span.name == "turn" for span in receiver.spans()) == 2


def test_a_collector_that_does_not_answer_is_named_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    traces = ConversationTraces(otlp_exporter(f"http://127.0.0.1:{closed_port()}"))
    one_turn(traces, 42)
    traces.close()
    (record,) = caplog.records
    assert "monitoring.traces_url" in record.getMessage()
