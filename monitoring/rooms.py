"""How observers of several rooms tell them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pipeline.events import RoomEvent

RoomId: TypeAlias = int | str
"""The id of a guild, or the name of a room outside Discord."""

RoomObserver: TypeAlias = Callable[[RoomId, RoomEvent], None]
"""Called with every event of every room."""
