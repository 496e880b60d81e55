"""The connection that comes back: one supervisor task keeps a Gateway connection up.

idle ──start()──► connecting ──hello──► up ──lost──► waiting ──► connecting ...
                      │                                 ▲
                      ├── unreachable, or heals ────────┘
                      └── refused for good ──► stopped, until start() is called again

The waits grow to half a minute while nobody needs the Gateway. While somebody waits for it, it is
tried again every second: a Gateway restarts in ten, and nobody should wait longer than it does.
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
from typing import Any, Protocol

from logs import FaultLog, in_place
from openclaw_client.clock import Clock, sleep, time_limit
from openclaw_client.connection import Connection, open_connection
from openclaw_client.device_store import DeviceStore
from openclaw_client.errors import (
    DeviceStoreError,
    GatewayRefused,
    GatewayUnreachable,
    NotConnected,
    OpenClawError,
    ProtocolViolation,
)
from openclaw_client.identity import Identity
from openclaw_client.liveness import Backoff
from openclaw_client.protocol import Event, Shutdown, read_payload
from openclaw_client.roles import OPERATOR, Role
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats, kind_of

log = logging.getLogger(__name__)

_STEADY_S = 10.0
"""A connection that stood for less counts as one more failed attempt: a Gateway that greets and
then hangs up is not to be greeted every second."""


class LinkState(StrEnum):
    IDLE = "idle"
    CONNECTING = "connecting"
    UP = "up"
    DRAINING = "draining"
    """Still connected, but the Gateway has said that it is going down: no new turns."""
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What an operator wants to know."""

    state: LinkState
    url: str
    server_version: str | None
    scopes: tuple[str, ...]
    problem: str | None
    """The last one, with what to do about it; None while all is well."""
    problem_kind: str | None
    """The same as a word to act on, such as ``GatewayRefused:PAIRING_REQUIRED`` (``kind_of``)."""

    @property
    def stopped(self) -> bool:
        """Whether attempts have ended, until somebody asks for another one."""
        return self.state is LinkState.STOPPED


class LinkListener(Protocol):
    """Who hears what comes over the link. No call may block or raise."""

    def on_event(self, event: Event) -> None: ...

    def on_missed(self) -> None:
        """Events were lost on a connection that stands."""

    def on_lost(self, why: str) -> None: ...


