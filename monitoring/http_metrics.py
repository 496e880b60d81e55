"""Metrics of an HTTP server: requests, their time, their first byte, those that are open.

    registry = new_registry()
    instrument(app, registry, token)

An ASGI middleware counts them. The label ``route`` is the path of the route, such as
``/v1/audio/speech``, and never what a client wrote: a request that no route takes is ``none``.
"""

from __future__ import annotations

import time
from typing import Final

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitoring.routes import monitoring_router

NO_ROUTE: Final = "none"
FIRST_BYTE_S: Final = (0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Upper ends of the buckets, in seconds: a sentence of Kokoro begins after some 0.3 s."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def instrument(app: FastAPI, registry: CollectorRegistry, token: SecretStr | None = None) -> None:
    """Count the requests of ``app``, and add ``/metrics`` to it. Call it before the start.

    This machine reads ``/metrics``; others need ``token``.
    """
    app.include_router(monitoring_router(registry, token=token))
    app.add_middleware(HttpMetrics, metrics=RequestMetrics(registry))


class RequestMetrics:
    """The metrics of one server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "openclaw_voice_http_requests",
            "Requests, by route, method and status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.first_byte = Histogram(
            "openclaw_voice_http_first_byte_seconds",
            "From a request to the first byte of the body of its answer.",
            ("route",),
            buckets=FIRST_BYTE_S,
            registry=registry,
        )
        self.duration = Histogram(
            "openclaw_voice_http_request_seconds",
            "From a request to the end of its answer, or to the end of its connection.",
            ("route",),
            buckets=FIRST_BYTE_S,
            registry=registry,
        )
        self.open = Gauge(
            "openclaw_voice_http_requests_open",
            "Requests and WebSockets that are being answered.",
            registry=registry,
        )
        self.sent = Counter(
            "openclaw_voice_http_sent_bytes",
            "Bytes of the answers' bodies, by route.",
            ("route",),
            registry=registry,
        )


class HttpMetrics:
    """The middleware."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        began, status, first, sent = time.monotonic(), 499, 0.0, 0

        async def counted(message: Message) -> None:
            nonlocal status, first, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "http.response.body" and message.get("body"):
                first = first or time.monotonic()
                sent += len(message["body"])
            await send(message)

        self._metrics.open.inc()
        try:
            await self._app(scope, receive, counted)
        except Exception:
            status = 500
            raise
        finally:
            self._metrics.open.dec()
            self._count(scope, status, began, first, sent)

    def _count(self, scope: Scope, status: int, began: float, first: float, sent: int) -> None:
        route = getattr(scope.get("route"), "path", NO_ROUTE)
        method = scope.get("method", "WEBSOCKET")
        known = method if method in _METHODS or method == "WEBSOCKET" else "other"
        self._metrics.requests.labels(route, known, str(status)).inc()
        self._metrics.duration.labels(route).observe(time.monotonic() - began)
        if first:
            self._metrics.first_byte.labels(route).observe(first - began)
            self._metrics.sent.labels(route).inc(sent)
