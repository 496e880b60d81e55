"""The systemd unit of an installed node. No I/O."""

from __future__ import annotations

from typing import Final

UNIT: Final = "openclaw-voice-node.service"
SERVICE_USER: Final = "openclaw-voice"
"""The user of a unit of the machine; root makes it."""


def unit_text(folder: str, name: str, *, system: bool, config: bool) -> str:
    """The unit for the installation in ``folder``; ``config`` with a config.yaml of its own."""
    options = f" --config {folder}/config.yaml" if config else ""
    online = "Wants=network-online.target\nAfter=network-online.target\n" if system else ""
    user = (
        f"User={SERVICE_USER}\nGroup={SERVICE_USER}\nProtectSystem=strict\n"
        f"ReadWritePaths={folder}/state\nProtectHome=yes\nPrivateTmp=yes\n"
        if system
        else ""
    )
    target = "multi-user.target" if system else "default.target"
    return (
        "# Written by `run.py node bootstrap`; the next run writes it again.\n"
        "[Unit]\n"
        f"Description=openclaw-voice node {name.replace('%', '%%')}".rstrip()
        + "\n"
        f"{online}"
        "StartLimitIntervalSec=10min\n"
        "StartLimitBurst=5\n"
        "\n"
        "[Service]\n"
        "Type=exec\n"
        f"WorkingDirectory={folder}/current\n"
        f"ExecStart={folder}/current/.venv/bin/python run.py node{options}\n"
        "Environment=PYTHONDONTWRITEBYTECODE=1\n"
        f"{user}"
        "UMask=0077\n"
        "NoNewPrivileges=yes\n"
        "Restart=on-failure\n"
        "RestartSec=5s\n"
        "# 2: the settings cannot be used. Waiting does not help.\n"
        "RestartPreventExitStatus=2\n"
        "TimeoutStopSec=30s\n"
        "\n"
        "[Install]\n"
        f"WantedBy={target}\n"
    )
