from __future__ import annotations

import pytest

from configuration.names import SettingNames, similar_path
from configuration.schema import tree
from settings import SHORT_NAMES, Settings

NAMES = SettingNames(tree(Settings), SHORT_NAMES)
PATHS = [setting.path for setting in NAMES.tree.settings()]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("modle_size", "model_size"),
        ("modelsize", "model_size"),
        ("model", "model_size"),
        ("size_of_model", "model_size"),
        ("colour", None),
        ("nope", None),
        ("x", None),
    ],
)
def test_a_misspelt_key_is_recognised_but_not_another_word(name: str, meant: str | None) -> None:
    known = [("stt", each) for each in ("model_size", "threads", "window", "language")]
    assert similar_path(("stt", name), known) == (meant and ("stt", meant))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("pipeline.stt.modle_size", "pipeline.stt.model_size"),
        ("pipelin.stt.model_size", "pipeline.stt.model_size"),
        ("pipeline.model_size", "pipeline.stt.model_size"),
        ("pipeline.stt.modelsize", "pipeline.stt.model_size"),
        ("pipeline.stt.nope", None),
        ("pipeline.stt.foo_bar_baz", None),
        ("pipeline.stt.threshold", None),
        ("pipeline.vad.nope", None),
        ("tts.nope", None),
        ("server.x", None),
        ("openclaw.tokn", None),
    ],
)
def test_a_setting_is_suggested_by_its_last_part_not_by_its_sections(
    name: str, meant: str | None
) -> None:
    near = similar_path(tuple(name.split(".")), PATHS)
    assert (near and ".".join(near)) == meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_BOT_TOKN", "DISCORD_BOT_TOKEN"),
        ("DISCORDBOTTOKEN", "DISCORD_BOT_TOKEN"),
        ("OPENCLAW_BASEURL", "OPENCLAW_BASE_URL"),
        ("PIPELINE_STT_MODEL_SIZE", "PIPELINE__STT__MODEL_SIZE"),
        ("pipeline_stt_modelsize", "PIPELINE__STT__MODEL_SIZE"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("TTS_ULR", "TTS_URL"),
        ("OPENCLAW_AGENT_KEY", None),
        ("DISCORD_BOT_NAME", None),
        *((name, None) for name in ("TZ", "PUID", "PGID", "UMASK", "PORT", "HOST", "TERM", "LANG")),
        *((name, None) for name in ("COMPOSE_PROJECT_NAME", "DISCORD_GUILD_ID", "OPENCLAW_HOME")),
        *((name, None) for name in ("POSTGRES_PASSWORD", "OPENAI_API_KEY", "HF_TOKEN", "DEBUG")),
    ],
)
def test_a_variable_outside_the_sections_is_recognised_only_if_misspelt(
    name: str, meant: str | None
) -> None:
    path = NAMES.similar_variable(name)
    assert (path and NAMES.variable(path)) == meant
