"""Metrics of the process: its event loop, its log, its version, memory and processor time."""

from __future__ import annotations

import logging
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from monitoring.event_loop import MOST_PLACES, Stall
from version import project_version

LOOP_DELAY_S: Final = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
"""Upper ends of the buckets of the loop's delay; a frame of audio takes 0.02 s."""


def new_registry() -> CollectorRegistry:
    """A registry with the process's own metrics: none is shared with another part of the process,
    or with a library's."""
    registry = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    build = Gauge(
        "openclaw_voice_build_info", "Always 1; the label is the version.", ("version",),
        registry=registry,
    )  # fmt: skip
    build.labels(project_version()).set(1)
    return registry


class LoopMetrics:
    """A `StallObserver` that counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._delay = Histogram(
            "openclaw_voice_event_loop_delay_seconds",
            "How much later than planned the event loop ran a timer.",
            buckets=LOOP_DELAY_S,
            registry=registry,
        )
        self._stalls = Counter(
            "openclaw_voice_event_loop_stalls",
            "How often the event loop was blocked for longer than monitoring.stall_ms, by place.",
            ("place",),
            registry=registry,
        )
        self._places: set[str] = set()

    def delayed(self, seconds: float) -> None:
        self._delay.observe(seconds)

    def stalled(self, stall: Stall) -> None:
        place = stall.place
        if place not in self._places and len(self._places) >= MOST_PLACES:
            place = "other"
        self._places.add(place)
        self._stalls.labels(place).inc()


class LogMetrics(logging.Handler):
    """Counts log records from WARNING on, by level and by the package that wrote them.

    Add it to the root logger. It keeps no text.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(logging.WARNING)
        self._records = Counter(
            "openclaw_voice_log_records",
            "Log records of WARNING and above, by level and by the package that wrote them.",
            ("level", "package"),
            registry=registry,
        )
        for level in ("WARNING", "ERROR"):
            self._records.labels(level, "pipeline")
        self._packages: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        package = record.name.partition(".")[0]
        if package not in self._packages and len(self._packages) >= MOST_PLACES:
            package = "other"
        self._packages.add(package)
        self._records.labels(record.levelname, package).inc()
