"""The barest client: sends what a case tells it to, and keeps what comes."""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from testing.waiting import within

PATIENCE_S = 20.0
"""For anything that has to come; a Gateway's first turn takes 5 s on a busy machine."""
OPERATOR_SCOPES = ["operator.read", "operator.write"]

Payload = dict[str, Any]


def connect_params(token: str, **changes: Any) -> Payload:
    """Those of the bot; None in ``changes`` takes one away."""
    params = {
        "minProtocol": 4,
        "maxProtocol": 4,
        "client": client_info("gateway-client", "backend"),
        "role": "operator",
        "scopes": OPERATOR_SCOPES,
        "auth": {"token": token},
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


def client_info(ident: str, mode: str, **more: str) -> dict[str, str]:
    return {"id": ident, "mode": mode, "version": "0", "platform": "linux", **more}


class Probe:
    """One connection. Everything that comes is kept in ``events``; nothing is waited for longer
    than ``PATIENCE_S``."""

    def __init__(self, socket: ClientConnection, challenge: Payload) -> None:
        self.socket = socket
        self.challenge = challenge
        self.hello: Payload = {}
        self.events: list[Payload] = []
        self._answers: dict[str, Payload] = {}

    # -- asking ------------------------------------------------------------------------------------

    async def send(self, frame: Any) -> None:
        """A frame, or any text at all."""
        await self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    def announce_frame(self, size: int) -> None:
        """Send the head of a text frame of that many bytes, and none of them."""
        final_text, masked_with_64_bit_length = 0x81, 0xFF
        head = struct.pack("!BBQ", final_text, masked_with_64_bit_length, size)
        self.socket.transport.write(head + b"mask")

    async def ask(self, method: str, params: Mapping[str, Any] | None = None) -> Payload:
        """The answer frame of one request."""
        ident = await self.ask_only(method, params)
        return await self.answer(ident)

    async def ask_only(self, method: str, params: Mapping[str, Any] | None = None) -> str:
        """Ask without waiting; the id under which ``answer`` has it."""
        ident = uuid.uuid4().hex
        await self.send({"type": "req", "id": ident, "method": method, "params": params or {}})
        return ident

    async def answer(self, ident: str) -> Payload:
        """The answer frame of that request."""
        while ident not in self._answers:
            await self._read()
        return self._answers.pop(ident)

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Payload:
        """The payload of an answer that has to be a yes."""
        answer = await self.ask(method, params)
        assert answer["ok"], answer
        payload: Payload = answer["payload"]
        return payload

    async def refusal(self, method: str, params: Mapping[str, Any] | None = None) -> Payload:
        """The error of an answer that has to be a no."""
        answer = await self.ask(method, params)
        assert not answer["ok"], answer
        error: Payload = answer["error"]
        return error

    # -- turns -------------------------------------------------------------------------------------

    async def turn(self, session: str, message: str, **more: Any) -> str:
        """Begin a turn; its run's id, once it is acknowledged as started."""
        run_id = str(uuid.uuid4())
        ack = await self.call("chat.send", turn_params(session, message, run_id, **more))
        assert ack["runId"] == run_id, ack
        assert ack["status"] == "started", ack
        return run_id

    async def chat(self, run_id: str, *states: str) -> Payload:
        """The payload of the run's first chat event in one of those states."""
        return await self.event(
            "chat", lambda payload: payload["runId"] == run_id and payload["state"] in states
        )

    async def end(self, run_id: str) -> Payload:
        """The payload of the run's last word."""
        return await self.chat(run_id, "final", "aborted", "error")

    def chats(self, run_id: str, *states: str) -> list[Payload]:
        """The chat events of one run so far, of all states or of those."""
        payloads = [frame["payload"] for frame in self.events if frame["event"] == "chat"]
        return [
            payload
            for payload in payloads
            if payload["runId"] == run_id and (not states or payload["state"] in states)
        ]

    # -- reading -----------------------------------------------------------------------------------

    async def event(
        self, name: str, fits: Callable[[Payload], object] = lambda payload: True
    ) -> Payload:
        """The payload of the first event of that name that fits, seen already or yet to come."""
        looked_at = 0
        while True:
            for frame in self.events[looked_at:]:
                if frame["event"] == name and fits(frame["payload"]):
                    payload: Payload = frame["payload"]
                    return payload
            looked_at = len(self.events)
            await self._read()

    async def barrier(self) -> None:
        """Read all that was sent before now, by way of a request and its answer."""
        await self.ask("agents.list", {})

    def payloads(self, name: str) -> list[Payload]:
        """Those of all events of that name so far."""
        return [frame["payload"] for frame in self.events if frame["event"] == name]

    async def more(self, patience_s: float = PATIENCE_S) -> None:
        """Read the next frame, whatever it is."""
        await self._read(patience_s)

    async def closed(self) -> tuple[int, str]:
        """Code and reason with which the server closes; 1006 if it breaks off without a word."""
        try:
            while True:
                await self._read()
        except ConnectionClosed as closed:
            await self.socket.wait_closed()
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")

    def cut(self) -> None:
        """Break the connection without a closing handshake."""
        self.socket.transport.abort()

    async def _read(self, patience_s: float = PATIENCE_S) -> None:
        async with within(patience_s, "a frame", seen=lambda: self.events[-3:]):
            frame: Payload = json.loads(await self.socket.recv())
        if frame["type"] == "event":
            self.events.append(frame)
        else:
            self._answers[frame["id"]] = frame


def turn_params(session: str, message: str, run_id: str, **more: Any) -> Payload:
    """Those of ``chat.send``."""
    return {"sessionKey": session, "message": message, "idempotencyKey": run_id, **more}


@asynccontextmanager
async def knock(
    url: str, headers: Mapping[str, str] | None = None, *, unread: int | None = None
) -> AsyncIterator[Probe]:
    """Connected, with the challenge read, and not yet let in.

    What comes is taken off the socket at once; but no more than ``unread`` frames of it, if given.
    """
    async with connect(
        url,
        compression=None,
        max_size=None,
        max_queue=unread,
        ping_interval=None,
        proxy=None,
        additional_headers=headers,
    ) as socket:
        async with within(PATIENCE_S, "the challenge"):
            frame = json.loads(await socket.recv())
        assert frame["event"] == "connect.challenge", frame
        yield Probe(socket, frame["payload"])
