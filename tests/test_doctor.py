from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from doctor import (
    Finding,
    Grade,
    check_davey,
    check_gateway,
    check_gpu,
    check_libopus,
    check_models,
    check_node,
    check_python,
    check_settings,
    check_speech,
    check_token,
    examine,
)
from models.registry import SMART_TURN
from models.settings import ModelsSettings
from models.store import ModelStore
from openclaw_client import DeviceStore, VoiceNode
from openclaw_client.node.settings import COMMANDS
from openclaw_client.settings import OpenClawConfig
from openclaw_client.simulator import GatewaySimulator, jarvis
from pipeline.settings import PipelineSettings, SttSettings
from server.settings import ServerSettings, TtsSettings
from settings import Settings
from tests.openclaw_client.node.fake_rooms import FakeRooms


def with_discord(**values: object) -> Settings:
    return Settings.model_validate({"discord": values})


def with_models(folder: Path, *, offline: bool = False, size: str = "fixture") -> Settings:
    models = ModelsSettings(dir=folder, offline=offline)
    return Settings(models=models, pipeline=PipelineSettings(stt=SttSettings(model_size=size)))


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_finding_is_a_line_and_its_advice_another() -> None:
    assert str(Finding(Grade.OK, "GPU", "none")) == "ok   GPU: none"
    assert str(Finding(Grade.FAIL, "x", "away", "do y")) == "fail x: away\n     -> do y"


@pytest.mark.parametrize(
    ("version", "grade"),
    [
        ((3, 10, 9), Grade.FAIL),
        ((3, 11, 0), Grade.OK),
        ((3, 13, 7), Grade.OK),
        ((3, 14, 0), Grade.FAIL),
    ],
)
def test_python(version: tuple[int, ...], grade: Grade) -> None:
    assert check_python(version).grade is grade


def test_this_python_is_the_default() -> None:
    assert check_python().grade is Grade.OK


@pytest.mark.parametrize(
    ("version", "grade"),
    [
        ("0.1.4", Grade.FAIL),
        ("0.1.5", Grade.OK),
        ("0.1.12", Grade.OK),
        ("0.2.0b1", Grade.FAIL),
        ("1.0", Grade.FAIL),
    ],
)
def test_davey(version: str, grade: Grade) -> None:
    assert check_davey(version).grade is grade


def test_the_davey_installed_is_one_that_works() -> None:
    assert check_davey().grade is Grade.OK


