"""What speech to text gives for a stretch of audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.timed_text import TimedSegment

LONGEST_TEXT: Final = 10_000
"""Most characters of a transcription: twice what fits into the longest turn of the settings."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """The text of a stretch of audio.

    ``rejected`` is why ``text`` must not be used, or None. The text is cut off at `LONGEST_TEXT`,
    which bounds what a looping decoder sends to the rules and the agent. ``avg_logprob`` is the
    mean over tokens, ``duration_ms`` the length of the audio, ``took_ms`` the time in the model.
    """

    text: str
    language: str
    no_speech_prob: float
    avg_logprob: float
    duration_ms: float
    took_ms: float
    rejected: str | None = None
    language_probability: float = 1.0
    language_given: bool = False
    """The language was told, or taken for an unsure detection: no evidence of what was spoken."""
    closing: ClosingMarks | None = None
    """What the decoder thinks of the end of the words; None where it is not known."""
    segments: tuple[TimedSegment, ...] = ()
    """The text that is used, with its times."""
    may_call: str = ""
    """The name of an agent that the words are about, and that they may call by their sound."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text[:LONGEST_TEXT])
