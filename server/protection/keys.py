"""The keys of the speech server's clients: named, and kept as hashes.

A key has 256 random bits, so its SHA-256 says nothing about it, and nothing is gained by a slow
hash, which protects passwords that can be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from server.protection.errors import KeysUnusable
from state import StateError, StateUnreadable, read_state, write_state

log = logging.getLogger(__name__)

_PREFIX: Final = "ocv-"
"""Lets people and secret scanners tell what a key is for."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHECKED_EVERY_S: Final = 1.0
OWN: Final = "bot"
"""The name of the key that the bot makes for its own server."""


class _StoredKey(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: str


class _StoredKeys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: dict[str, _StoredKey] = {}


class KeyFile:
    """The file of the keys. Each call reads it, so that several processes may use it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, name: str) -> str:
        """Make a key; it is returned and kept nowhere.

        Raises:
            KeysUnusable: the name is not one or is taken, or the file cannot be used.
        """
        if not _NAME.fullmatch(name):
            raise KeysUnusable(
                f"{name[:80]!r} cannot name a key: use up to 64 letters, digits, dots, underscores "
                "and hyphens, a letter or digit first"
            )
        if name == OWN:
            raise KeysUnusable(f"{OWN!r} is the name of the bot's own key: choose another")
        stored = self._read()
        if name in stored.keys:
            raise KeysUnusable(f"there is a key {name!r} already: remove it first, or name another")
        key = _PREFIX + secrets.token_urlsafe(32)
        entry = _StoredKey(sha256=_digest(key), created=_now())
        self._write(_StoredKeys(keys={**stored.keys, name: entry}))
        return key

    def remove(self, name: str) -> None:
        """Remove the key ``name``; running servers refuse it within a second.

        Raises:
            KeysUnusable: there is none, or the file cannot be used.
        """
        kept = dict(self._read().keys)
        if kept.pop(name, None) is None:
            there = ", ".join(sorted(kept)) or "none"
            raise KeysUnusable(f"there is no key {name[:80]!r}; there are: {there}")
        self._write(_StoredKeys(keys=kept))

    def created(self) -> Mapping[str, str]:
        """When each key was made (ISO 8601, UTC), by name.

        Raises:
            KeysUnusable: the file cannot be used.
        """
        return {name: key.created for name, key in sorted(self._read().keys.items())}

    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of each key in hexadecimal digits, by name.

        Raises:
            KeysUnusable: the file cannot be used.
        """
        return {name: key.sha256 for name, key in self._read().keys.items()}

    def _read(self) -> _StoredKeys:
        try:
            found = read_state(
                self.path, _StoredKeys.model_validate_json, secret=True, irreplaceable=True
            )
        except StateUnreadable as error:
            raise KeysUnusable(
                f"{error}: repair it, or remove it and make new keys with `run.py serve keys add "
                "NAME`"
            ) from error
        return found or _StoredKeys()

    def _write(self, stored: _StoredKeys) -> None:
        try:
            write_state(self.path, (stored.model_dump_json(indent=2) + "\n").encode())
        except StateError as error:
            raise KeysUnusable(str(error)) from error


class KeyRing:
    """The keys that a running server accepts. A change of the file counts within a second."""

    def __init__(
        self,
        file: KeyFile | None = None,
        own: str | None = None,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        """``own`` is the key of the bot that starts the server; ``digests`` are those of further
        keys, which another machine has read from its file.

        Raises:
            KeysUnusable: the file cannot be used.
        """
        self._file = file
        self._own = {**(digests or {}), **({} if own is None else {OWN: _digest(own)})}
        self._checked = time.monotonic()
        self._seen = self._stamp()
        self._digests = self._read()

    def __bool__(self) -> bool:
        """Whether a request needs a key."""
        return bool(self._current())

    def name_of(self, key: str) -> str | None:
        """The name of ``key``; None if it is not one of ours. The time does not depend on it."""
        wanted, found = _digest(key), None
        for name, digest in self._current().items():
            if hmac.compare_digest(digest, wanted):
                found = name
        return found

    def _current(self) -> Mapping[str, str]:
        now = time.monotonic()
        if self._file is not None and now - self._checked >= _CHECKED_EVERY_S:
            self._checked = now
            if (stamp := self._stamp()) != self._seen:
                self._reload(stamp)
        return self._digests

    def _reload(self, stamp: tuple[int, int] | None) -> None:
        """Read the changed file; a file that is gone or broken leaves the keys as they are.

        A server with keys never becomes one without, so that no accident opens it.
        """
        self._seen = stamp
        try:
            digests = self._read()
        except KeysUnusable as error:
            log.error("the keys stay as they were: %s", error)
            return
        if self._digests and not digests:
            log.error("%s has no keys now: no key is accepted", self._file and self._file.path)
            digests = {"": "0" * 64}
        self._digests = digests
        log.info("the keys have changed: %s", ", ".join(sorted(filter(None, digests))) or "none")

    def _read(self) -> Mapping[str, str]:
        return {**(self._file.digests() if self._file else {}), **self._own}

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._file.path.stat() if self._file else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_ino) if found else None


def random_key() -> str:
    """A key for one process, which nothing keeps."""
    return _PREFIX + secrets.token_urlsafe(32)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
