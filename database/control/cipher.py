"""Encrypts the versions of configurations, which hold the bots' tokens.

Fernet (AES-128 in CBC with HMAC-SHA256), https://github.com/fernet/spec. The first key encrypts;
all of them decrypt, so that keys can be changed one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from configuration.desired.documents import Document, canonical
from configuration.desired.errors import CipherUnusable
from state import StateError, create_state, read_state, write_state

_MOST_KEYS: Final = 10


class ConfigCipher:
    """Encrypts and decrypts documents with the keys of ``source``, the newest first.

    It reads them again before it encrypts, and where none opens a document: so keys can be changed
    while a control plane runs.

    Raises:
        CipherUnusable: there is no key, or one is not 32 bytes in URL-safe base64.
    """

    def __init__(self, source: Callable[[], Sequence[str]]) -> None:
        self._source = source
        self._fernet = _fernet(source())

    def encrypted(self, document: Document) -> str:
        """The document as text that only the keys open.

        Raises:
            CipherUnusable: the keys cannot be read.
        """
        self._fernet = _fernet(self._source())
        return self._fernet.encrypt(canonical(document)).decode("ascii")

    def decrypted(self, text: str) -> Document:
        """
        Raises:
            CipherUnusable: no key opens it.
        """
        content = text.encode("ascii", "replace")
        try:
            try:
                plain = self._fernet.decrypt(content)
            except InvalidToken:
                self._fernet = _fernet(self._source())
                plain = self._fernet.decrypt(content)
            found = json.loads(plain)
        except (InvalidToken, ValueError):
            raise CipherUnusable(
                "no key opens a stored configuration: add the key that it was encrypted with to "
                "control_plane.key_file or to CONTROL_PLANE__ENCRYPTION_KEYS"
            ) from None
        if not isinstance(found, dict):
            raise CipherUnusable("a stored configuration is no document")
        return found


def _fernet(keys: Sequence[str]) -> MultiFernet:
    if not keys:
        raise CipherUnusable("there is no key to encrypt the configurations with")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except (ValueError, TypeError):
        raise CipherUnusable(
            "a key for the configurations is not 32 bytes in URL-safe base64; "
            "`run.py control keys new` prints one"
        ) from None


def new_key() -> str:
    """A random key."""
    return Fernet.generate_key().decode("ascii")


def keys_in(file: Path) -> list[str]:
    """The keys in a file, one a line, the newest first. A file that is not there is made.

    Raises:
        CipherUnusable: the file cannot be used.
    """
    try:
        found = _read(file)
        if found is None:
            create_state(file, f"{new_key()}\n".encode())
            found = _read(file)
    except StateError as error:
        raise CipherUnusable(str(error)) from error
    return found or []


def add_key(file: Path) -> None:
    """Put a new key before those in the file; versions are encrypted with it from now on.

    Raises:
        CipherUnusable: the file cannot be used.
    """
    _write(file, [new_key(), *keys_in(file)][:_MOST_KEYS])


def keep_newest_key(file: Path) -> None:
    """Remove all keys but the newest, once every version is encrypted with it.

    Raises:
        CipherUnusable: the file cannot be used.
    """
    _write(file, keys_in(file)[:1])


def _read(file: Path) -> list[str] | None:
    return read_state(file, lambda text: text.split(), secret=True, irreplaceable=True)


def _write(file: Path, keys: Sequence[str]) -> None:
    try:
        write_state(file, ("\n".join(keys) + "\n").encode())
    except StateError as error:
        raise CipherUnusable(str(error)) from error
