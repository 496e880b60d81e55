"""Where the device key and what Gateways have given for it are kept, for this user's eyes alone.

    device-key.pem       the key; who has it is the bot
    device-tokens.json   the tokens that paired Gateways have issued for it, by their address

Both have mode 0600 and are written whole or not at all.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from openclaw_client.device_key import DeviceKey
from openclaw_client.errors import DeviceStoreError
from openclaw_client.roles import OPERATOR
from openclaw_client.settings import OpenClawConfig

log = logging.getLogger(__name__)

KEY_FILE: Final = "device-key.pem"
TOKENS_FILE: Final = "device-tokens.json"
_OTHERS: Final = 0o077
"""Any right of the group and of everybody else."""


class DeviceToken(BaseModel):
    """What a Gateway has issued for the key, and the scopes that it was issued with."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    token: SecretStr
    scopes: tuple[str, ...]

    @field_serializer("token", when_used="json")
    def _in_the_clear(self, token: SecretStr) -> str:
        return token.get_secret_value()


class _Tokens(BaseModel):
    """By the Gateway's address. It issues one for each role that a device has there."""

    model_config = ConfigDict(hide_input_in_errors=True)

    gateways: dict[str, DeviceToken] = {}
    nodes: dict[str, DeviceToken] = {}

    def of(self, role: str) -> dict[str, DeviceToken]:
        return self.nodes if role == "node" else self.gateways


def default_state_dir() -> Path:
    """The user's state folder for the bot: ``$XDG_STATE_HOME/openclaw-voice``."""
    home = os.environ.get("XDG_STATE_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path.home() / ".local" / "state"
    return base / "openclaw-voice"


class DeviceStore:
    """One folder with a key and its tokens. Nothing is written before it is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key: DeviceKey | None = None

    @classmethod
    def of(cls, config: OpenClawConfig) -> DeviceStore:
        """The bot's own: in the folder of the settings, or the user's state folder."""
        return cls(config.state_dir or default_state_dir())

    def key(self) -> DeviceKey:
        """The key; made at the first call ever.

        Raises:
            DeviceStoreError: it cannot be read or written, or is none.
        """
        if self._key is None:
            path = self.folder / KEY_FILE
            with _told(path):
                if not path.exists():
                    _create(path, DeviceKey.generate().to_pem())
                _shut(path)
                self._key = _read_key(path)
        return self._key

    def token(self, url: str, role: str = OPERATOR.name) -> DeviceToken | None:
        """What the Gateway at ``url`` has issued for the key in that role."""
        return self._tokens().of(role).get(url)

    def keep_token(self, url: str, token: DeviceToken, role: str = OPERATOR.name) -> None:
        """
        Raises:
            DeviceStoreError: it cannot be written.
        """
        tokens = self._tokens()
        if tokens.of(role).get(url) != token:
            tokens.of(role)[url] = token
            self._write(tokens)

    def forget_token(self, url: str, role: str = OPERATOR.name) -> None:
        """
        Raises:
            DeviceStoreError: it cannot be written.
        """
        tokens = self._tokens()
        if tokens.of(role).pop(url, None) is not None:
            self._write(tokens)

    def _tokens(self) -> _Tokens:
        path = self.folder / TOKENS_FILE
        with _told(path):
            try:
                text = path.read_text(encoding="utf-8")
            except FileNotFoundError:
                return _Tokens()
            _shut(path)
        try:
            return _Tokens.model_validate_json(text)
        except ValidationError:
            # They can be had again from the Gateway, unlike the key.
            log.warning("%s cannot be read and is passed over", path)
            return _Tokens()

    def _write(self, tokens: _Tokens) -> None:
        path = self.folder / TOKENS_FILE
        text = json.dumps(tokens.model_dump(mode="json"), indent=2) + "\n"
        with _told(path), _draft(path, text.encode()) as draft:
            draft.replace(path)


def _read_key(path: Path) -> DeviceKey:
    try:
        return DeviceKey.from_pem(path.read_bytes())
    except ValueError as error:
        raise DeviceStoreError(
            f"{path} holds no device key ({error}); put it back from a backup, or delete it: "
            "the bot then makes a new one, which other machines' Gateways must approve",
            final=True,
        ) from None


def _create(path: Path, content: bytes) -> None:
    """Write a file that is not there; one that another process has made meanwhile stays."""
    with _draft(path, content) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    log.info("made a device key for the Gateway: %s", path)


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside ``path`` with that content, on the disk, for this user alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _shut(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        log.warning("%s was open to other users of this machine; now it is not", path)
        path.chmod(mode & 0o700)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeviceStoreError(
            f"{path} cannot be used ({error.strerror or error}); make its folder writable, or set "
            "openclaw.state_dir to another"
        ) from error
