"""The dashboard, the alerts and the page of the metrics name metrics that there are."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
import pytest_asyncio
import yaml
from fastapi import FastAPI

from app.monitoring import Monitor
from app.services import make_bot
from monitoring.http_metrics import instrument
from monitoring.process_metrics import new_registry
from monitoring.settings import MonitoringSettings
from settings import HOME
from tests.app.test_services import services_of

DASHBOARD: Final = HOME / "deploy" / "grafana" / "dashboards" / "openclaw-voice.json"
RULES: Final = HOME / "deploy" / "prometheus" / "rules.yml"
PROMETHEUS: Final = RULES.with_name("prometheus.yml")
OPERATING: Final = (HOME / "docs" / "operating.md").read_text(encoding="utf-8")
_JOB: Final = re.compile(r'\bjob="([^"]+)"')
_NAME: Final = re.compile(r"\b(?:openclaw_voice|process)_[a-z_]+\b")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def metrics() -> dict[str, str]:
    """The series that the bot exports, by name, with the name of their metric."""
    monitor, shared = Monitor(MonitoringSettings()), services_of()
    async with make_bot(shared) as bot:
        monitor.watch(shared, bot)
        server = new_registry()
        instrument(FastAPI(), server)
        families = [*monitor.registry.collect(), *server.collect()]
        monitor.close()
    suffixes = {
        "counter": ("_total",),
        "histogram": ("_bucket", "_count", "_sum"),
        "gauge": ("",),
        "unknown": ("",),
    }
    return {
        f"{family.name}{suffix}": family.name
        for family in families
        for suffix in suffixes[family.type]
    }


def expressions() -> list[str]:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    found = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    found += [
        each["query"]["query"] for each in board["templating"]["list"] if each["name"] == "job"
    ]
    return found + [rule["expr"] for rule in rules()]


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


@pytest.mark.asyncio(loop_scope="module")
async def test_every_metric_of_the_dashboard_and_the_alerts_is_exported(
    metrics: dict[str, str],
) -> None:
    used = {name for each in expressions() for name in _NAME.findall(each)}
    assert len(used) > 25
    assert used <= metrics.keys()


@pytest.mark.asyncio(loop_scope="module")
async def test_every_metric_is_on_the_page_and_the_page_names_no_other(
    metrics: dict[str, str],
) -> None:
    written = {name for name in _NAME.findall(OPERATING) if name.startswith("openclaw_voice_")}
    ours = {name: metric for name, metric in metrics.items() if name.startswith("openclaw_voice_")}
    named = {metric for name, metric in ours.items() if name in written or metric in written}
    assert named == set(ours.values())
    assert written <= ours.keys() | set(ours.values())


def test_prometheus_asks_what_the_bot_serves_and_every_job_that_is_named_is_there() -> None:
    jobs = yaml.safe_load(PROMETHEUS.read_text(encoding="utf-8"))["scrape_configs"]
    monitor = Monitor(MonitoringSettings())
    app = FastAPI()
    for router in monitor.routers(tuple, tuple):
        app.include_router(router)
    monitor.close()
    served = {path for path in app.openapi()["paths"] if path.startswith("/metrics")}
    assert {job.get("metrics_path", "/metrics") for job in jobs} == served
    known = {job["job_name"] for job in jobs}
    assert known == {"openclaw-voice", "openclaw-voice-speech"}
    named = {name for each in expressions() for name in _JOB.findall(each)}
    assert {name.replace("$job", "openclaw-voice") for name in named} <= known


def test_every_alert_is_on_the_page_with_what_to_do() -> None:
    headings = {line[4:].lower() for line in OPERATING.splitlines() if line.startswith("### ")}
    for rule in rules():
        assert rule["alert"].lower() in headings
        assert rule["annotations"]["runbook"] == f"docs/operating.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("warning", "critical")


def test_the_panels_do_not_lie_over_each_other() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]


@pytest.mark.parametrize("path", sorted((HOME / "deploy").rglob("*.y*ml")), ids=lambda p: p.name)
def test_every_file_parses(path: Any) -> None:
    text = path.read_text(encoding="utf-8").replace("!reset", "")
    assert isinstance(yaml.safe_load(text), dict)
