"""The files of the device key and of the tokens that Gateways issued for it.

    device-key.pem       the key; its holder can act as the bot
    device-tokens.json   the tokens that paired Gateways have issued for it, by their address

Both have mode 0600 and are written atomically. What cannot be written lasts until the process ends.
An unreadable token file is renamed, since Gateways issue tokens again. An unreadable key is an
error, since only its owner can replace it.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, SecretStr, field_serializer

from logs import FaultLog
from openclaw_client.errors import DeviceStoreError
from openclaw_client.identity.device_key import DeviceKey
from openclaw_client.protocol.handshake import OPERATOR
from openclaw_client.settings import OpenClawConfig
from state import StateUnreadable, StateUnwritable, create_state, read_state, write_state

log = logging.getLogger(__name__)

KEY_FILE: Final = "device-key.pem"
TOKENS_FILE: Final = "device-tokens.json"
_NOT_KEPT: Final = "the token that the Gateway issued is kept in memory only: %s"


class DeviceToken(BaseModel):
    """A token that a Gateway issued for the key, and its scopes."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")

    token: SecretStr
    scopes: tuple[str, ...]

    @field_serializer("token", when_used="json")
    def _in_the_clear(self, token: SecretStr) -> str:
        return token.get_secret_value()


class _Tokens(BaseModel):
    """Tokens by the Gateway's address, one for each role."""

    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    gateways: dict[str, DeviceToken] = {}
    nodes: dict[str, DeviceToken] = {}

    def of(self, role: str) -> dict[str, DeviceToken]:
        return self.nodes if role == "node" else self.gateways


def default_state_dir() -> Path:
    """The user's state folder for the bot: ``$XDG_STATE_HOME/openclaw-voice``.

    Raises:
        DeviceStoreError: there is no home folder.
    """
    home = os.environ.get("XDG_STATE_HOME", "")
    try:
        base = Path(home) if os.path.isabs(home) else Path.home() / ".local" / "state"
    except RuntimeError as error:
        raise DeviceStoreError(
            f"there is no folder for the bot's state ({error}); set openclaw.state_dir"
        ) from error
    return base / "openclaw-voice"


class DeviceStore:
    """A folder with a key and its tokens. Nothing is written before it is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key: DeviceKey | None = None
        self._unkept: _Tokens | None = None
        """The current tokens if the file could not be written; else None."""
        self._may_write = True
        self._faults = FaultLog(log)

    @classmethod
    def of(cls, config: OpenClawConfig) -> DeviceStore:
        """The bot's store: the configured folder, or the user's state folder.

        Raises:
            DeviceStoreError: there is no home folder.
        """
        return cls(config.state_dir or default_state_dir())

    def key(self) -> DeviceKey:
        """The key, made at the first start. One that cannot be stored lasts until the process ends.

        Raises:
            DeviceStoreError: the file exists and cannot be read.
        """
        if self._key is None:
            self._key = self._stored_key()
        return self._key

    def token(self, url: str, role: str = OPERATOR.name) -> DeviceToken | None:
        """The token that the Gateway at ``url`` issued for that role."""
        return self._tokens().of(role).get(url)

    def keep_token(self, url: str, token: DeviceToken, role: str = OPERATOR.name) -> None:
        """Store the token, on disk if possible."""
        tokens = self._tokens()
        if tokens.of(role).get(url) != token:
            tokens.of(role)[url] = token
            self._write(tokens)

    def forget_token(self, url: str, role: str = OPERATOR.name) -> None:
        """Delete the token."""
        tokens = self._tokens()
        if tokens.of(role).pop(url, None) is not None:
            self._write(tokens)

    def _stored_key(self) -> DeviceKey:
        path = self.folder / KEY_FILE
        if (stored := _read_key(path)) is not None:
            return stored
        made = DeviceKey.generate()
        try:
            if not create_state(path, made.to_pem()):
                return _read_key(path) or made  # another process was first
        except StateUnwritable as error:
            log.warning(
                "the device key cannot be stored, so a Gateway on another machine must approve a "
                "new one after each start: %s",
                error,
            )
        else:
            log.info("made a device key for the Gateway: %s", path)
        return made

    def _tokens(self) -> _Tokens:
        if self._unkept is not None:
            return self._unkept
        path = self.folder / TOKENS_FILE
        try:
            return read_state(path, _Tokens.model_validate_json, secret=True) or _Tokens()
        except StateUnreadable as error:
            log.warning("the tokens that Gateways issue are kept in memory only: %s", error)
            self._unkept, self._may_write = _Tokens(), False
            return self._unkept

    def _write(self, tokens: _Tokens) -> None:
        self._unkept = tokens
        if not self._may_write:
            return
        text = json.dumps(tokens.model_dump(mode="json"), indent=2) + "\n"
        try:
            write_state(self.folder / TOKENS_FILE, text.encode())
        except StateUnwritable as error:
            self._faults.tell(logging.WARNING, _NOT_KEPT, error)
        else:
            self._unkept = None
            self._faults.recovered(_NOT_KEPT)


def _read_key(path: Path) -> DeviceKey | None:
    try:
        return read_state(
            path, lambda pem: DeviceKey.from_pem(pem.encode()), secret=True, irreplaceable=True
        )
    except StateUnreadable as error:
        if error.passing:
            raise DeviceStoreError(str(error)) from error
        raise DeviceStoreError(
            f"{path} holds no device key ({error.reason}); put it back from a backup, or delete "
            "it: the bot then makes a new one, which other machines' Gateways must approve",
            final=True,
        ) from error
