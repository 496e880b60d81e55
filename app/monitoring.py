"""Puts the monitoring of the bot's process together: metrics, traces, stalls, health."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from app.bot_metrics import BotMetrics
from app.services import Services
from discord_bot.bot import VoiceBot
from monitoring.conversation_metrics import ConversationMetrics
from monitoring.event_loop import LoopWatch
from monitoring.health import ReadHealth
from monitoring.process_metrics import LogMetrics, LoopMetrics, new_registry
from monitoring.rooms import RoomId, RoomObserver
from monitoring.routes import monitoring_router
from monitoring.settings import MonitoringSettings
from monitoring.speech_metrics import speech_metrics_router
from pipeline.events import RoomEvent

if TYPE_CHECKING:
    from monitoring.traces import ConversationTraces

_SAMPLE_S: Final = 1.0
"""How often the open voice connections are noted, while members speak."""


class Monitor:
    """What operators see of one process. Open it with `monitored`."""

    def __init__(
        self, settings: MonitoringSettings, traces: ConversationTraces | None = None
    ) -> None:
        """``traces`` gets the events too; its owner closes it."""
        self.registry: CollectorRegistry = new_registry()
        self._settings = settings
        self._conversations = ConversationMetrics(self.registry, by_guild=settings.guild_label)
        self._observers: list[RoomObserver] = [self._conversations.observe]
        if traces is not None:
            self._observers.append(traces.observe)
        self._loop_watch = LoopWatch(settings.stall_ms, LoopMetrics(self.registry))
        self.log_metrics = LogMetrics(self.registry)
        self._bot_metrics: BotMetrics | None = None
        self._sampled_at = float("-inf")

    def watch(self, shared: Services, bot: VoiceBot) -> None:
        """Observe the event loop and the rooms of a bot from now on; it replaces an earlier bot.

        Before it there are no calls that a blocked loop could disturb, and the start blocks it: a
        module is imported at its first use.
        """
        self._loop_watch.start()
        if self._bot_metrics is not None:
            self.registry.unregister(self._bot_metrics)
        self._bot_metrics = BotMetrics(shared, bot)
        self.registry.register(self._bot_metrics)
        bot.room_observers.append(self.observe)

    def close(self) -> None:
        """Stop watching the event loop."""
        self._loop_watch.close()

    def observe(self, room: RoomId, event: RoomEvent) -> None:
        """Take one event of a room, on Discord or elsewhere."""
        for observer in self._observers:
            observer(room, event)
        if self._bot_metrics is not None and (now := time.monotonic()) >= self._sampled_at:
            self._sampled_at = now + _SAMPLE_S
            self._bot_metrics.sample()

    def routers(
        self, read_health: ReadHealth, speech_servers: Callable[[], Sequence[str]]
    ) -> list[APIRouter]:
        """``/metrics``, ``/healthz`` and ``/readyz``, for a web server of the process, and
        ``/metrics/speech`` of the first of these addresses that is ours on this machine."""
        token = self._settings.token
        return [
            monitoring_router(self.registry, read_health, token=token),
            speech_metrics_router(speech_servers, token=token),
        ]


@asynccontextmanager
async def monitored(settings: MonitoringSettings) -> AsyncIterator[Monitor]:
    """Count the records of the log, and watch what `Monitor.watch` names; the last traces are sent
    at the end."""
    traces = None
    if settings.traces_url is not None:
        # OpenTelemetry takes 0.4 s to import, and 6 MB.
        from monitoring.traces import ConversationTraces, otlp_exporter

        traces = ConversationTraces(otlp_exporter(settings.traces_url), share=settings.traced_share)
    monitor = Monitor(settings, traces)
    logging.getLogger().addHandler(monitor.log_metrics)
    try:
        yield monitor
    finally:
        monitor.close()
        logging.getLogger().removeHandler(monitor.log_metrics)
        if traces is not None:
            await asyncio.to_thread(traces.close)
