"""The reconnecting connection: one supervisor task keeps a Gateway connection open.

idle ──start()──► connecting ──hello──► up ──lost──► waiting ──► connecting ...
                      │                  │              ▲
                      │                  └─► draining ──┤ closed, or too long
                      ├── the problem may pass ─────────┘
                      └── the key is refused ──► stopped, until start() is called again

The waits grow to half a minute while no caller needs the Gateway. While a caller waits in
``ready``, the client retries every second: a Gateway restarts in ten, and a caller should not wait
longer.
A problem that needs a person (a missing scope, a certificate, a full disk) is retried as well, but
``ready`` raises it after the next attempt instead of at the end of its time.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from backoff import Backoff
from logs import FaultLog, in_place
from openclaw_client.clock import Clock, Timer, sleep, time_limit
from openclaw_client.errors import (
    DeviceStoreError,
    GatewayRefused,
    GatewayUnreachable,
    NotConnected,
    OpenClawError,
)
from openclaw_client.identity.credentials import Credentials
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.protocol.frames import Event
from openclaw_client.protocol.handshake import OPERATOR, Role
from openclaw_client.protocol.payloads import Shutdown
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats, kind_of
from openclaw_client.transport.connection import GatewayConnection, open_connection

log = logging.getLogger(__name__)

_STABLE_S = 10.0
"""A connection that ends earlier counts as a failed attempt: the client must not reconnect every
second to a Gateway that accepts and closes."""
DRAIN_S: Final = 3.0
"""How long a Gateway may take to close the connection after its shutdown notice. Then the client
drops it: running runs are recovered over the next one, and waiting turns still have most of their
``retry_timeout`` left."""


class ConnectionState(StrEnum):
    IDLE = "idle"
    CONNECTING = "connecting"
    UP = "up"
    DRAINING = "draining"
    """Still connected, but the Gateway shuts down: no new turns."""
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """What an operator wants to know."""

    state: ConnectionState
    url: str
    server_version: str | None
    scopes: tuple[str, ...]
    problem: str | None
    """The last one, with what to do about it; None without a problem."""
    problem_kind: str | None
    """The same as a code, such as ``GatewayRefused:PAIRING_REQUIRED`` (``kind_of``)."""

    @property
    def stopped(self) -> bool:
        """Whether attempts stopped after a refused key, until `retry` or `start` is called."""
        return self.state is ConnectionState.STOPPED


class ConnectionListener(Protocol):
    """Receives what comes over the connection. No method may block; one that raises is logged and
    ends nothing."""

    def on_event(self, event: Event) -> None: ...

    def on_events_lost(self) -> None:
        """Events were lost on an open connection."""

    def on_connection_lost(self, why: str) -> None: ...


class ReconnectingConnection:
    """Keeps one connection to the Gateway open, and hands it out to callers."""

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        stats: GatewayStats | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        devices: DeviceStore | None = None,
        role: Role = OPERATOR,
        on_connected: Callable[[GatewayConnection], None] = lambda connection: None,
    ) -> None:
        """``on_connected`` is called with each new connection. It must neither block nor raise."""
        self.config = config
        self._credentials = Credentials(config, devices, role)
        self._on_connected = on_connected
        self.stats = stats if stats is not None else GatewayStats()
        self._clock = clock
        self._faults = FaultLog(log)
        self._instance_id = str(uuid.uuid4())
        self._backoff = Backoff(config.reconnect_min_s, config.reconnect_max_s, chance)
        self._listeners: list[ConnectionListener] = []
        self._task: asyncio.Task[None] | None = None
        self._state = ConnectionState.IDLE
        self._connection: GatewayConnection | None = None
        self._problem: OpenClawError | None = None
        self._changed = asyncio.Event()
        self._wanted = asyncio.Event()
        self._waiters = 0
        self._restart_at: float | None = None
        """The clock time at which the Gateway announced to be back after its shutdown."""
        self._draining: Timer | None = None
        self._away_since: float | None = None

    @property
    def away_since(self) -> float | None:
        """The clock time since which no turn can be sent; None while one can."""
        return self._away_since

    @property
    def clock(self) -> Clock:
        return self._clock or asyncio.get_running_loop()

    @property
    def status(self) -> ConnectionStatus:
        hello = self._connection.hello if self._connection is not None else None
        return ConnectionStatus(
            state=self._state,
            url=self.config.ws_url,
            server_version=hello.server.version if hello is not None else None,
            scopes=tuple(hello.auth.scopes) if hello is not None else (),
            problem=str(self._problem) if self._problem is not None else None,
            problem_kind=kind_of(self._problem) if self._problem is not None else None,
        )

    def add_listener(self, listener: ConnectionListener) -> None:
        self._listeners.append(listener)

    def start(self) -> None:
        """Start to connect in the background, also after a final refusal."""
        if self._task is None or self._task.done():
            self._away_since = None
            self._set(ConnectionState.CONNECTING)
            # The task serves all turns, so its log records belong to none of them.
            self._task = asyncio.create_task(
                self._supervise(), name="openclaw-connection", context=in_place("")
            )

    async def ready(self, within_s: float) -> GatewayConnection:
        """Wait for the connection to be open for turns.

        Raises:
            NotConnected: ``start()`` was not called.
            GatewayRefused: the Gateway refused, and waiting does not help.
            DeviceStoreError: the device key cannot be read.
            GatewayUnreachable: no connection within ``within_s``.
        """
        self._waiters += 1
        self._wanted.set()
        failed_before = self.stats.attempts_failed
        try:
            async with time_limit(self.clock, within_s):
                while (connection := self._usable_connection()) is None:
                    if self.stats.attempts_failed > failed_before and _needs_a_person(
                        self._problem
                    ):
                        self._raise_problem()
                    await self._changed.wait()
                return connection
        except TimeoutError:
            away_s = self.clock.time() - (self._away_since or self.clock.time())
            waited = f"within {within_s:.0f} s" if within_s >= 1 else f"for {away_s:.0f} s"
            raise GatewayUnreachable(
                f"no connection to {self.config.ws_url} {waited}"
                + (f": {self._problem}" if self._problem else "")
            ) from self._problem
        finally:
            self._waiters -= 1
            if not self._waiters:
                self._wanted.clear()

    async def close(self) -> None:
        """Disconnect, until the next ``start()``."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._set(ConnectionState.IDLE)

    def _usable_connection(self) -> GatewayConnection | None:
        match self._state:
            case ConnectionState.UP if self._connection is not None and not self._connection.ended:
                return self._connection
            case ConnectionState.IDLE:
                raise NotConnected("not connected to the Gateway; call connect() first")
            case ConnectionState.STOPPED:
                self._raise_problem()
        return None

    def _raise_problem(self) -> None:
        if self._problem is not None:
            raise self._problem.with_traceback(None)

    def _set(self, state: ConnectionState) -> None:
        self._state = state
        if state is ConnectionState.UP:
            self._away_since = None
        elif self._away_since is None:
            self._away_since = self.clock.time()
        self._changed.set()
        self._changed.clear()

    async def _supervise(self) -> None:
        self._backoff.reset()
        while True:
            self._set(ConnectionState.CONNECTING)
            try:
                asked_s = await self._connect_and_serve()
            except OpenClawError as problem:
                self._failed(problem)
                if _is_final(problem):
                    self._set(ConnectionState.STOPPED)
                    return
                asked_s = problem.retry_after_s if isinstance(problem, GatewayRefused) else None
            except Exception as bug:
                unexpected = GatewayUnreachable(f"unexpected {type(bug).__name__}: {bug}")
                if str(unexpected) != str(self._problem):
                    log.exception("the connection to %s failed unexpectedly", self.config.ws_url)
                self._failed(unexpected)
                asked_s = None
            self._set(ConnectionState.WAITING)
            await self._wait(asked_s)

    async def _wait(self, asked_s: float | None) -> None:
        """Wait until the next attempt. The wait is shorter while a caller waits for the connection,
        unless the Gateway asked for it."""
        delay_s = self._backoff.next_s(asked_s)
        log.debug("connecting to %s again in %.1f s at the latest", self.config.ws_url, delay_s)
        at_least_s = delay_s if asked_s is not None else min(delay_s, self.config.reconnect_min_s)
        await sleep(self.clock, at_least_s)
        with suppress(TimeoutError):
            async with time_limit(self.clock, delay_s - at_least_s):
                await self._wanted.wait()

    def _failed(self, problem: OpenClawError) -> None:
        self.stats.attempts_failed += 1
        self.stats.failed(problem)
        role = self._credentials.role.name
        if _is_final(problem):
            log.error("%s; no further attempts as %s", problem, role)
        elif str(problem) != str(self._problem):
            level = logging.ERROR if _needs_a_person(problem) else logging.WARNING
            log.log(level, "%s; trying again as %s", problem, role)
        self._problem = problem

    async def _connect_and_serve(self) -> float | None:
        """Serve one connection to its end; return the wait that the Gateway asked for."""
        connection = await open_connection(
            self.config,
            self._instance_id,
            self.clock,
            self.stats,
            self._credentials,
            self._faults,
        )
        self.stats.connects += 1
        up_at = self.clock.time()
        self._connection, self._problem, self._restart_at = connection, None, None
        hello = connection.hello
        log.info(
            "connected to %s as %s, OpenClaw %s, scopes %s",
            connection.url,
            hello.auth.role,
            hello.server.version,
            " ".join(hello.auth.scopes) or "none",
        )
        self._set(ConnectionState.UP)
        why = "the bot closed the connection"
        try:
            self._on_connected(connection)
            why = await connection.serve(self._on_event, self._on_missed)
            self.stats.connections_lost += 1
            if self.clock.time() - up_at >= _STABLE_S:
                self._backoff.reset()
            self._problem = GatewayUnreachable(f"lost the connection to {connection.url}: {why}")
            log.warning("%s (as %s)", self._problem, hello.auth.role)
        finally:
            self._connection = None
            if self._draining is not None:
                self._draining.cancel()
                self._draining = None
            self._set(ConnectionState.WAITING)
            self._notify(lambda listener: listener.on_connection_lost(why))
            await connection.close()
        return self._restart_wait_s()

    def _restart_wait_s(self) -> float | None:
        """Seconds until the announced restart; None without one, or after it. Limited, because a
        Gateway may be back sooner than it announced."""
        left_s = 0.0 if self._restart_at is None else self._restart_at - self.clock.time()
        return min(left_s, self.config.reconnect_max_s) if left_s > 0 else None

    def _on_event(self, event: Event) -> None:
        if isinstance(event.payload, Shutdown):
            self._on_shutdown(event.payload)
        self._notify(lambda listener: listener.on_event(event))

    def _on_missed(self) -> None:
        self._notify(lambda listener: listener.on_events_lost())

    def _notify(self, what: Callable[[ConnectionListener], None]) -> None:
        """Call every listener; one that fails affects neither the others nor the connection."""
        for listener in self._listeners:
            try:
                what(listener)
            except Exception:
                self.stats.frames_bad += 1
                log.exception("a listener failed on what the Gateway sent")

    def _on_shutdown(self, notice: Shutdown) -> None:
        now = self.clock.time()
        if notice.restart_expected_s is not None:
            self._restart_at = now + notice.restart_expected_s
        log.info("the Gateway shuts down: %s", notice.reason or "no reason given")
        self._set(ConnectionState.DRAINING)
        if self._draining is None and (connection := self._connection) is not None:
            why = f"the Gateway announced its shutdown and did not close within {DRAIN_S:g} s"
            self._draining = self.clock.call_later(DRAIN_S, lambda: connection.leave(why))


def _is_final(problem: OpenClawError) -> bool:
    """Whether the key was refused or is damaged. Any other problem may pass."""
    return isinstance(problem, GatewayRefused | DeviceStoreError) and problem.final


def _needs_a_person(problem: OpenClawError | None) -> bool:
    """Whether a person has to act before an attempt can succeed."""
    if isinstance(problem, GatewayRefused):
        return not problem.heals
    return isinstance(problem, DeviceStoreError)