class GatewayLink:
    """Keeps one connection to the Gateway up, and hands it out to whoever has something to say."""

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        stats: GatewayStats | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        devices: DeviceStore | None = None,
        role: Role = OPERATOR,
        on_up: Callable[[Connection], None] = lambda connection: None,
    ) -> None:
        """``on_up`` is told each new connection as soon as it stands; it may neither block nor
        raise."""
        self.config = config
        self._identity = Identity(config, devices, role)
        self._on_up = on_up
        self.stats = stats if stats is not None else GatewayStats()
        self._given_clock = clock
        self._faults = FaultLog(log)
        self._instance_id = str(uuid.uuid4())
        self._backoff = Backoff(config.reconnect_min_s, config.reconnect_max_s, chance)
        self._listeners: list[LinkListener] = []
        self._task: asyncio.Task[None] | None = None
        self._state = LinkState.IDLE
        self._connection: Connection | None = None
        self._problem: OpenClawError | None = None
        self._changed = asyncio.Event()
        self._wanted = asyncio.Event()
        self._waiters = 0
        self._restart_expected_s: float | None = None
        self._away_since: float | None = None

    @property
    def away_since(self) -> float | None:
        """Since when, on the clock, no turn can be sent; None while one can."""
        return self._away_since

    @property
    def clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    @property
    def status(self) -> LinkStatus:
        hello = self._connection.hello if self._connection is not None else None
        return LinkStatus(
            state=self._state,
            url=self.config.ws_url,
            server_version=hello.server.version if hello is not None else None,
            scopes=tuple(hello.auth.scopes) if hello is not None else (),
            problem=str(self._problem) if self._problem is not None else None,
            problem_kind=kind_of(self._problem) if self._problem is not None else None,
        )

    def listen(self, listener: LinkListener) -> None:
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to connect in the background; after a refusal for good, begin anew."""
        if self._task is None or self._task.done():
            self._away_since = None
            self._set(LinkState.CONNECTING)
            # Whoever asks for it first, it is everybody's: no turn's in the log.
            self._task = asyncio.create_task(
                self._supervise(), name="openclaw-link", context=in_place("")
            )

    async def ready(self, within_s: float) -> Connection:
        """The connection, as soon as it can carry a turn.

        Raises:
            NotConnected: nobody called ``start()``.
            GatewayRefused: the Gateway refused for good.
            DeviceStoreError: there is no device key to be had.
            GatewayUnreachable: the Gateway is away for longer than ``within_s``.
        """
        self._waiters += 1
        self._wanted.set()
        try:
            async with time_limit(self.clock, within_s):
                while (connection := self._usable()) is None:
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
        """Disconnect and stay so until the next ``start()``."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._set(LinkState.IDLE)

    def _usable(self) -> Connection | None:
        match self._state:
            case LinkState.UP if self._connection is not None and not self._connection.ended:
                return self._connection
            case LinkState.IDLE:
                raise NotConnected("not connected to the Gateway; call connect() first")
            case LinkState.STOPPED if self._problem is not None:
                raise self._problem.with_traceback(None)
            case _:
                return None

    def _set(self, state: LinkState) -> None:
        self._state = state
        if state is LinkState.UP:
            self._away_since = None
        elif self._away_since is None:
            self._away_since = self.clock.time()
        self._changed.set()
        self._changed.clear()

    async def _supervise(self) -> None:
        self._backoff.reset()
        while True:
            self._set(LinkState.CONNECTING)
            try:
                asked_s = await self._connect_and_serve()
            except GatewayRefused as refused:
                self._failed(refused)
                if not refused.heals:
                    self._set(LinkState.STOPPED)
                    return
                asked_s = refused.retry_after_s
            except DeviceStoreError as broken:
                self._failed(broken)
                self._set(LinkState.STOPPED)
                return
            except (GatewayUnreachable, ProtocolViolation) as problem:
                self._failed(problem)
                asked_s = None
            except Exception as bug:
                log.exception("the connection to %s failed unexpectedly", self.config.ws_url)
                self._failed(GatewayUnreachable(f"unexpected {type(bug).__name__}: {bug}"))
                asked_s = None
            self._set(LinkState.WAITING)
            await self._wait(asked_s)

    async def _wait(self, asked_s: float | None) -> None:
        """Sit out the time to the next attempt; less of it, unless the Gateway asked for it, while
        somebody waits for the connection."""
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
        lasts = isinstance(problem, GatewayRefused) and not problem.heals
        if lasts or isinstance(problem, DeviceStoreError):
            log.error("%s; no further attempts as %s", problem, self._identity.role.name)
        elif str(problem) != str(self._problem):
            log.warning("%s; trying again as %s", problem, self._identity.role.name)
        self._problem = problem

    async def _connect_and_serve(self) -> float | None:
        """One connection's whole life; the wait that the Gateway asked for at its end."""
        connection = await open_connection(
            self.config, self._instance_id, self.clock, self.stats, self._identity
        )
        self.stats.connects += 1
        up_at = self.clock.time()
        self._connection, self._problem, self._restart_expected_s = connection, None, None
        hello = connection.hello
        log.info(
            "connected to %s as %s, OpenClaw %s, scopes %s",
            connection.url,
            hello.auth.role,
            hello.server.version,
            " ".join(hello.auth.scopes) or "none",
        )
        self._set(LinkState.UP)
        why = "the bot closed the connection"
        try:
            self._on_up(connection)
            why = await connection.serve(self._on_event, self._on_missed)
            self.stats.connections_lost += 1
            if self.clock.time() - up_at >= _STEADY_S:
                self._backoff.reset()
            self._problem = GatewayUnreachable(f"lost the connection to {connection.url}: {why}")
            log.warning("%s (as %s)", self._problem, hello.auth.role)
        finally:
            self._connection = None
            self._set(LinkState.WAITING)
            for listener in self._listeners:
                listener.on_lost(why)
            await connection.close()
        return self._restart_expected_s

    def _on_event(self, event: Event) -> None:
        if event.event == "shutdown":
            self._on_shutdown(event.payload)
        for listener in self._listeners:
            try:
                listener.on_event(event)
            except ProtocolViolation as violation:
                self.stats.frames_bad += 1
                self._faults.tell(logging.WARNING, "dropped a %s event: %s", event.event, violation)

    def _on_missed(self) -> None:
        for listener in self._listeners:
            listener.on_missed()

    def _on_shutdown(self, payload: Any) -> None:
        try:
            notice = read_payload(Shutdown, payload, "shutdown")
        except ProtocolViolation:
            self.stats.frames_bad += 1
            notice = Shutdown()
        if notice.restart_expected_ms is not None:
            self._restart_expected_s = max(0.0, notice.restart_expected_ms / 1000)
        log.info("the Gateway is going down: %s", notice.reason or "no reason given")
        self._set(LinkState.DRAINING)
