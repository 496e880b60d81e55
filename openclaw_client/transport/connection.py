"""One connection to the Gateway, from the socket to its end: handshake, requests, events.

It does not reconnect; reconnecting.py does. ``serve()`` reads until the connection ends and runs in
its owner's task, so a connection has no task of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

from logs import FaultLog
from openclaw_client.clock import Clock, Timer, time_limit
from openclaw_client.errors import (
    GatewayRefused,
    GatewayUnreachable,
    ProtocolViolation,
    RequestFailed,
)
from openclaw_client.identity.credentials import Credentials
from openclaw_client.protocol.frames import (
    CLOSE_DEAD,
    Event,
    Response,
    decode_frame,
    encode_request,
)
from openclaw_client.protocol.handshake import Challenge, HelloOk, check_scopes, refusal
from openclaw_client.protocol.payloads import Shutdown, read_event
from openclaw_client.protocol.wire import PROTOCOL, read_payload
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.websocket import check_scheme, open_websocket

log = logging.getLogger(__name__)

MISSED_TICKS = 2
"""Without a frame for this many tick intervals a connection is dead (as OpenClaw's own client)."""
REQUEST_TIMEOUT_S = 10.0
"""The Gateway answers requests in 10 to 80 ms; in its first seconds, in up to 5 s."""


async def open_connection(
    config: OpenClawConfig,
    instance_id: str,
    clock: Clock,
    stats: GatewayStats,
    credentials: Credentials | None = None,
    faults: FaultLog | None = None,
) -> GatewayConnection:
    """Connect and perform the handshake. ``faults`` outlive the connection.

    Raises:
        GatewayUnreachable: no answer in time, or the connection broke.
        GatewayRefused: the Gateway refused, or granted too few scopes (``MissingScope``).
        ProtocolViolation: the server does not speak protocol 4.
        DeviceStoreError: the device key cannot be read.
    """
    url, credentials = config.ws_url, credentials or Credentials(config, None)
    try:
        async with time_limit(clock, config.connect_timeout_s):
            socket = await open_websocket(
                url, allow_insecure=config.allow_insecure, trust=config.trust
            )
            try:
                hello = await _handshake(socket, url, credentials, instance_id)
                credentials.accepted(hello)
            except GatewayRefused as refused:
                socket.transport.abort()
                raise credentials.rejected(refused) from None
            except BaseException:
                # Closing could take seconds; a Gateway that refused closes by itself.
                socket.transport.abort()
                raise
    except TimeoutError:
        await check_scheme(url)
        raise GatewayUnreachable(
            f"{url} did not finish the handshake within {config.connect_timeout_s:g} s"
        ) from None
    return GatewayConnection(socket, hello, url, clock, stats, faults or FaultLog(log))


async def _handshake(
    socket: ClientConnection, url: str, credentials: Credentials, instance_id: str
) -> HelloOk:
    try:
        first = decode_frame(await socket.recv(decode=False))
        if not isinstance(first, Event) or first.event != "connect.challenge":
            raise ProtocolViolation(f"{url} is no OpenClaw Gateway: it sent no connect.challenge")
        challenge = read_payload(Challenge, first.payload, "connect.challenge")
        params = credentials.connect_params(challenge, instance_id)
        await socket.send(encode_request("connect", "connect", params))
        answer = await _read_answer(socket, "connect")
    except ConnectionClosed as closed:
        raise GatewayUnreachable(
            f"{url} broke off the handshake: {describe_close(closed)}"
        ) from closed
    if not answer.ok:
        if answer.error is None:
            raise ProtocolViolation(f"{url} refused the connection without an error")
        raise refusal(answer.error, url)
    hello = read_payload(HelloOk, answer.payload, "hello-ok")
    if hello.protocol != PROTOCOL:
        raise GatewayRefused(
            f"{url} speaks protocol {hello.protocol}, this bot {PROTOCOL}",
            code="PROTOCOL_MISMATCH",
        )
    check_scopes(credentials.role.scopes, hello.auth.scopes, url)
    return hello


async def _read_answer(socket: ClientConnection, ident: str) -> Response:
    """The answer to the one request that was sent; other frames are ignored."""
    while True:
        try:
            frame = decode_frame(await socket.recv(decode=False))
        except ProtocolViolation as violation:
            if violation.answers == ident:
                raise
            continue
        if isinstance(frame, Response) and frame.id == ident:
            return frame


def describe_close(closed: ConnectionClosed) -> str:
    """Code and reason of a close, for the operator."""
    frame = closed.rcvd or closed.sent
    if frame is None:
        return "no closing handshake"
    return f"closed with {frame.code} {frame.reason}".rstrip()


class Liveness:
    """When a connection without incoming frames counts as dead. No I/O; time is an argument."""

    def __init__(self, tick_interval_s: float, now: float) -> None:
        self._patience_s = MISSED_TICKS * tick_interval_s
        self._last = now

    def heard(self, now: float) -> None:
        """Note a frame; any frame counts."""
        self._last = now

    def heard_after(self, then: float) -> bool:
        """Whether a frame came after ``then``."""
        return self._last > then

    def remaining_s(self, now: float) -> float:
        """Seconds until the connection counts as dead; 0 or less: now."""
        return self._last + self._patience_s - now


class GatewayConnection:
    """An open connection after its handshake."""

    def __init__(
        self,
        socket: ClientConnection,
        hello: HelloOk,
        url: str,
        clock: Clock,
        stats: GatewayStats,
        faults: FaultLog,
    ) -> None:
        self.hello = hello
        self.url = url
        self._socket = socket
        self._clock = clock
        self._stats = stats
        self._faults = faults
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Response | ProtocolViolation | None]] = {}
        self._last_seq = 0
        self._liveness = Liveness(hello.policy.tick_interval_ms / 1000, clock.time())
        self._liveness_timer: Timer | None = None
        self._end: str | None = None
        self._on_missed: Callable[[], None] = lambda: None

    @property
    def ended(self) -> bool:
        return self._end is not None

    async def serve(
        self, on_event: Callable[[Event], None], on_events_lost: Callable[[], None] = lambda: None
    ) -> str:
        """Read until the connection ends; return why it ended.

        ``on_event`` is called with each event, in order, with its payload as ``read_event`` gives
        it. ``on_events_lost`` is called when a gap in the numbers shows that events are missing,
        before the event after the gap, and for a chat event that cannot be read. Neither may block
        or raise.
        """
        self._on_missed = on_events_lost
        self._check_liveness()
        try:
            while True:
                # As bytes: a text that is not UTF-8 is a malformed frame and must not end the loop.
                text = await self._socket.recv(decode=False)
                self._liveness.heard(self._clock.time())
                self._handle_frame(text, on_event)
        except ConnectionClosedOK:
            return self._end_once("the Gateway closed the connection")
        except ConnectionClosed as closed:
            return self._end_once(describe_close(closed))
        finally:
            self._end_once("the bot closed the connection")
            if self._liveness_timer is not None:
                self._liveness_timer.cancel()

    async def request(
        self, method: str, params: Mapping[str, Any], *, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> Any:
        """Send a request and wait for the payload of its answer.

        Raises:
            RequestFailed: the answer is an error.
            ProtocolViolation: the answer is malformed.
            GatewayUnreachable: the connection ended first, or no answer came in time. If no other
                frame came either, the connection is dropped.
        """
        if self._end is not None:
            raise GatewayUnreachable(f"{method} was not sent to {self.url}: {self._end}")
        ident = str(next(self._ids))
        answered: asyncio.Future[Response | ProtocolViolation | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._waiting[ident] = answered
        asked_at = self._clock.time()
        try:
            async with time_limit(self._clock, timeout_s):
                await self._socket.send(encode_request(ident, method, params))
                answer = await answered
        except ConnectionClosed as closed:
            raise GatewayUnreachable(
                f"{method} did not reach {self.url}: {describe_close(closed)}"
            ) from closed
        except TimeoutError:
            if not self._liveness.heard_after(asked_at):
                self._drop_connection(f"nothing came for {timeout_s:g} s after {method}")
            raise GatewayUnreachable(
                f"{self.url} did not answer {method} within {timeout_s:g} s"
            ) from None
        finally:
            del self._waiting[ident]
        if answer is None:
            raise GatewayUnreachable(f"{self.url} gave no answer to {method}: {self._end}")
        if isinstance(answer, ProtocolViolation):
            raise answer
        if not answer.ok:
            raise _request_failed(method, answer)
        return answer.payload

    def leave(self, why: str) -> None:
        """Drop the connection at once, without a closing handshake."""
        if self._end is None:
            self._drop_connection(why)

    async def close(self) -> None:
        """Close with a closing handshake, within 2 s."""
        await self._socket.close()

    def _handle_frame(self, text: bytes, on_event: Callable[[Event], None]) -> None:
        try:
            frame = decode_frame(text)
            if isinstance(frame, Response):
                self._settle(frame.id, frame)
                return
            if not isinstance(frame, Event):
                raise ProtocolViolation("the Gateway sent a request")
            self._check_seq(frame)
            event = read_event(frame)
        except ProtocolViolation as violation:
            self._drop_frame(len(text), violation, on_event)
        else:
            on_event(event)

    def _drop_frame(
        self, size: int, violation: ProtocolViolation, on_event: Callable[[Event], None]
    ) -> None:
        """Count and log a malformed frame. A request that it answers fails at once, a chat event
        makes listeners look for their open runs, and a shutdown notice counts as one."""
        self._stats.frames_bad += 1
        kind = violation.event or ("an answer" if violation.answers else "a frame")
        message = f"dropped {kind} of %d bytes from %s: %s"
        self._faults.tell(logging.WARNING, message, size, self.url, violation)
        if violation.answers is not None:
            self._settle(violation.answers, violation)
        if violation.event == "chat":
            self._on_missed()
        elif violation.event == "shutdown":
            on_event(Event(event="shutdown", payload=Shutdown()))

    def _check_seq(self, event: Event) -> None:
        if event.seq is None:
            return
        missed = event.seq - self._last_seq - 1
        if missed > 0:
            self._stats.frames_missed += missed
            self._faults.tell(
                logging.WARNING,
                "%d events from %s were lost: the bot reads too slowly",
                missed,
                self.url,
            )
            self._on_missed()
        self._last_seq = max(self._last_seq, event.seq)

    def _settle(self, ident: str, answer: Response | ProtocolViolation) -> None:
        answered = self._waiting.get(ident)
        if answered is not None and not answered.done():
            answered.set_result(answer)

    def _end_once(self, why: str) -> str:
        """Note the end once, and fail all open requests."""
        if self._end is None:
            self._end = why
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_result(None)
        return self._end

    def _check_liveness(self) -> None:
        """Drop the connection if it is dead; otherwise check again when it would be."""
        remaining = self._liveness.remaining_s(self._clock.time())
        if remaining > 0:
            self._liveness_timer = self._clock.call_later(remaining, self._check_liveness)
            return
        self._drop_connection("no frame for two ticks")

    def _drop_connection(self, why: str) -> None:
        log.warning("dropping the connection to %s: %s", self.url, why)
        self._end_once(f"closed with {CLOSE_DEAD}: {why}")
        # The Gateway would not answer a closing handshake.
        self._socket.transport.abort()


def _request_failed(method: str, answer: Response) -> RequestFailed | ProtocolViolation:
    error = answer.error
    if error is None:
        return ProtocolViolation(f"the Gateway refused {method} without an error")
    return RequestFailed(
        method, error.code, error.message, error.details, retry_after_s=error.wait_s
    )