def test_unusable_settings_are_listed_and_the_defaults_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("settings.HOME", tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text("pipeline: {stt: {device: gpu}}")
    finding, settings = check_settings(config)
    assert finding.grade is Grade.FAIL
    assert "pipeline.stt.device" in finding.words
    assert settings == Settings()


@pytest.mark.parametrize(
    ("token", "grade"),
    [(None, Grade.FAIL), ("hunter2", Grade.WARN), ("hunter2.b.c", Grade.OK)],
)
def test_the_token_is_looked_at_and_never_shown(token: str | None, grade: Grade) -> None:
    finding = check_token(with_discord(token=token))
    assert finding.grade is grade
    assert "hunter2" not in str(finding)


def test_libopus_is_found_on_this_machine_and_a_wrong_path_is_not_replaced(tmp_path: Path) -> None:
    assert check_libopus(Settings()).grade is Grade.OK
    wrong = check_libopus(with_discord(opus_library=str(tmp_path / "libopus.so")))
    assert wrong.grade is Grade.FAIL
    assert str(tmp_path) in wrong.advice


def test_cuda_is_missed_only_where_it_was_asked_for() -> None:
    cuda = Settings.model_validate({"pipeline": {"stt": {"device": "cuda"}}})
    assert check_gpu(cuda, devices=0).grade is Grade.FAIL
    assert check_gpu(cuda, devices=1).grade is Grade.OK
    assert check_gpu(Settings(), devices=0).grade is Grade.OK


async def test_our_own_speech_engine_says_a_word_in_every_voice() -> None:
    finding = await check_speech(Settings())
    assert finding.grade is Grade.OK, finding
    assert "jarvis after" in finding.words
    assert "sage after" in finding.words


async def test_a_voice_that_does_not_exist_is_told() -> None:
    finding = await check_speech(
        Settings.model_validate({"agents": {"jarvis": {"voice": "nobody"}}})
    )
    assert finding.grade is Grade.FAIL
    assert "nobody" in finding.words


async def test_a_speech_server_that_is_away_is_told() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    settings = Settings(tts=TtsSettings(url=url), server=ServerSettings(port=0))
    finding = await check_speech(settings)
    assert finding.grade is Grade.FAIL
    assert url in finding.words
    assert "TTS_URL" in finding.advice


@pytest.mark.parametrize(("offline", "grade"), [(False, Grade.WARN), (True, Grade.FAIL)])
def test_a_missing_model_is_fetched_by_the_bot_unless_it_may_not(
    offline: bool, grade: Grade, tmp_path: Path
) -> None:
    silero, smart_turn, whisper = check_models(with_models(tmp_path, offline=offline))
    assert silero.grade is Grade.OK
    assert smart_turn.grade is grade
    assert "run.py models fetch" in smart_turn.advice
    assert whisper.subject == "model whisper fixture"


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    file = ModelStore(ModelsSettings(dir=tmp_path)).place_of(SMART_TURN)
    file.parent.mkdir()
    file.write_bytes(b"not a model")
    _, smart_turn, _ = check_models(with_models(tmp_path))
    assert smart_turn.grade is Grade.FAIL
    assert str(file) in smart_turn.words


def test_a_gpu_that_is_missing_does_not_keep_the_models_from_being_looked_at(
    tmp_path: Path,
) -> None:
    models = ModelsSettings(dir=tmp_path)
    pipeline = PipelineSettings(stt=SttSettings(device="cuda"))
    *_, whisper = check_models(Settings(models=models, pipeline=pipeline))
    assert whisper.subject == "model whisper large-v3-turbo"


def test_a_whisper_that_nobody_knows_is_told(tmp_path: Path) -> None:
    *_, whisper = check_models(with_models(tmp_path, size="hugee"))
    assert whisper.grade is Grade.FAIL
    assert "hugee" in whisper.words


async def gateway_of(gateway: GatewaySimulator, **openclaw: object) -> Finding:
    given = {"base_url": gateway.url, "auth_token": gateway.token, **openclaw}
    return await check_gateway(Settings.model_validate({"openclaw": given}), patience_s=2)


async def test_a_gateway_that_lets_us_in_and_has_our_agents() -> None:
    async with GatewaySimulator() as gateway:
        finding = await gateway_of(gateway)
        token = gateway.token
    assert finding.grade is Grade.OK, finding
    assert "operator.write" in finding.words
    assert "agents jarvis, sage" in finding.words
    assert token not in str(finding)


async def test_an_agent_that_the_gateway_does_not_have() -> None:
    async with GatewaySimulator(agents=[jarvis()]) as gateway:
        finding = await gateway_of(gateway)
    assert finding.grade is Grade.WARN
    assert "no agent sage, only jarvis" in finding.words


async def test_a_gateway_as_it_comes_answers_under_our_names() -> None:
    async with GatewaySimulator(agents=[replace(jarvis(), id="main", name="Main")]) as gateway:
        finding = await gateway_of(gateway)
    assert finding.grade is Grade.WARN
    assert "no agent jarvis, sage, only main" in finding.words
    assert "its agent main answers in their place, under their names" in finding.words
    assert "OPENCLAW_AGENT_ID=main" in finding.advice


async def test_the_agent_that_answers_first_is_looked_for_too() -> None:
    async with GatewaySimulator() as gateway:
        finding = await gateway_of(gateway, agent_id="main")
    assert finding.grade is Grade.WARN
    assert "no agent main, only jarvis, sage" in finding.words
    assert "OPENCLAW_AGENT_ID" in finding.advice


async def test_a_wrong_gateway_token() -> None:
    async with GatewaySimulator() as gateway:
        finding = await gateway_of(gateway, auth_token="hunter2")
    assert finding.grade is Grade.FAIL
    assert "OPENCLAW_AUTH_TOKEN" in str(finding)
    assert "hunter2" not in str(finding)


async def test_a_gateway_on_another_machine_wants_to_be_told_of_the_bot() -> None:
    async with GatewaySimulator(remote=True) as gateway:
        finding = await gateway_of(gateway)
    assert finding.grade is Grade.FAIL
    assert "openclaw devices approve" in finding.words
    assert not finding.advice


async def test_a_gateway_that_is_away_is_told() -> None:
    url = f"ws://127.0.0.1:{closed_port()}"
    finding = await check_gateway(Settings(openclaw=OpenClawConfig(base_url=url)), patience_s=0.2)
    assert finding.grade is Grade.FAIL
    assert url in finding.words
    assert "OPENCLAW_BASE_URL" in finding.advice


# -- the node ----------------------------------------------------------------------------------


async def nobody(node_id: str) -> None:
    return None


async def node_of(gateway: GatewaySimulator, **openclaw: object) -> Finding:
    given = {"base_url": gateway.url, "auth_token": gateway.token, "node": {"enabled": True}}
    settings = Settings.model_validate({"openclaw": {**given, **openclaw}})
    return await check_node(settings, patience_s=2)


async def test_a_bot_that_is_no_node_has_nothing_to_approve() -> None:
    finding = await check_node(Settings())
    assert finding.grade is Grade.OK
    assert "off" in finding.words


async def test_a_node_that_never_connected_is_to_be_started_first() -> None:
    async with GatewaySimulator(node_commands=COMMANDS) as gateway:
        finding = await node_of(gateway)
    assert finding.grade is Grade.WARN
    assert "start the bot once" in finding.advice


async def test_what_is_to_be_approved_of_a_node_is_told_and_then_that_it_is() -> None:
    async with GatewaySimulator(node_commands=COMMANDS) as gateway:
        config = OpenClawConfig.model_validate(
            {"base_url": gateway.url, "auth_token": gateway.token, "node": {"enabled": True}}
        )
        async with VoiceNode(config, FakeRooms(), DeviceStore.of(config), nobody):
            await gateway.wait_for(lambda: gateway.nodes.all)
            (there,) = gateway.nodes.all.values()
            finding = await node_of(gateway)
            assert finding.grade is Grade.WARN
            assert f"openclaw nodes approve {there.pending}" in finding.advice
            gateway.approve_node(str(there.pending))
            finding = await node_of(gateway)
            assert (finding.grade, finding.advice) == (Grade.OK, "")
            assert "voice.say" in finding.words
            assert there.peer is not None, "the doctor has not taken its place"


async def test_a_gateway_that_is_away_cannot_tell_of_a_node() -> None:
    url = f"ws://127.0.0.1:{closed_port()}"
    settings = Settings.model_validate({"openclaw": {"base_url": url, "node": {"enabled": True}}})
    finding = await check_node(settings, patience_s=0.2)
    assert finding.grade is Grade.WARN
    assert "not to be found out" in finding.words


# -- all of it ---------------------------------------------------------------------------------


async def test_the_report_has_every_check_and_fails_with_any_of_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("settings.HOME", tmp_path)
    monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)
    async with GatewaySimulator() as gateway:
        for name, value in {
            "OPENCLAW_BASE_URL": gateway.url,
            "OPENCLAW_AUTH_TOKEN": gateway.token,
            "MODELS__DIR": str(tmp_path),
            "PIPELINE__STT__MODEL_SIZE": "fixture",
        }.items():
            monkeypatch.setenv(name, value)
        said: list[str] = []
        assert await examine(None, lambda words: said.append(str(words))) == 1
        assert said[-1] == "\n1 of these must be put right first."

        monkeypatch.setenv("DISCORD_BOT_TOKEN", "hunter2.b.c")
        said.clear()
        assert await examine(None, lambda words: said.append(str(words))) == 0
    subjects = [line[5:].split(":")[0] for line in said[:-1]]
    assert subjects == [
        "Python",
        "settings",
        "Discord token",
        "libopus",
        "davey",
        "GPU",
        "model silero-vad",
        "model smart-turn",
        "model whisper fixture",
        "speech engine",
        "OpenClaw Gateway",
        "OpenClaw node",
    ]
    assert "hunter2" not in "".join(said)
