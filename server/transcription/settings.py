"""The settings of speech to text over HTTP and WebSocket."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TranscriptionSettings(BaseModel):
    """Speech to text for other programs: `run.py serve` alone, with the model of pipeline.stt."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    enabled: bool = True
    """Whether `run.py serve` transcribes too, if the model is on this machine. Off saves its memory
    (base: some 200 MB)."""

    longest_s: int = Field(4 * 3600, ge=1, le=24 * 3600)
    """The longest audio of one request, in seconds; a longer file is refused when it gets there."""

    realtime_sessions: int = Field(16, ge=1, le=1000)
    """Most WebSocket sessions at once; further ones are refused."""

    realtime_idle_s: int = Field(300, ge=1, le=3600)
    """A session that sends nothing for so many seconds is closed."""
