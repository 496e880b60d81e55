"""Dispatches the requests of connected clients to the methods, and sends the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from simulators.gateway.faults import GatewayFaults
from simulators.gateway.methods import MethodCaller, Methods
from simulators.gateway.params import frame_id, read_request
from simulators.gateway.peer import ClientPeer
from simulators.gateway.refusal import Refusal


class RequestDispatcher:
    """Owns the tasks of pending answers until ``close``."""

    def __init__(
        self,
        methods: Methods,
        faults: GatewayFaults,
        report_violation: Callable[[str], None],
        drop_connections: Callable[[], None],
    ) -> None:
        self._methods = methods
        self._faults = faults
        self._report_violation = report_violation
        self._drop_connections = drop_connections
        self._late: set[asyncio.Task[None]] = set()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        """Every request so far: method and params."""

    def take(self, peer: ClientPeer, text: str | bytes) -> None:
        """Process a frame."""
        try:
            request = read_request(text)
        except Refusal as refusal:
            self._report_violation(refusal.message)
            peer.refuse(frame_id(text), refusal)
            return
        if request is None:
            self._report_violation("a frame that is no JSON")
            return
        params = request.params or {}
        self.requests.append((request.method, params))
        if self._faults.drops(request.method):
            self._drop_connections()
            return
        mute = self._faults.takes_no_answer(request.method)
        try:
            self._faults.check_room(request.method)
            answer = self._methods.call(request.method, params, MethodCaller(peer, peer.admission))
        except Refusal as refusal:
            self._refuse(peer, request.id, refusal, mute)
            return
        if not isinstance(answer, dict):
            self._answer_later(peer, request.id, answer, mute)
        elif not mute:
            peer.answer(request.id, answer)

    async def close(self) -> None:
        """Cancel all pending answers."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    def _refuse(self, peer: ClientPeer, ident: str, refusal: Refusal, mute: bool) -> None:
        if refusal.violation:
            self._report_violation(refusal.message)
        if not mute:
            peer.refuse(ident, refusal)

    def _answer_later(
        self, peer: ClientPeer, ident: str, answer: Awaitable[dict[str, Any]], mute: bool
    ) -> None:
        async def wait() -> None:
            try:
                payload = await answer
            except Refusal as refusal:
                self._refuse(peer, ident, refusal, mute)
                return
            if not mute:
                peer.answer(ident, payload)

        task = asyncio.create_task(wait())
        self._late.add(task)
        task.add_done_callback(self._late.discard)
