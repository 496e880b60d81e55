"""What sees the settings as they were typed."""

from __future__ import annotations

from typing import Final

from configuration.schema import tree
from configuration.suggest import similar
from configuration.variables import (
    Names,
    Variable,
    environment,
    parse_dotenv,
    read_variables,
)
from configuration.yaml_file import parse_yaml
from settings import ALIASES, SHORT_NAMES, Settings
from tests.outside.subject import Subject

_TREE: Final = tree(Settings)
_NAMES: Final = Names(_TREE, SHORT_NAMES, ALIASES)


def _variable(text: str) -> object:
    variables = [
        Variable("DISCORD__DEVELOPMENT_GUILD_IDS", text, "here"),
        Variable("DISCORD__DEVELOPMENT_GUILD_IDS", f"[{text}", "here"),
        Variable(f"PIPELINE__{text}", text, "there"),
    ]
    return read_variables(variables, _NAMES, own_file=True)


def _dotenv(text: str) -> object:
    variables, problems = parse_dotenv(text, ".env")
    return read_variables(variables[:20], _NAMES, own_file=True), problems


SUBJECTS: Final = (
    Subject("configuration.suggest:similar", lambda t: similar(t, ["DISCORD__TOKEN", "TTS__URL"])),
    Subject("configuration.variables:environment", lambda t: environment({"A": t, t: t})),
    Subject("configuration.variables:parse_dotenv", _dotenv, heavy=True),
    Subject("configuration.variables:read_variables", _variable),
    Subject(
        "configuration.yaml_file:parse_yaml",
        lambda t: parse_yaml(t, "config.yaml", _TREE),
        heavy=True,
    ),
)
