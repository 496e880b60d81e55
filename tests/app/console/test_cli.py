"""The console with the fixture models and a simulated Gateway, its lines typed through a pipe."""

from __future__ import annotations

import os
from typing import Any

import pytest

from app.console.cli import FAILED, TalkOptions, TypedLines, run_console
from openclaw_client import DeviceStore
from settings import Settings
from simulators.gateway import GatewaySimulator
from state import only_one
from testing.gateways import TOKEN

SILENT = TalkOptions(name="Ann", sound=False)


def settings_for(url: str) -> Settings:
    return Settings.model_validate(
        {
            "openclaw": {"base_url": url, "auth_token": TOKEN},
            "pipeline": {"stt": {"model_size": "fixture"}},
            "server": {"engine": "espeak"},
        }
    )


async def typed(settings: Settings, text: str, options: TalkOptions = SILENT) -> list[str]:
    """What the console prints for these lines."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    printed: list[Any] = []
    try:
        assert await run_console(settings, options, printed.append, read_from=reading) == 0
    finally:
        os.close(reading)
    return [str(each) for each in printed]


@pytest.mark.e2e
async def test_typed_questions_are_answered_until_the_input_ends() -> None:
    lines = (
        "/agent\n/agent nero\n/sensitivity high\n/sensitivity x\n/help\n/mute\n"
        "Jarvis, what time is it?\n"
    )
    async with GatewaySimulator(token=TOKEN) as gateway:
        printed = await typed(settings_for(gateway.url), lines)
        (run,) = gateway.runs
    assert "Jarvis: It is half past seven, sir." in printed
    assert printed.count("  agents: Jarvis, Sage") == 2
    assert "  sensitivity is high" in printed
    assert "  it is high; there are: low, medium, high" in printed
    assert "  there is no microphone" in printed
    assert any(line.startswith("  (answered after ") for line in printed)
    assert any("OpenClaw Gateway: connected" in line for line in printed)
    assert run.status == "ok"


async def test_while_the_bot_runs_its_page_is_named() -> None:
    settings = settings_for("http://127.0.0.1:9")
    printed: list[Any] = []
    with only_one(DeviceStore.of(settings.openclaw).folder):
        assert await run_console(settings, SILENT, printed.append) == FAILED
    assert "http://127.0.0.1:8091/talk" in printed[0]


async def test_lines_come_whole_and_then_the_end() -> None:
    reading, writing = os.pipe()
    lines = TypedLines(reading)
    os.write(writing, "Grüße\nhal".encode())
    assert await lines.next() == "Grüße"
    os.write(writing, b"lo\n\xff\nrest")
    os.close(writing)
    assert [await lines.next() for _ in range(4)] == ["hallo", "\ufffd", "rest", None]
    os.close(reading)
