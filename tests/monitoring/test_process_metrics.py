"""Metrics of the process."""

from __future__ import annotations

import logging

from monitoring.event_loop import MOST_PLACES, Stall
from monitoring.process_metrics import LogMetrics, LoopMetrics, new_registry
from version import project_version


def test_the_version_is_a_label() -> None:
    labels = {"version": project_version()}
    assert new_registry().get_sample_value("openclaw_voice_build_info", labels) == 1


def test_stalls_are_counted_by_place_and_the_places_are_bounded() -> None:
    registry = new_registry()
    metrics = LoopMetrics(registry)
    for number in range(MOST_PLACES + 50):
        metrics.stalled(Stall(f"file{number}.py", 7, "work", ""))
    metrics.stalled(Stall("file0.py", 9, "work", ""))
    metrics.delayed(0.3)
    name = "openclaw_voice_event_loop_stalls_total"
    assert registry.get_sample_value(name, {"place": "file0.py:work"}) == 2
    assert registry.get_sample_value(name, {"place": "other"}) == 50
    delays = "openclaw_voice_event_loop_delay_seconds_bucket"
    assert registry.get_sample_value(delays, {"le": "0.5"}) == 1
    assert registry.get_sample_value(delays, {"le": "0.2"}) == 0


def test_warnings_and_errors_are_counted_by_package_without_their_text() -> None:
    registry = new_registry()
    handler = LogMetrics(registry)
    log = logging.getLogger("pipeline.somewhere")
    log.addHandler(handler)
    try:
        log.info("fine")
        log.warning("lost %s", "a secret")
        log.error("failed")
    finally:
        log.removeHandler(handler)
    name = "openclaw_voice_log_records_total"
    assert registry.get_sample_value(name, {"level": "WARNING", "package": "pipeline"}) == 1
    assert registry.get_sample_value(name, {"level": "ERROR", "package": "pipeline"}) == 1
    assert registry.get_sample_value(name, {"level": "INFO", "package": "pipeline"}) is None
