"""A simulated model hub on loopback: repositories, ranges, redirects, and faults on demand."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class FileRequest:
    """A request for a file: its path and its Range header."""

    path: str
    range: str | None
    authorization: str | None


@dataclass
class HubServer:
    """``repos[repo][file]`` is what the hub holds; ``sent`` overrides what it sends of a file."""

    repos: dict[str, dict[str, bytes]]
    sent: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    """Bytes after which the next answers with a file are cut, one entry an answer."""
    ignores_range: bool = False
    status: int | None = None
    listing_body: bytes | None = None
    """The answer to a request for a listing, in place of the repository's."""
    requests: list[FileRequest] = field(default_factory=list)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"server_hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def listing(self, repo: str) -> bytes:
        """What the hub's API says of ``repo``; files from 1000 bytes on count as large."""
        siblings = [
            {
                "rfilename": name,
                "size": len(data),
                "lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                if len(data) >= 1000
                else None,
            }
            for name, data in self.repos[repo].items()
        ]
        return json.dumps({"id": repo, "sha": COMMIT, "siblings": siblings}).encode()


class _Handler(BaseHTTPRequestHandler):
    server_hub: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass

    def do_GET(self) -> None:
        hub, path = self.server_hub, urlsplit(self.path).path
        if hub.status is not None:
            self._answer(hub.status, b"")
        elif path.startswith("/api/models/"):
            owner, name = path.split("/")[3:5]
            repo = f"{owner}/{name}"
            body = hub.listing_body or (hub.listing(repo) if repo in hub.repos else b"")
            self._answer(200 if body else 404, body)
        elif path.startswith("/cdn/"):
            self._file(path.removeprefix("/cdn"))
        else:
            self._answer(302, b"", {"Location": "/cdn" + self.path})

    def _file(self, path: str) -> None:
        hub = self.server_hub
        owner, name, _, _, file = path.lstrip("/").split("/", 4)
        requested_range = self.headers.get("Range")
        hub.requests.append(FileRequest(path, requested_range, self.headers.get("Authorization")))
        data = hub.sent.get(file, hub.repos.get(f"{owner}/{name}", {}).get(file))
        if data is None:
            self._answer(404, b"")
            return
        begin = 0
        if requested_range and not hub.ignores_range:
            begin = int(requested_range.removeprefix("bytes=").removesuffix("-"))
        if begin > len(data) or (begin and begin == len(data)):
            self._answer(416, b"")
            return
        headers = {"Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}"} if begin else {}
        self._answer(206 if begin else 200, data[begin:], headers, is_file=True)

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        is_file: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if is_file and self.server_hub.cuts:
            self.wfile.write(body[: self.server_hub.cuts.pop(0)])
            self.wfile.flush()
            self.close_connection = True
        else:
            self.wfile.write(body)
