"""A bot under a control plane: pulls versions, tries them, answers, and goes back by itself.

A version is tried for `trial_s` seconds. What can be applied while the bot runs is; the rest
waits for a restart. A version is refused where the settings do not accept it, where it sets what
the control plane may not set, and where a part breaks during the trial. The bot then has the
version before again, and does not try the refused one a second time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel

from backoff import Backoff
from configuration.errors import SettingsError
from fleet.desired_state.client import Heartbeat
from fleet.desired_state.errors import PlaneError, PlaneRefused
from fleet.desired_state.kept import KeptAck, KeptEvent, KeptState, KeptVersion
from fleet.desired_state.live import LiveSettings, broken_parts, changed_settings, names_of
from fleet.desired_state.settings import DesiredStateSettings
from logs import FaultLog
from openclaw_client.clock import Clock, sleep, time_limit
from tasks import OwnedTasks

log = logging.getLogger(__name__)

S = TypeVar("S", bound=BaseModel)

FIRST_RETRY_S: Final = 5.0
LONGEST_RETRY_S: Final = 300.0
_IDLE_EVERY_S: Final = 5.0
_JITTER: Final = 0.2
_EVENTS_AT_ONCE: Final = 100
_MOST_METRICS: Final = 500
_FAULT: Final = "the control plane: %s"


class ControlPlane(Protocol):
    """`fleet.desired_state.client.PlaneClient` is one; it raises `PlaneError`."""

    async def config(self, known: KeptVersion | None, wait_s: float) -> KeptVersion | None: ...

    async def acknowledge(self, ack: KeptAck) -> None: ...

    async def heartbeat(self, beat: Heartbeat) -> bool: ...

    async def metrics(self, values: Mapping[str, float]) -> None: ...

    async def events(self, events: Sequence[KeptEvent]) -> None: ...


@dataclass(frozen=True, slots=True)
class BotHooks(Generic[S]):
    """What a bot does for its desired state.

    ``load`` makes settings of a version, over the bot's own files and variables, and raises
    `SettingsError`. ``health`` is the condition of each part: well, impaired or broken. ``busy``
    says whether a restart would cut a call. ``restart`` ends the process; it may return before.
    """

    load: Callable[[KeptVersion], Awaitable[S]]
    health: Callable[[], Mapping[str, str]]
    restart: Callable[[], None]
    busy: Callable[[], bool] = lambda: False
    metrics: Callable[[], Mapping[str, float]] = dict
    software: str = ""


class DesiredState(Generic[S]):
    """Keeps one bot as the control plane wants it; use it as an async context manager.

    ``running`` is the version that the process has started with, None without one.
    """

    def __init__(
        self,
        settings: DesiredStateSettings,
        client: ControlPlane,
        kept: KeptState,
        live: LiveSettings[S],
        hooks: BotHooks[S],
        running: KeptVersion | None,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._client = client
        self._kept = kept
        self._live = live
        self._hooks = hooks
        self._running = running
        self._started_with = live.current
        self._seen = kept.trial or running
        self._state = "running"
        self._given_clock = clock
        self._chance = chance
        self._poked = asyncio.Event()
        self._restarting = False
        self._faults = FaultLog(log)
        self._tasks = OwnedTasks(log)

    @property
    def running(self) -> KeptVersion | None:
        """The version that runs now, in whole or but for what needs a restart."""
        return self._running

    @property
    def state(self) -> str:
        """One of running, trying, restart_needed."""
        return self._state

    async def __aenter__(self) -> Self:
        self._tasks.spawn(self._pull(), "desired state")
        self._tasks.spawn(self._report(), "heartbeats")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    @property
    def _clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    # -- pulling ------------------------------------------------------------------------------

    async def _pull(self) -> None:
        if self._is_on_trial():
            await self._finish_trial_of_start()
        backoff = Backoff(FIRST_RETRY_S, LONGEST_RETRY_S, self._chance)
        while True:
            began = self._clock.time()
            try:
                await self._deliver()
                found = await self._client.config(self._seen, self._settings.poll_s)
                self._faults.recovered(_FAULT)
                new = found is not None and not self._is_known(found)
                if found is not None and new:
                    await self._consider(found)
            except PlaneError as error:
                self._tell(error)
                await sleep(self._clock, backoff.next_s())
                continue
            except Exception:
                log.exception("the desired configuration failed unexpectedly")
                await sleep(self._clock, backoff.next_s())
                continue
            backoff.reset()
            if new:
                continue  # the answer is delivered at once
            await self._pause(self._settings.poll_s - (self._clock.time() - began))

    async def _pause(self, seconds: float) -> None:
        """Until the next request, or a heartbeat says that there is another version."""
        seconds *= 1 + _JITTER * (2 * self._chance() - 1)
        if seconds > 0:
            try:
                async with time_limit(self._clock, seconds):
                    await self._poked.wait()
            except TimeoutError:
                pass
        self._poked.clear()

    def _is_known(self, found: KeptVersion) -> bool:
        return self._seen is not None and (found.version, found.hash) == (
            self._seen.version,
            self._seen.hash,
        )

    async def _deliver(self) -> None:
        """Send the answers and events that the control plane has not got yet.

        Raises:
            PlaneError: it takes none now.
        """
        for ack in self._kept.acks:
            try:
                await self._client.acknowledge(ack)
            except PlaneRefused as refused:
                if refused.status in (401, 403, 429):
                    raise
                # The version is not kept there any more.
                log.warning("an answer to version %d was not taken: %s", ack.version, refused)
            self._kept.delivered(acks=1)
        if events := self._kept.events[:_EVENTS_AT_ONCE]:
            await self._client.events(events)
            self._kept.delivered(events=len(events))

    async def _consider(self, found: KeptVersion) -> None:
        self._seen = found
        if self._runs_the_same(found):
            self._running, self._state = found, "running"
            self._kept.accept(found)
            return
        if (refused := self._kept.refusal_of(found)) is not None:
            if refused.version != found.version:
                was = f"the same was refused as version {refused.version}: {refused.reason}"
                self._kept.refuse(found, was)
            return
        try:
            new = await self._hooks.load(found)
        except SettingsError as error:
            self._kept.refuse(found, str(error))
            return
        changed = changed_settings(self._started_with, new)
        restart = names_of(self._live.needing_restart(changed))
        log.info("version %d of the configuration: %s", found.version, ", ".join(names_of(changed)))
        if restart and self._settings.restart != "never":
            self._kept.begin_trial(found, broken_parts(self._hooks.health()))
            self._restart_for(f"version {found.version} needs a restart for {', '.join(restart)}")
            return
        await self._try(found, new, restart)

    async def _try(self, found: KeptVersion, new: S, restart: tuple[str, ...]) -> None:
        """Apply what can be while the bot runs, and go back if a part breaks."""
        old, before = self._live.current, self._running
        waits_for_restart = self._kept.trial
        broken = broken_parts(self._hooks.health())
        self._kept.begin_trial(found, broken)
        self._running, self._state = found, "trying"
        try:
            self._live.apply(new)
            worse = await self._worse_after_trial(broken)
        except Exception as bug:
            log.exception("version %d could not be applied", found.version)
            worse = f"{type(bug).__name__}: {bug}"
        if not worse:
            self._kept.accept(found, restart)
            self._state = "restart_needed" if restart else "running"
            return
        self._running, self._state = before, "running"
        try:
            self._live.apply(old)
        except Exception:
            log.exception("the settings from before version %d could not be applied", found.version)
        self._kept.refuse(found, f"went back: {worse}")
        if waits_for_restart is not None:
            self._kept.begin_trial(waits_for_restart, broken)
            self._state = "restart_needed"

    def _runs_the_same(self, found: KeptVersion) -> bool:
        """Whether the bot runs this content well, under an earlier number."""
        running = self._running
        return running is not None and running.hash == found.hash and not self._is_on_trial()

    def _is_on_trial(self) -> bool:
        trial, running = self._kept.trial, self._running
        return trial is not None and running is not None and trial.hash == running.hash

    async def _finish_trial_of_start(self) -> None:
        """The process has started with a version on trial."""
        assert self._running is not None
        self._state = "trying"
        worse = await self._worse_after_trial(self._kept.broken_before)
        if not worse:
            self._kept.accept(self._running)
            self._state = "running"
            return
        self._kept.refuse(self._running, f"went back: {worse}")
        if self._settings.restart != "never":
            self._restart_for("going back to the version before")
        else:
            self._state = "restart_needed"

    async def _worse_after_trial(self, broken_before: tuple[str, ...]) -> str:
        """Wait for the trial; which parts are broken since, in words, or nothing."""
        await sleep(self._clock, self._settings.trial_s)
        since = set(broken_parts(self._hooks.health())) - set(broken_before)
        if not since:
            return ""
        return f"after {self._settings.trial_s:g} s this is broken: {', '.join(sorted(since))}"

    def _restart_for(self, why: str) -> None:
        log.warning("the bot restarts: %s", why)
        self._state = "restart_needed"
        self._kept.add_event("restart", why, "warning")
        if not self._restarting:
            self._restarting = True
            self._tasks.spawn(self._restart(), "restart for the configuration")

    async def _restart(self) -> None:
        while self._settings.restart == "idle" and self._hooks.busy():
            await sleep(self._clock, _IDLE_EVERY_S)
        self._restarting = False
        trial, runs = self._kept.trial, self._running
        wanted = trial or self._kept.good
        if (wanted and wanted.hash) == (runs and runs.hash):
            self._state = "running"  # taken back meanwhile
            return
        self._hooks.restart()

    # -- reporting ----------------------------------------------------------------------------

    async def _report(self) -> None:
        while True:
            try:
                if not await self._client.heartbeat(self._heartbeat()):
                    self._poked.set()
                metrics = list(self._hooks.metrics().items())[:_MOST_METRICS]
                if metrics:
                    await self._client.metrics(dict(metrics))
            except PlaneError as error:
                self._tell(error)
            jitter = 1 + _JITTER * (2 * self._chance() - 1)
            await sleep(self._clock, self._settings.heartbeat_s * jitter)

    def _heartbeat(self) -> Heartbeat:
        runs = self._running
        return Heartbeat(
            None if runs is None else runs.version,
            None if runs is None else runs.hash,
            self._state,
            self._hooks.software,
            self._hooks.health(),
        )

    def _tell(self, error: PlaneError) -> None:
        needs_a_person = isinstance(error, PlaneRefused) and error.status in (401, 403, 404)
        self._faults.tell(logging.ERROR if needs_a_person else logging.WARNING, _FAULT, error)
