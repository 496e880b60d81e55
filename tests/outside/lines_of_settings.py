"""What sees the settings as they were typed, the environment, and the bot's own files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from configuration.schema import tree
from configuration.suggest import similar, similar_flat
from configuration.text import character, cleaned, visible, without_login
from configuration.variables import (
    Variable,
    VariableNames,
    environment,
    parse_dotenv,
    read_variables,
)
from configuration.yaml_file import parse_yaml
from discord_bot.guild_choices import GuildChoices
from network.environment import canonical, problems
from network.hosts import checked_host, listening_host
from network.keys import bot_token, header_text, shared_secret
from network.no_proxy import without_proxy
from network.urls import checked_url
from openclaw_client.identity.device_key import DeviceKey
from openclaw_client.transport.trust import fingerprint_of, format_fingerprint, parse_fingerprint
from settings import ALIASES, SHORT_NAMES, Settings
from state import read_state
from tests.outside.subject import Subject, raw

_TREE: Final = tree(Settings)
_NAMES: Final = VariableNames(_TREE, SHORT_NAMES, ALIASES)


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


def _environment(text: str) -> object:
    environ = {"ALL_PROXY": text, "NO_PROXY": text, "HF_ENDPOINT": text}
    return problems(environ), canonical({"NO_PROXY": text}, ("10.0.0.1", "box"))


def _url(text: str) -> object:
    return checked_url(f"http://{text}", ("http", "https"), "http://host:port", login=True)


def _kept(text: str) -> object:
    """What a file of the bot's holds; one of no use is put aside."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        file.write_bytes(raw(text))
        return read_state(file, str.strip), GuildChoices("jarvis", "medium", file)


SUBJECTS: Final = (
    Subject("configuration.suggest:similar", lambda t: similar(t, ["DISCORD__TOKEN", "TTS__URL"])),
    Subject(
        "configuration.suggest:similar_flat",
        lambda t: similar_flat(t, SHORT_NAMES, [("discord", "token"), ("tts", "url")]),
    ),
    Subject("configuration.text:character", lambda t: [character(each, 1) for each in t]),
    Subject("configuration.text:cleaned", cleaned),
    Subject("configuration.text:visible", visible),
    Subject("configuration.text:without_login", without_login),
    Subject("configuration.variables:VariableNames.meant_by", _NAMES.meant_by, heavy=True),
    Subject("configuration.variables:environment", lambda t: environment({"A": t, t: t})),
    Subject("configuration.variables:parse_dotenv", _dotenv, heavy=True),
    Subject("configuration.variables:read_variables", _variable),
    Subject(
        "configuration.yaml_file:parse_yaml",
        lambda t: parse_yaml(t, "config.yaml", _TREE),
        heavy=True,
    ),
    Subject(
        "network.environment:problems",
        _environment,
        (ValueError,),
        heavy=True,
        covers=("network.environment:canonical",),
    ),
    Subject("network.hosts:checked_host", checked_host, (ValueError,)),
    Subject("network.hosts:listening_host", listening_host, (ValueError,)),
    Subject("network.keys:bot_token", bot_token, (ValueError,)),
    Subject("network.keys:header_text", header_text, (ValueError,)),
    Subject("network.keys:shared_secret", shared_secret, (ValueError,)),
    Subject(
        "network.no_proxy:without_proxy", lambda t: without_proxy(t, ["10.0.0.1", t]), heavy=True
    ),
    Subject("network.urls:checked_url", _url, (ValueError,)),
    Subject(
        "openclaw_client.identity.device_key:DeviceKey.from_pem",
        lambda t: DeviceKey.from_pem(b"-----BEGIN PRIVATE KEY-----\n" + raw(t)),
        (ValueError,),
    ),
    Subject("openclaw_client.transport.trust:fingerprint_of", lambda t: fingerprint_of(raw(t))),
    Subject("openclaw_client.transport.trust:parse_fingerprint", parse_fingerprint, (ValueError,)),
    Subject("openclaw_client.transport.trust:format_fingerprint", format_fingerprint),
    Subject("state.files:read_state", _kept),
)
