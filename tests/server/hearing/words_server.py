"""A server of speech to text on loopback: strict about the form, with answers by script."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, TypeAlias

KEY: Final = "sk-very-secret"
FORMATS: Final = ("json", "text", "srt", "verbose_json", "vtt")
KNOWN: Final = frozenset(
    {"file", "model", "language", "prompt", "response_format", "temperature", "stream"}
)


@dataclass(frozen=True)
class Words:
    """An answer, sent after ``until`` is set if there is one."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    until: threading.Event | None = None


Answering: TypeAlias = Callable[[dict[str, str]], Words]


@dataclass
class WordsServer:
    answer: Answering
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The forms of the requests, with the length of the audio as ``seconds``."""


def verbose(text: str, language: str = "english", **measured: float) -> Words:
    """An answer with one segment."""
    segment = {"text": text, "avg_logprob": -0.2, "no_speech_prob": 0.01, **measured}
    return Words({"text": text, "language": language, "segments": [segment]})


def error(status: int, text: str, **headers: str) -> Words:
    return Words({"error": {"message": text}}, status, headers)


@contextmanager
def words_server(answer: Answering | Words) -> Iterator[WordsServer]:
    """The server, until the context ends."""
    given = answer if callable(answer) else (lambda _: answer)
    server = WordsServer(given)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            words = self._answered(body)
            data = words.body if isinstance(words.body, bytes) else json.dumps(words.body).encode()
            if words.until is not None:
                words.until.wait(10)
            try:
                self.send_response(words.status)
                for name, value in words.headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                self.close_connection = True

        def _answered(self, body: bytes) -> Words:
            if self.path != "/v1/audio/transcriptions":
                return Words({"detail": "Not Found"}, 404)
            if self.headers["Authorization"] != f"Bearer {KEY}":
                return error(401, f"Incorrect API key provided: {self.headers['Authorization']}")
            form = _form(self.headers["Content-Type"], body)
            if unknown := form.keys() - KNOWN - {"seconds"}:
                return error(400, f"Unknown parameter: {', '.join(unknown)}")
            if form["response_format"] not in FORMATS:
                return error(400, "Invalid response_format")
            server.asked.append(form)
            return server.answer(form)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _form(content_type: str, body: bytes) -> dict[str, str]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(data, bytes)
        if name == "file":
            with wave.open(io.BytesIO(data)) as file:
                assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
                form["seconds"] = f"{file.getnframes() / file.getframerate():.1f}"
        form[name] = "" if name == "file" else data.decode()
    return form
