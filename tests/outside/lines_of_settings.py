"""Readers of settings as they were typed, of the environment, and of the bot's own files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import yaml

from configuration.desired.documents import (
    differences,
    document_hash,
    patched,
    paths_below,
    shown_changes,
    shown_document,
    with_secrets,
)
from configuration.desired.errors import NameUnusable
from configuration.desired.records import checked_name
from configuration.errors import SettingsError
from configuration.names import SettingNames, nearest_name, similar_path
from configuration.schema import tree
from configuration.text import character, cleaned, visible, without_login
from configuration.unique_keys import load_yaml
from configuration.variables import parse_dotenv, read_environment
from configuration.yaml_file import parse_yaml
from database.errors import InvalidSetting
from database.location import located
from database.setting_values import parsed_value
from database.store import GuildStore
from network.addresses import checked_host, checked_url, listening_host
from network.environment import canonical, problems
from network.keys import bot_token, header_text, shared_secret
from network.proxies import without_proxy
from openclaw_client.identity.device_key import DeviceKey
from openclaw_client.transport.trust import fingerprint_of, format_fingerprint, parse_fingerprint
from settings import ALIASES, SHORT_NAMES, Settings, check_document
from state import read_state
from tests.outside.subject import Subject, raw

_NAMES: Final = SettingNames(tree(Settings), SHORT_NAMES, ALIASES)


def _variables(text: str) -> object:
    environ = {
        "DISCORD__DEVELOPMENT_GUILD_IDS": text,
        "discord__development_guild_ids": f"[{text}",
        f"PIPELINE__{text}": text,
    }
    return read_environment(environ, _NAMES)


def _dotenv(text: str) -> object:
    return parse_dotenv("\n".join(text.split("\n")[:20]), ".env", _NAMES)


def _yaml(text: str) -> object:
    with suppress(yaml.YAMLError):
        return load_yaml(text)
    return None


def _environment(text: str) -> object:
    environ = {"ALL_PROXY": text, "NO_PROXY": text, "HF_ENDPOINT": text}
    return problems(environ), canonical({"NO_PROXY": text}, ("10.0.0.1", "box"))


def _url(text: str) -> object:
    return checked_url(f"http://{text}", ("http", "https"), "http://host:port", login=True)


def _kept(text: str) -> object:
    """Read a text as a state file; an unreadable file is renamed."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        file.write_bytes(raw(text))
        return read_state(file, str.strip)


def _document(text: str) -> object:
    """A document that has the text in every place."""
    values = {"discord": {"token": text}, "tts": {"url": text, "extra_fields": {text: [text]}}}
    document = {**values, text: {text: text}, "agents": {text: {"display_name": text}}}
    with suppress(SettingsError):
        check_document(document)
    with suppress(SettingsError):
        with_secrets(document, values, _NAMES.tree)
    changes = differences(values, document)
    patched(values, changes)
    shown_changes(values, document, _NAMES.tree)
    paths_below(document, [("discord", text)])
    return document_hash(document), shown_document(document, _NAMES.tree)


def _database_url(text: str) -> object:
    return located(f"postgresql://{text}")


def _setting(text: str) -> object:
    """Choose every kind of setting by a text, and a setting of that name."""
    store = GuildStore()
    for name in ("volume_db", "allowed_users", "voices", "agent", "transcripts", "eager", text):
        with suppress(InvalidSetting):
            store.settings.set(1, name, parsed_value(name, text))
        with suppress(InvalidSetting):
            store.settings.set(1, name, text)
        with suppress(InvalidSetting):
            store.settings.reset(1, name)
            store.settings.setting(1, name)
    return store.settings.view(1)


SUBJECTS: Final = (
    Subject(
        "configuration.names:similar_path",
        lambda t: similar_path((t, t), [("discord", "token"), ("tts", "url")]),
    ),
    Subject("configuration.names:nearest_name", lambda t: nearest_name(t, ["discord", "tts"])),
    Subject("configuration.names:SettingNames.path_of", _NAMES.path_of),
    Subject(
        "configuration.names:SettingNames.similar_variable", _NAMES.similar_variable, heavy=True
    ),
    Subject(
        "configuration.names:SettingNames.similar_key",
        lambda t: _NAMES.similar_key(_NAMES.tree, t),
        heavy=True,
    ),
    Subject("configuration.text:character", lambda t: [character(each, 1) for each in t]),
    Subject("configuration.text:cleaned", cleaned),
    Subject("configuration.text:visible", visible),
    Subject("configuration.text:without_login", without_login),
    Subject("configuration.variables:parse_dotenv", _dotenv, heavy=True),
    Subject("configuration.variables:read_environment", _variables, heavy=True),
    Subject(
        "configuration.yaml_file:parse_yaml",
        lambda t: parse_yaml(t, "config.yaml", _NAMES),
        heavy=True,
    ),
    Subject("configuration.unique_keys:load_yaml", _yaml, heavy=True),
    Subject(
        "configuration.yaml_file:parse_document",
        _document,
        heavy=True,
        covers=tuple(
            f"configuration.desired.documents:{name}"
            for name in (
                "canonical",
                "differences",
                "document_hash",
                "patched",
                "paths_below",
                "shown_changes",
                "shown_document",
                "with_secrets",
            )
        ),
    ),
    Subject(
        "configuration.desired.records:checked_name",
        lambda t: checked_name(t, "a name"),
        (NameUnusable,),
    ),
    Subject(
        "network.environment:problems",
        _environment,
        (ValueError,),
        heavy=True,
        covers=("network.environment:canonical",),
    ),
    Subject("network.addresses:checked_host", checked_host, (ValueError,)),
    Subject("network.addresses:listening_host", listening_host, (ValueError,)),
    Subject("network.keys:bot_token", bot_token, (ValueError,)),
    Subject("network.keys:header_text", header_text, (ValueError,)),
    Subject("network.keys:shared_secret", shared_secret, (ValueError,)),
    Subject(
        "network.proxies:without_proxy", lambda t: without_proxy(t, ["10.0.0.1", t]), heavy=True
    ),
    Subject("network.addresses:checked_url", _url, (ValueError,)),
    Subject(
        "openclaw_client.identity.device_key:DeviceKey.from_pem",
        lambda t: DeviceKey.from_pem(b"-----BEGIN PRIVATE KEY-----\n" + raw(t)),
        (ValueError,),
    ),
    Subject("openclaw_client.transport.trust:fingerprint_of", lambda t: fingerprint_of(raw(t))),
    Subject("openclaw_client.transport.trust:parse_fingerprint", parse_fingerprint, (ValueError,)),
    Subject("openclaw_client.transport.trust:format_fingerprint", format_fingerprint),
    Subject("state.files:read_state", _kept),
    Subject("database.location:located", located, (ValueError,)),
    Subject("database.location:located, after the scheme", _database_url, (ValueError,)),
    Subject(
        "database.setting_values:parsed_value",
        _setting,
        heavy=True,
        covers=(
            "database.setting_values:checked_value",
            "database.setting_values:setting_info",
            "database.setting_store:GuildSettingStore.reset",
            "database.setting_store:GuildSettingStore.set",
            "database.setting_store:GuildSettingStore.setting",
        ),
    ),
)
