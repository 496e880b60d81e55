"""The lines of the suite: what is said, in which Kokoro voice, and to whom.

The voices are those that the evaluations tune on, so that the others stay unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.conversation.clips import clip
from bench.conversation.rendering import mixed
from pipeline.audio import HEARD_RATE, Pcm16, Samples

AGENTS: Final = ("Jarvis", "Sage")
PEOPLE: Final = ("Alice", "Bob")
_ROOM_NOISE: Final = 5e-4
_BEFORE_S, _AFTER_S = 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces of speech in one voice, with ``pause_ms`` between them."""

    voice: str
    pieces: tuple[str, ...]
    agent: str | None = None
    """The id of the agent that is addressed."""
    pause_ms: int = 0

    @property
    def text(self) -> str:
        return " ".join(self.pieces)

    def audio(self) -> Samples:
        """Without silence around it: ``float32[n]``, 16 kHz."""
        pause = np.zeros(self.pause_ms * HEARD_RATE // 1000, np.float32)
        parts = [part for piece in self.pieces for part in (pause, clip(piece, self.voice))]
        return np.concatenate(parts[1:])

    def in_a_room(self) -> Samples:
        """With 0.3 s of a quiet room before it and 0.2 s after it: ``float32[n]``, 16 kHz."""
        random = np.random.default_rng(len(self.text))
        spoken = np.pad(self.audio(), (3 * HEARD_RATE // 10, HEARD_RATE // 5))
        return spoken + random.normal(0, _ROOM_NOISE, spoken.size).astype(np.float32)

    def as_sent(self) -> tuple[Pcm16, float]:
        """What a microphone sends, ``int16[n]`` at 16 kHz, and when its speech ends, in seconds."""
        spoken, first = self.audio(), round(_BEFORE_S * HEARD_RATE)
        end = first + spoken.size
        length = end + round(_AFTER_S * HEARD_RATE)
        return mixed(length, [(first, spoken)], len(self.text)), end / HEARD_RATE


def _line(voice: str, text: str, agent: str | None = None) -> Line:
    return Line(voice, (text,), agent)


NAMED: Final = (
    _line("af_heart", "Jarvis, how long does the bread need to bake?", "jarvis"),
    _line("am_michael", "Hey Jarvis, is the back door locked?", "jarvis"),
    _line("bf_emma", "Sage, what would you cook for six people?", "sage"),
    _line("bm_george", "Jarvis, please remind me to feed the cat tonight.", "jarvis"),
    _line("af_bella", "Hey Sage, tell us something about whales.", "sage"),
    _line("am_puck", "What is the fastest way to the station, Jarvis?", "jarvis"),
    _line("bf_isabella", "Jarvis, turn off the lamp in the hallway.", "jarvis"),
    _line("am_fenrir", "Jarvis, who painted the Mona Lisa?", "jarvis"),
)
"""Questions and requests to an agent by name."""

PAUSED: Final = (
    Line(
        "am_michael",
        ("Jarvis, could you tell me,", "when the next train leaves?"),
        "jarvis",
        600,
    ),
    Line("bf_isabella", ("Jarvis, set a timer for,", "twenty five minutes."), "jarvis", 500),
    Line("af_bella", ("Sage, I would like to know,", "why the sky is blue."), "sage", 700),
    Line("am_fenrir", ("Hey Jarvis, add milk and,", "a loaf of bread to the list."), "jarvis", 500),
)
"""The same with a pause inside a clause."""

SIDE_TALK: Final = (
    _line("bm_george", "Bob, did you bring the tickets for Saturday?"),
    _line("af_heart", "I thought the second half was much better."),
    _line("am_puck", "My sister moved to a bigger flat last week."),
    _line("bf_emma", "Bob, can you pass me the salt?"),
)
"""Words to another person."""

SHORT: Final = (
    _line("am_michael", "Yes."),
    _line("bf_emma", "No."),
    _line("bm_george", "Stop."),
    _line("af_bella", "Okay."),
    _line("am_fenrir", "Seven."),
)
"""Whole turns of one word."""
