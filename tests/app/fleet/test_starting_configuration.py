"""The settings of a bot under a control plane, and its restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.fleet.starting_configuration import RESTART_STATUS, StartingConfiguration
from configuration.desired.documents import document_hash
from configuration.errors import SettingsError
from fleet.desired_state.kept import MOST_STARTS, STATE_FILE, KeptState, KeptVersion


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLEET__DESIRED_STATE__TOKEN", "t")
    file = tmp_path / "config.yaml"
    file.write_text(
        f"""
openclaw: {{state_dir: {tmp_path}}}
agents: {{jarvis: {{speed: 1.1}}, sage: {{speed: 1.2}}}}
logging: {{level: WARNING}}
fleet: {{desired_state: {{url: 'http://127.0.0.1:1', protected: [server, discord.token]}}}}
"""
    )
    return file


def version(number: int, document: dict[str, Any]) -> KeptVersion:
    return KeptVersion(version=number, hash=document_hash(document), document=document)


def keep(folder: Path, document: dict[str, Any], number: int = 1) -> KeptState:
    kept = KeptState(folder)
    kept.begin_trial(version(number, document), ())
    return kept


def test_without_a_control_plane_nothing_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("")
    start = StartingConfiguration()
    start.load(file)
    assert (start.kept, start.running) == (None, None)


def test_a_command_beside_the_bot_sees_its_version_and_counts_no_start(
    config: Path, tmp_path: Path
) -> None:
    kept = keep(tmp_path, {"logging": {"level": "DEBUG"}})
    kept.accept(version(1, {"logging": {"level": "DEBUG"}}))
    kept.begin_trial(version(2, {"logging": {"level": "ERROR"}}), ())
    before = (tmp_path / STATE_FILE).read_bytes()
    for _ in range(MOST_STARTS + 1):
        assert StartingConfiguration().look(config).logging.level == "ERROR"
    assert (tmp_path / STATE_FILE).read_bytes() == before
    # What a start would refuse is left out, and not refused.
    kept.begin_trial(version(3, {"openclaw": {"state_dir": "/elsewhere"}}), ())
    told: list[str] = []
    assert StartingConfiguration().look(config, on_notice=told.append).logging.level == "DEBUG"
    assert told[0].startswith("version 3 of the control plane is left out: ")
    assert {ack.outcome for ack in KeptState(tmp_path).acks} == {"applied"}
    # After its last start a version is given up, and the one before is what the next start takes.
    kept.begin_trial(version(4, {"logging": {"level": "ERROR"}}), ())
    for _ in range(MOST_STARTS):
        StartingConfiguration().load(config)
    assert StartingConfiguration().look(config).logging.level == "DEBUG"


def test_a_version_stands_between_the_file_and_the_variables(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS__MODEL", "of-the-variable")
    document = {
        "logging": {"level": "ERROR"},
        "tts": {"model": "of-the-plane", "default_rate_hz": 16000},
        "agents": {"sage": {"display_name": "Wise One"}},
    }
    keep(tmp_path, document)
    start = StartingConfiguration()
    notices: list[str] = []
    settings = start.load(config, on_notice=notices.append)
    assert settings.logging.level == "ERROR"
    assert (settings.tts.model, settings.tts.default_rate_hz) == ("of-the-variable", 16000)
    assert list(settings.agents) == ["sage"]  # the mapping is the document's
    assert settings.agents["sage"].speed == 1.0
    assert "version 1 of the control plane holds" in notices[-1]
    assert start.running is not None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"logging": {"level": "LOUD"}}, "version 2 of the control plane: logging.level"),
        ({"server": {"port": 1}}, "server.port"),
        ({"openclaw": {"state_dir": "/elsewhere"}}, "openclaw.state_dir"),
    ],
)
def test_a_version_that_cannot_be_used_here_is_refused_at_the_start(
    config: Path, tmp_path: Path, document: dict[str, Any], words: str
) -> None:
    good = {"logging": {"level": "ERROR"}}
    keep(tmp_path, good).accept(version(1, good))
    keep(tmp_path, document, 2)
    start = StartingConfiguration()
    settings = start.load(config)
    assert settings.logging.level == "ERROR"
    assert start.running is not None
    assert start.running.version == 1
    assert start.kept is not None
    ack = start.kept.acks[-1]
    assert (ack.version, ack.outcome) == (2, "refused")
    assert words in ack.reason
    with pytest.raises(SettingsError, match=words.rpartition(": ")[2].replace(".", r"\.")):
        start.load_version(version(2, document))


def test_a_bot_does_not_lose_its_token(config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text().replace(", discord.token", ""))
    keep(tmp_path, {"discord": {"token": "a.b.c"}})
    start = StartingConfiguration()
    assert start.load(config).discord.token is not None
    with pytest.raises(SettingsError, match="could not start without"):
        start.load_version(version(2, {}))


def test_the_state_is_private(config: Path, tmp_path: Path) -> None:
    keep(tmp_path, {"discord": {"token": "a.b.c"}})
    assert (tmp_path / "desired-state.json").stat().st_mode & 0o077 == 0


async def test_work_ends_in_order_for_a_restart() -> None:
    ended: list[str] = []

    async def work() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("left the calls")
        return 0

    start = StartingConfiguration()
    running = asyncio.create_task(start.until_restart(work()))
    await asyncio.sleep(0)
    start.ask_restart()
    assert await running == RESTART_STATUS
    assert ended == ["left the calls"]


async def test_work_that_ends_by_itself_has_its_own_status() -> None:
    async def work() -> int:
        return 3

    assert await StartingConfiguration().until_restart(work()) == 3


def names_below(document: dict[str, Any]) -> list[str]:
    names: list[str] = []
    for name, value in document.items():
        below = names_below(value) if isinstance(value, dict) else [""]
        names += [f"{name}.{each}".rstrip(".") for each in below]
    return names


@pytest.mark.parametrize(
    ("variable", "document"),
    [
        ("TTS__API_KEY", {"tts": {"url": "https://elsewhere.example.org"}}),
        ("PIPELINE__STT__API_KEY", {"pipeline": {"stt": {"url": "https://elsewhere.example.org"}}}),
        ("FLEET__SENSORS__MQTT__PASSWORD", {"fleet": {"sensors": {"mqtt": {"tls": False}}}}),
        ("HF_TOKEN", {"models": {"hub_url": "https://elsewhere.example.org"}}),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            {"monitoring": {"traces_url": "https://elsewhere.example.org"}},
        ),
    ],
)
def test_a_control_plane_does_not_lead_a_key_of_this_machine_elsewhere(
    config: Path, monkeypatch: pytest.MonkeyPatch, variable: str, document: dict[str, Any]
) -> None:
    start = StartingConfiguration()
    monkeypatch.delenv(variable, raising=False)
    start.load(config)
    start.load_version(version(1, document))  # its key would be the control plane's own
    monkeypatch.setenv(variable, "a-key")
    start.load(config)
    with pytest.raises(SettingsError, match=r"list it there in fleet\.desired_state\.allowed"):
        start.load_version(version(1, document))
    text = config.read_text()
    (path,) = names_below(document)
    allowed = f"allowed: [{path}], protected"
    config.write_text(text.replace("protected", allowed))
    start.load(config)
    start.load_version(version(1, document))
