"""The memories that this machine has written, also those that its settings no longer name.

Members may want to be forgotten after the operator has turned the bridge off or moved it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from fleet.memory.folder import WorkspaceMemory
from fleet.memory.plugin import PluginMemory
from fleet.memory.settings import MemorySettings
from state import StateFile

PLACES_FILE: Final = "memory-places.json"


class MemoryPlace(BaseModel):
    """One agent's memory: the folder of its workspace, or None for the Gateway's plugin."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    folder: Path | None = None
    agent: str

    @property
    def key(self) -> str:
        """What names it in the queue."""
        return f"plugin {self.agent}" if self.folder is None else str(self.folder)

    def store(self) -> WorkspaceMemory | PluginMemory:
        """The way to it."""
        return PluginMemory(self.agent) if self.folder is None else WorkspaceMemory(self.folder)


class _Places(BaseModel):
    places: list[MemoryPlace] = Field(default_factory=list)


def place_of(settings: MemorySettings, default_agent: str) -> MemoryPlace | None:
    """The memory that the settings name; None if they name none."""
    if not settings.enabled:
        return None
    return MemoryPlace(folder=settings.folder, agent=settings.agent or default_agent)


class KnownPlaces:
    """The ``present`` memory, then those of earlier settings. ``folder`` is that of the state,
    where `save` keeps the list."""

    def __init__(self, folder: Path, present: MemoryPlace | None) -> None:
        what = "which memories have lines of this machine"
        self._file = StateFile(folder / PLACES_FILE, _Places(), what)
        self.present = present
        kept = self._file.value.places
        earlier = [each for each in kept if present is None or each.key != present.key]
        self.all = earlier if present is None else [present, *earlier]

    def save(self) -> None:
        """Write the list if it has changed; a failure is logged."""
        if self.all != self._file.value.places:
            self._file.value.places = self.all
            self._file.save()
