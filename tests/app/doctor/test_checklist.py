from __future__ import annotations

from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from app.doctor import examine
from app.doctor.checklist import check_settings, next_steps
from app.doctor.findings import Finding, Grade
from simulators.discord import DiscordSimulator
from simulators.gateway import GatewaySimulator
from testing.gateways import greet, odd_gateway
from testing.ports import closed_port


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No config.yaml and .env of the developer's, the small model, and no Gateway."""
    monkeypatch.setattr("settings.HOME", tmp_path)
    monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)
    monkeypatch.setenv("OPENCLAW_BASE_URL", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("MODELS__DIR", str(tmp_path))
    monkeypatch.setenv("PIPELINE__STT__MODEL_SIZE", "fixture")


def subjects(said: list[str]) -> list[str]:
    findings = said[: next(n for n, line in enumerate(said) if line.startswith("\n"))]
    return [line[5:].split(":")[0] for line in findings]


async def test_without_a_failure_the_last_step_is_to_run_the_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    async with GatewaySimulator() as gateway, DiscordSimulator() as sim:
        sim.add_guild("A server")
        monkeypatch.setenv("OPENCLAW_BASE_URL", gateway.url)
        monkeypatch.setenv("OPENCLAW_AUTH_TOKEN", gateway.token)
        monkeypatch.setenv("DISCORD_BOT_TOKEN", sim.token)
        status = await examine(None, lambda words: said.append(str(words)), sim.connector)
    assert status == 0
    assert subjects(said) == [
        "Python",
        "settings",
        "database",
        "Discord token",
        "Discord",
        "libopus",
        "davey",
        "GPU",
        "model silero-vad",
        "model smart-turn",
        "model smollm2-135m",
        "model whisper fixture",
        "model kokoro",
        "speech engine",
        "OpenClaw Gateway",
        "OpenClaw node",
        "OpenClaw tools",
    ]
    assert "\nNo check failed." in said
    assert said[-1].endswith("`make run`, then type /join in a voice channel")
    assert sim.token not in "".join(said)
    assert gateway.token not in "".join(said)


async def test_what_depends_on_a_failed_check_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCLAW__NODE__ENABLED", "true")
    said: list[str] = []
    assert await examine(None, lambda words: said.append(str(words))) == 1
    assert "--   Discord: skipped: needs Discord token" in said
    assert "--   OpenClaw node: skipped: needs OpenClaw Gateway" in said
    steps = said[said.index("What to do next:") + 1 :]
    assert steps[0].startswith("  1. Discord token: ")
    assert steps[1].startswith("  2. OpenClaw Gateway: ")
    assert steps[-1].endswith("run `make doctor` again")
    assert "\n2 of these must be corrected first." in said


async def test_without_settings_nothing_is_checked_that_needs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SERVER_PORT", "yes")
    said: list[str] = []
    assert await examine(None, lambda words: said.append(str(words))) == 1
    skipped = [line for line in said if line.startswith("--")]
    assert len(skipped) == 10
    assert all(line.endswith("skipped: needs settings") for line in skipped)
    assert "SERVER_PORT" in said[1]
    assert [line[5:10] for line in said if line.startswith("ok")] == ["Pytho", "davey"]


def test_the_steps_begin_with_what_keeps_the_bot_from_working() -> None:
    found = [
        Finding(Grade.OK, "a", "fine", "nothing of this"),
        Finding(Grade.WARN, "b", "odd", "look at it"),
        Finding(Grade.WARN, "c", "to be known"),
        Finding(Grade.FAIL, "d", "broken"),
        Finding(Grade.SKIP, "e", "skipped: needs d"),
    ]
    assert next_steps(found) == ["d: broken", "b: look at it", "run `make doctor` again"]


async def test_what_a_gateway_says_cannot_pass_for_lines_of_the_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forged = "ok   OpenClaw Gateway: all is well"

    async def behave(connection: ServerConnection) -> None:
        error = {"code": "X", "message": f"no\n{forged}\n  1. nothing"}
        await greet(connection, {"ok": False, "error": error})

    said: list[str] = []
    async with odd_gateway(behave) as url:
        monkeypatch.setenv("OPENCLAW_BASE_URL", url)
        monkeypatch.setenv("OPENCLAW_AUTH_TOKEN", "token")
        await examine(None, lambda words: said.append(str(words)))
    lines = "\n".join(said).split("\n")
    assert any(forged in line for line in lines)
    assert forged not in lines
    assert "  1. nothing" not in lines


def test_unusable_settings_are_listed_and_not_replaced(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("pipeline: {stt: {device: gpu}}")
    [finding], settings = check_settings(config)
    assert finding.grade is Grade.FAIL
    assert "pipeline.stt.device" in finding.words
    assert settings is None


def test_an_unknown_variable_is_a_warning_and_an_alias_another(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TZ=Europe/Berlin\nPUID=1000\nDISCORD_TOKEN=a.b.c\n")
    found, settings = check_settings(None)
    assert [finding.grade for finding in found] == [Grade.WARN, Grade.WARN]
    assert "DISCORD_BOT_TOKEN" in found[0].words
    assert ".env line 1: TZ; .env line 2: PUID" in found[1].words
    assert settings is not None
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == "a.b.c"
