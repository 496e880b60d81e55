"""The handshake of the simulated Gateway."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection

from openclaw_client.clock import Clock
from openclaw_client.protocol.frames import MAX_FRAME_BYTES
from openclaw_client.protocol.wire import PROTOCOL
from simulators.gateway.admission import LOOPBACK, Admission, Authenticator
from simulators.gateway.faults import GatewayFaults
from simulators.gateway.params import (
    ConnectParams,
    RequestFrame,
    check_params,
    read_request,
)
from simulators.gateway.peer import (
    MAX_BUFFERED_BYTES,
    ClientPeer,
    answer_frame,
    refusal_frame,
    send_json,
)
from simulators.gateway.refusal import CLOSE_POLICY, CLOSE_TOO_BIG, Refusal, invalid

VERSION = "2026.9.6-simulated"
MAX_EARLY_FRAME_BYTES = 65_536
HANDSHAKE_TIMEOUT_S = 15.0
FORWARDED = "X-Forwarded-For"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Handshake:
    """Runs the handshake on each new socket."""

    def __init__(
        self,
        authenticator: Authenticator,
        faults: GatewayFaults,
        methods: list[str],
        tick_interval_s: float,
        report_violation: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._authenticator = authenticator
        self._faults = faults
        self._methods = methods
        self._tick_interval_s = tick_interval_s
        self._report_violation = report_violation
        self.boot_id = str(uuid.uuid4())

    async def greet(self, socket: ServerConnection) -> ClientPeer | None:
        """Run the handshake; None for a rejected client, whose socket is closed."""
        nonce = str(uuid.uuid4())
        challenge = {"nonce": nonce, "ts": now_ms(), "capabilities": ["model-catalog-snapshot"]}
        send_json(socket, {"type": "event", "event": "connect.challenge", "payload": challenge})
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                text = await socket.recv()
        except TimeoutError:
            await socket.close()
            return None
        request = await self._first_request(socket, text)
        if request is None:
            return None
        try:
            admission = self._admit(request, nonce, _address(socket))
        except Refusal as refusal:
            self._note(refusal)
            send_json(socket, refusal_frame(request.id, refusal))
            await socket.close(refusal.close, refusal.message[:120])
            return None
        send_json(socket, answer_frame(request.id, self._hello(admission)))
        return ClientPeer(socket, admission, self._clock)

    async def _first_request(
        self, socket: ServerConnection, text: str | bytes
    ) -> RequestFrame | None:
        if len(text) > MAX_EARLY_FRAME_BYTES:
            self._report_violation("a frame of more than 64 KiB before hello-ok")
            await socket.close(CLOSE_TOO_BIG)
            return None
        try:
            request = read_request(text)
        except Refusal as refusal:
            self._note(refusal)
            await socket.close(CLOSE_POLICY, "invalid request frame")
            return None
        if request is None:
            self._report_violation("a frame that is no JSON")
            await socket.close()
        return request

    def _admit(self, request: RequestFrame, nonce: str, address: str) -> Admission:
        if request.method != "connect":
            refusal = invalid("invalid handshake: first request must be connect")
            refusal.violation = True
            raise refusal
        params = check_params(ConnectParams, request.params, "connect")
        if self._faults.refusals:
            raise self._faults.refusals.popleft()
        return self._authenticator.admit(params, nonce, now_ms(), address=address)

    def _note(self, refusal: Refusal) -> None:
        if refusal.violation:
            self._report_violation(refusal.message)

    def _hello(self, admission: Admission) -> dict[str, Any]:
        auth: dict[str, Any] = {
            "method": "bootstrap-token" if admission.invited else "token",
            "role": admission.role,
            "scopes": list(admission.scopes),
        }
        if admission.device_token is not None:
            auth |= {"deviceToken": admission.device_token, "issuedAtMs": now_ms()}
        return {
            "type": "hello-ok",
            "protocol": PROTOCOL,
            "server": {
                "version": VERSION,
                "bootId": self.boot_id,
                "connId": str(uuid.uuid4()),
            },
            "features": {
                "methods": self._methods,
                "events": ["connect.challenge", "agent", "chat", "health", "tick", "shutdown"],
                "capabilities": [],
            },
            "snapshot": {"presence": [], "health": {}, "stateVersion": {}, "uptimeMs": 1},
            "auth": auth,
            "policy": {
                "maxPayload": MAX_FRAME_BYTES,
                "maxBufferedBytes": MAX_BUFFERED_BYTES,
                "tickIntervalMs": round(self._tick_interval_s * 1000),
            },
        }


def _address(socket: ServerConnection) -> str:
    """The client's address; behind a proxy, the address that the proxy reports."""
    headers = socket.request.headers if socket.request is not None else {}
    return headers.get(FORWARDED, LOOPBACK)
