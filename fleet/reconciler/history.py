"""What the reconciler keeps: the Gateway's configurations of before its changes, and the hashes of
the secrets that it set. The Gateway leaves secrets out of what it shows, so the files have none."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from state import StateFile

HISTORY_FILE: Final = "reconciler.json"


class EarlierConfig(BaseModel):
    """A configuration before a change. ``raw`` is the text of openclaw.json."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: float = Field(default_factory=time.time)
    hash: str
    raw: str
    paths: tuple[str, ...] = ()


class _History(BaseModel):
    earlier: list[EarlierConfig] = Field(default_factory=list)
    secrets: dict[str, str] = Field(default_factory=dict)


class ReconcilerHistory:
    """One file, the newest configuration last; at most ``most`` of them."""

    def __init__(self, folder: Path, most: int) -> None:
        self._file = StateFile(folder / HISTORY_FILE, _History(), "the Gateway's configurations")
        self._most = most

    @property
    def earlier(self) -> list[EarlierConfig]:
        return list(self._file.value.earlier)

    @property
    def secrets(self) -> dict[str, str]:
        return dict(self._file.value.secrets)

    def add(self, config: EarlierConfig) -> None:
        """Keep a configuration before it is changed."""
        self._file.value.earlier = [*self._file.value.earlier, config][-self._most :]
        self._file.save()

    def drop_newest(self) -> None:
        """The newest is in place again."""
        del self._file.value.earlier[-1:]
        self._file.save()

    def note_secrets(self, hashes: dict[str, str]) -> None:
        """These secrets are set."""
        if hashes != self._file.value.secrets:
            self._file.value.secrets = hashes
            self._file.save()
