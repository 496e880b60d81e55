from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from configuration.__main__ import CONFIG_HEADER, PAGE_HEADER, render_page, render_yaml
from configuration.schema import Section, Setting, tree, variable_name
from pipeline.personas import AgentSettings
from settings import (
    ALIASES,
    HOME,
    RETIRED,
    SHORT_NAMES,
    LoggingSettings,
    Settings,
    SettingsError,
    load_settings,
)

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Settings of a config.yaml, a .env and an environment given as text."""

    def load(config: str = "", env_file: str = "", **environ: str) -> Settings:
        (tmp_path / "config.yaml").write_text(config)
        (tmp_path / ".env").write_text(env_file)
        return load_settings(tmp_path / "config.yaml", tmp_path / ".env", environ)

    return load


@pytest.fixture
def refusal(load: Load) -> Callable[..., str]:
    def refusal(config: str = "", env_file: str = "", **environ: str) -> str:
        with pytest.raises(SettingsError) as caught:
            load(config, env_file, **environ)
        return str(caught.value)

    return refusal


def test_without_anything_the_defaults_hold(load: Load) -> None:
    assert load() == Settings()


def test_the_short_names_reach_their_settings(load: Load) -> None:
    settings = load(
        DISCORD_BOT_TOKEN="a.b.c",
        OPENCLAW_BASE_URL="ws://10.0.0.5:18789",
        OPENCLAW_AUTH_TOKEN="gateway-secret",
        OPENCLAW_AGENT_ID="work",
        TTS_URL="http://10.0.0.6:8880",
        SERVER_HOST="0.0.0.0",
        SERVER_PORT="9000",
        LOG_LEVEL="debug",
    )
    assert settings.discord.token == SecretStr("a.b.c")
    assert settings.openclaw.base_url == "ws://10.0.0.5:18789"
    assert settings.openclaw.auth_token == SecretStr("gateway-secret")
    assert settings.openclaw.agent_id == "work"
    assert settings.tts.url == "http://10.0.0.6:8880"
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 9000)
    assert settings.logging == LoggingSettings(level="DEBUG")


def test_every_short_name_is_a_setting() -> None:
    known = {setting.path for setting in tree(Settings).settings()}
    assert set(SHORT_NAMES.values()) <= known


def test_nested_names_and_the_order_of_the_sources(load: Load) -> None:
    config = "pipeline: {stt: {model_size: tiny, beam_size: 2}, vad: {start_ms: 64}}"
    env_file = "PIPELINE__STT__MODEL_SIZE=base\nPIPELINE__STT__BEAM_SIZE=3"
    settings = load(config, env_file, PIPELINE__STT__MODEL_SIZE="small")
    assert settings.pipeline.stt.model_size == "small"
    assert settings.pipeline.stt.beam_size == 3
    assert settings.pipeline.vad.start_ms == 64


def test_a_voice_is_changed_by_one_variable(load: Load) -> None:
    agents = load(
        AGENTS__JARVIS__VOICE="espeak:en-us+f4", AGENTS__JARVIS__ALIASES="butler,j"
    ).agents
    assert list(agents) == ["jarvis", "sage"]
    assert agents["jarvis"] == AgentSettings(voice="espeak:en-us+f4", aliases=("butler", "j"))
    assert agents["sage"].voice == "sage"


def test_a_name_that_no_agent_can_have_is_told_with_its_line(
    refusal: Callable[..., str],
) -> None:
    text = refusal("agents:\n  jarvis: {}\n  Miss Sage: {}\n")
    assert "config.yaml line 3: agents.Miss Sage\n      this is not an agent id: small" in text


def test_the_agents_of_the_file_are_all_there_are(load: Load) -> None:
    settings = load("agents: {main: {display_name: Jarvis}}")
    assert list(settings.agents) == ["main"]


def test_the_agent_that_answers_first_need_not_be_among_the_agents(load: Load) -> None:
    settings = load(OPENCLAW_AGENT_ID="main")
    assert settings.openclaw.agent_id == "main"
    assert list(settings.agents) == ["jarvis", "sage"]


def test_an_unknown_variable_says_what_was_meant(refusal: Callable[..., str]) -> None:
    text = refusal(PIPELINE__STT__MODLE_SIZE="small")
    assert "environment variable PIPELINE__STT__MODLE_SIZE" in text
    assert "did you mean PIPELINE__STT__MODEL_SIZE?" in text


@pytest.mark.parametrize("name", [path[-1] for path in RETIRED])
def test_a_setting_of_an_earlier_version_says_what_replaces_it(
    name: str, refusal: Callable[..., str]
) -> None:
    text = refusal(f"pipeline: {{turn: {{{name}: 1}}}}")
    assert f"config.yaml line 1: pipeline.turn.{name}" in text
    assert "no such setting any more" in text
    assert "look_after_ms" in text or "cut_cost_ms" in text
    assert "no such setting any more" in refusal(**{f"PIPELINE__TURN__{name.upper()}": "1"})


def test_what_replaces_a_setting_is_there() -> None:
    known = {setting.path for setting in tree(Settings).settings()}
    for path, replacement in RETIRED.items():
        assert path not in known
        named = re.findall(r"[a-z]+(?:_[a-z]+)+", replacement)
        assert named
        assert all((*path[:-1], name) in known for name in named), replacement


def test_problems_of_all_sources_come_together(refusal: Callable[..., str]) -> None:
    text = refusal(
        "pipeline: {stt: {device: gpu}}", "DISCORD_BOT_TOKN=hunter2", SERVER_PORT="70000"
    )
    assert "config.yaml line 1: pipeline.stt.device" in text
    assert "allowed: one of auto, cpu, cuda" in text
    assert ".env line 1: DISCORD_BOT_TOKN" in text
    assert "did you mean DISCORD_BOT_TOKEN?" in text
    assert "environment variable SERVER_PORT" in text
    assert "allowed: a whole number from 0 to 65535" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("name", ["PIPELINE__STT__NOPE", "TTS__NOPE", "DISCORD__NOPE"])
def test_a_name_that_is_like_none_gets_no_suggestion(
    name: str, refusal: Callable[..., str]
) -> None:
    text = refusal(**{name: "x"})
    assert "there is no such setting" in text
    assert "did you mean" not in text


def test_a_public_address_in_the_clear_names_the_one_place_that_it_came_from(
    refusal: Callable[..., str],
) -> None:
    written = (HOME / "config.yaml").read_text(encoding="utf-8")
    text = refusal(written, "OPENCLAW_BASE_URL=http://8.8.8.8:18789")
    assert ".env line 1: OPENCLAW_BASE_URL" in text
    assert "8.8.8.8 is a public address" in text
    assert "config.yaml" not in text
    in_file = refusal(written.replace("http://127.0.0.1:18789", "http://8.8.8.8:18789"))
    assert in_file.count("config.yaml line") == 1
    assert "openclaw.base_url" in in_file


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_as_windows_writes_them(encoding: str, ending: str, tmp_path: Path) -> None:
    text = ending.join(["# jägermeister", "TZ=x", "DISCORD_BOT_TOKEN=“Bot a.b.c”  ", ""])
    (tmp_path / ".env").write_bytes(text.encode(encoding))
    config = ending.join(["server:", "  port: 9000", ""])
    (tmp_path / "config.yaml").write_bytes(config.encode(encoding))
    told: list[str] = []
    settings = load_settings(tmp_path / "config.yaml", tmp_path / ".env", {}, told.append)
    assert settings.discord.token == SecretStr("a.b.c")
    assert settings.server.port == 9000
    assert told == ["these are not settings, and are ignored: .env line 2: TZ"]


def test_every_alias_is_a_setting_and_none_a_name_of_ours() -> None:
    known = {setting.path for setting in tree(Settings).settings()}
    assert set(ALIASES.values()) <= known
    assert not ALIASES.keys() & SHORT_NAMES.keys()


def test_an_alias_in_the_environment_is_told_while_its_setting_is_not_given(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.yaml").touch()
    told: list[str] = []

    def load_with(env_file: str, **environ: str) -> Settings:
        (tmp_path / ".env").write_text(env_file)
        return load_settings(tmp_path / "config.yaml", tmp_path / ".env", environ, told.append)

    assert load_with("", DISCORD_TOKEN="a.b.c").discord.token is None
    assert told == [
        "environment variable DISCORD_TOKEN is ignored: the name here is DISCORD_BOT_TOKEN"
    ]
    told.clear()
    load_with("DISCORD_BOT_TOKEN=d.e.f", DISCORD_TOKEN="a.b.c")
    assert told == []


def test_malformed_files_have_their_line(refusal: Callable[..., str]) -> None:
    text = refusal("pipeline:\n  stt: [", "DISCORD_BOT_TOKEN='hunter2\n")
    assert "config.yaml line 2, column" in text
    assert ".env line 1" in text
    assert "hunter2" not in text


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "mine.yaml", tmp_path / "mine.env", {})
    assert str(caught.value).count("there is no such file") == 2
    assert str(tmp_path / "mine.yaml") in str(caught.value)


def secrets() -> list[Setting]:
    return [setting for setting in tree(Settings).settings() if setting.is_secret]


def test_the_secrets_are_known() -> None:
    assert {setting.path for setting in secrets()} >= {
        ("discord", "token"),
        ("openclaw", "auth_token"),
        ("tts", "api_key"),
    }


@pytest.mark.parametrize("setting", secrets(), ids=lambda setting: setting.path[-1])
def test_no_secret_is_ever_printed(
    setting: Setting, load: Load, refusal: Callable[..., str]
) -> None:
    name = variable_name(setting.path)
    secret = "hunter2hunter2"
    if setting.path[0] == "database":
        secret = f"postgresql://bot:{secret}@box/voice"
    if setting.path == ("tts", "chain"):
        secret = json.dumps([{"url": "http://box:8880", "api_key": secret}])
    given = {name: secret, "TTS_URL": "http://office:8880"}
    settings = load(**given)
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert "hunter2" not in refusal(**given, SERVER_PORT="x")
    assert "hunter2" not in refusal(**{name: f"mysql{secret}?hunter2=1\x00", "SERVER_PORT": "x"})


def test_the_settings_cannot_be_changed_anywhere() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.logging = LoggingSettings()  # type: ignore[misc]

    def sections(section: Section) -> list[Section]:
        return [section, *(node for node in section.nodes() if isinstance(node, Section))]

    for section in sections(tree(Settings)):
        assert section.model.model_config.get("frozen"), section.model
        assert section.model.model_config.get("extra") == "forbid", section.model


def test_settings_travel_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Settings())) == Settings()


def test_config_yaml_is_what_the_code_says(load: Load) -> None:
    written = (HOME / "config.yaml").read_text(encoding="utf-8")
    assert written == render_yaml(Settings, CONFIG_HEADER), (
        "run `python -m configuration` and look at what it changed"
    )
    assert load(written) == Settings()


def test_the_page_of_settings_is_what_the_code_says() -> None:
    written = (HOME / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == render_page(Settings, SHORT_NAMES, PAGE_HEADER), (
        "run `python -m configuration`"
    )


def test_the_documents_name_only_settings_that_are_there() -> None:
    pages = [HOME / "README.md", *(HOME / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    known = {
        path for setting in tree(Settings).settings() for path in (setting.path, setting.path[:-1])
    }
    sections = "|".join(sorted({path[0] for path in known if path}))
    named = set(re.findall(rf"`((?:{sections})(?:\.[a-z_]+|\.<name>)+)(?::[^`]*)?`", text))
    assert len(named) > 50
    gateways = {"agents.list", "models.list", "agents.defaults.heartbeat.target"}
    assert {name for name in named - gateways if tuple(name.split(".")) not in known} == set()


def test_env_example_can_be_copied_as_it_is_and_names_every_secret(load: Load) -> None:
    text = (HOME / ".env.example").read_text(encoding="utf-8")
    assert load(env_file=text) == Settings()
    short = {path: name for name, path in SHORT_NAMES.items()}
    names = {line.partition("=")[0] for line in text.splitlines() if not line.startswith("#")}
    assert {short.get(setting.path, variable_name(setting.path)) for setting in secrets()} <= names
    assert set(SHORT_NAMES) <= names


def test_every_setting_says_why_it_is_there() -> None:
    table = render_page(Settings, SHORT_NAMES, "")
    mute = [line for line in table.splitlines() if line.startswith("| `") and line.endswith("|  |")]
    assert mute == []
