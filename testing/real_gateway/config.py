"""Configuration and environment of an isolated Gateway."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openclaw_client.node.commands import PLUGIN_ID
from openclaw_client.node.settings import COMMANDS
from testing.real_gateway.install import Installed

NODE_COMMANDS = COMMANDS
"""Commands that OpenClaw does not know are removed from a node's list unless they are allowed."""

PLUGIN = Path(__file__).parents[2] / "openclaw_plugin"

_QUIET = {
    "OPENCLAW_DISABLE_BONJOUR": "1",
    "OPENCLAW_NO_AUTO_UPDATE": "1",
    "OPENCLAW_NO_RESPAWN": "1",
    "OPENCLAW_EXEC_SHELL_SNAPSHOT": "0",
    "DO_NOT_TRACK": "1",
    "CI": "1",
}
"""No announcements, no look-ups, and one process instead of a respawned child."""
_FOREIGN = ("OPENCLAW_", "CLAWDBOT_")
_MODEL: dict[str, Any] = {
    "reasoning": False,
    "input": ["text"],
    "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
    "contextWindow": 128_000,
    "maxTokens": 4096,
}


def gateway_config(
    *, port: int, token: str, model_url: str, agents: Sequence[str], folder: Path
) -> dict[str, Any]:
    """``openclaw.json``: token auth on loopback, one stub model per agent, nothing else.

    Agents have the tool policy that the README recommends for voice. A connection with the header
    ``X-Forwarded-For`` counts as one from another machine, because 127.0.0.1 is a trusted proxy.
    """
    return {
        "gateway": _gateway(port, token),
        "agents": _agents(agents, folder),
        "tools": {"profile": "minimal", "alsoAllow": [PLUGIN_ID, "ask_user"], "toolSearch": False},
        "models": _models(model_url, agents),
        "discovery": {"mdns": {"mode": "off"}},
        "logging": {"file": str(folder / "gateway.log")},
        "telemetry": {"enabled": False},
        "update": {"checkOnStart": False},
    }


def plugin_config(**config: Any) -> dict[str, Any]:
    """The part of ``openclaw.json`` that loads the plugin (docs/plugin.md)."""
    entry = {"enabled": True, "hooks": {"allowConversationAccess": True}, "config": config}
    return {
        "plugins": {
            "allow": [PLUGIN_ID],
            "load": {"paths": [str(PLUGIN)]},
            "entries": {PLUGIN_ID: entry},
        }
    }


def _gateway(port: int, token: str) -> dict[str, Any]:
    return {
        "mode": "local",
        "port": port,
        "bind": "loopback",
        "auth": {"mode": "token", "token": token},
        "controlUi": {"enabled": False},
        "trustedProxies": ["127.0.0.1"],
        "nodes": {"commands": {"allow": list(NODE_COMMANDS)}},
    }


def _agents(agents: Sequence[str], folder: Path) -> dict[str, Any]:
    return {
        "ownership": "explicit",
        "defaults": {
            "skipBootstrap": True,
            "heartbeat": {"every": "0m"},
            "utilityModel": "",
            "systemAgent": {"agentId": agents[0]},
        },
        "entries": {
            name: {
                "name": name.capitalize(),
                "workspace": str(folder / "workspace" / name),
                "model": f"stub-{name}/{name}",
            }
            for name in agents
        },
    }


def _models(model_url: str, agents: Sequence[str]) -> dict[str, Any]:
    """A provider for each agent: OpenClaw blocks one that answers 401 for a minute."""
    return {
        "mode": "replace",
        "catalogRefresh": {"enabled": False},
        "providers": {
            f"stub-{name}": {
                "baseUrl": model_url,
                "apiKey": "stub-local",
                "api": "openai-completions",
                "models": [{"id": name, "name": f"Stub {name}", **_MODEL}],
            }
            for name in agents
        },
    }


def gateway_environment(
    installed: Installed, *, port: int, token: str, folder: Path, channels: bool = False
) -> dict[str, str]:
    """The environment of every ``openclaw`` process: its home is ``folder``, never the
    user's. Without ``channels`` the Gateway starts none."""
    home = folder / "home"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {
        **kept,
        **_QUIET,
        **({} if channels else {"OPENCLAW_SKIP_CHANNELS": "1"}),
        "PATH": installed.path_variable,
        "HOME": str(home),
        "TMPDIR": str(folder / "tmp"),
        "OPENCLAW_HOME": str(home),
        "OPENCLAW_STATE_DIR": str(folder / "state"),
        "OPENCLAW_CONFIG_PATH": str(folder / "openclaw.json"),
        "OPENCLAW_GATEWAY_TOKEN": token,
        "OPENCLAW_GATEWAY_PORT": str(port),
        "NODE_COMPILE_CACHE": str(installed.cache / "compile-cache"),
    }


def merged(base: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` updated by ``extra``, table by table; None removes a key."""
    out = dict(base)
    for key, value in extra.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = merged(out[key], value)
        else:
            out[key] = value
    return out
