"""``run.py serve keys``: make, list and remove the keys of the speech server."""

from __future__ import annotations

from typing import Final, Literal, TextIO, TypeAlias

from openclaw_client import DeviceStore
from server.protection.keys import KeyFile
from settings import Settings

KeyAction: TypeAlias = Literal["add", "list", "remove"]
_FILE: Final = "speech-keys.json"


def key_file(settings: Settings) -> KeyFile:
    """The file of the keys: that of the settings, or else one in the folder of the bot's state.

    Raises:
        DeviceStoreError: there is no home folder.
    """
    path = settings.server.keys_file
    return KeyFile(path or DeviceStore.of(settings.openclaw).folder / _FILE)


def run_keys(settings: Settings, action: KeyAction, name: str | None, output: TextIO) -> None:
    """Do ``action``; `list` ignores ``name``. A new key is written to ``output``, and kept nowhere.

    Raises:
        KeysUnusable: the name is missing, taken or unknown, or the file cannot be used.
        DeviceStoreError: there is no home folder.
    """
    keys = key_file(settings)
    if action == "add":
        key = keys.add(name or "")
        output.write(
            f"{key}\nThis is the key {name}; it is shown this once. Clients send it as a header:\n"
            f"Authorization: Bearer KEY. For this bot: TTS_API_KEY. Its hash is in {keys.path}.\n"
        )
    elif action == "remove":
        keys.remove(name or "")
        output.write(f"removed {name}; a running server refuses it within a second\n")
    else:
        for each, created in keys.created().items():
            output.write(f"{each}  made {created}\n")
        if not keys.created():
            output.write(f"no keys in {keys.path}; `run.py serve keys add NAME` makes one\n")
