"""When one speaker's turn starts, pauses and ends. Sans-I/O: timestamps in, events out.

The machine is fed the voice probability of every 32 ms chunk of a speaker's audio, and the verdicts
of the turn model as they come in. It owns no clock: every time is a number of seconds that the
caller gives, so tests and replays run as fast as they can and the same every time.

    QUIET ──SpeechStarted──► SPEAKING ──Paused(look 0)──► PAUSING ──Paused(look 1)──► ...
      ▲                          ▲                           │
      │                          └────────Resumed────────────┤ speech again
      └───────────────────────TurnEnded──────────────────────┘ a verdict, or silence for long enough

A pause is looked at several times, with a threshold that falls as the silence grows: one look at
200 ms cuts people off in 42 % of their pauses in talk among several, three looks in 5 % (the model
card of OpenHRI/smart-turn-streaming, on AMI).

Two witnesses are heard: the turn model on how it was said, and the words so far on what is missing
(word_witness.py). Whole words lower the threshold of every look, an open clause raises it and keeps
the floor for longer. A verdict waits for both: the answer needs the words in any case, so that
waiting for them takes no time from it.

Whoever pauses long inside their turns is looked at a little later, whoever hardly pauses a little
sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from pipeline.listening.text_endpoint import Completeness
from pipeline.settings import TurnSettings, VadSettings

_USUAL_PAUSE_MS: Final = 400.0
"""A pause inside a turn that moves the looks neither way; where everybody begins."""
_SHORTEST_PAUSE_MS: Final = 150.0
"""Shorter gaps belong to the sounds of speech (stop consonants), not to the speaker's pace."""
_SAME_TURN_MS: Final = 1000.0
"""Who speaks on so soon after their turn was taken for over had only paused."""
_LEARN: Final = 0.2
"""Weight of the newest pause in the average: after five, two thirds of it are theirs."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody began to speak; ``at`` is the start of the first voiced chunk."""

    at: float


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause is about to reach a look: ask the turn model about the audio up to ``at``.

    The silence of the look is full at ``due``; the verdict is wanted then, and not before.
    ``pause`` numbers the pauses of this speaker and ``look`` the looks at one pause; both go back
    with the verdict, so that a late one about a pause that is over is told apart.
    """

    pause: int
    look: int
    speech_start: float
    speech_end: float
    at: float
    due: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The pause was only a pause."""

    at: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The speaker has yielded. ``pause`` is the pause that ended it."""

    pause: int
    speech_start: float
    speech_end: float
    at: float
    reason: str
    model_at: float
    """When the turn model had spoken; from then to ``at`` only the words were waited for."""


TurnEvent: TypeAlias = SpeechStarted | Paused | Resumed | TurnEnded


class Phase(Enum):
    QUIET = auto()
    SPEAKING = auto()
    PAUSING = auto()


class PauseProfile:
    """How long one speaker's pauses are inside their turns: an exponential average."""

    def __init__(self, share: float) -> None:
        self._share = share
        self.usual_pause_ms = _USUAL_PAUSE_MS

    def learn(self, pause_ms: float) -> None:
        """Take a pause after which they went on; ones too short or too long to be one are not."""
        if _SHORTEST_PAUSE_MS <= pause_ms <= _SAME_TURN_MS:
            self.usual_pause_ms += _LEARN * (pause_ms - self.usual_pause_ms)

    @property
    def stretch(self) -> float:
        """By what the silence before each look is multiplied: 1 for the usual pace."""
        wanted = self.usual_pause_ms / _USUAL_PAUSE_MS
        return min(max(wanted, 1.0 - self._share), 1.0 + self._share)


class Endpointing:
    """One speaker's turns."""

    def __init__(self, vad: VadSettings, turn: TurnSettings) -> None:
        self._vad = vad
        self._turn = turn
        self.phase = Phase.QUIET
        self._pause = 0
        self._look = 0
        self._onset = 0.0
        self._voiced_s = 0.0
        self._speech_start = 0.0
        self._speech_end = float("-inf")
        self._seen: tuple[int, float] | None = None
        """The look at this pause that the turn model answered last, and what it said."""
        self._seen_at = 0.0
        self._words: Completeness | None = None
        """What the words up to this pause said."""
        self.pace = PauseProfile(turn.pace_share)

    @property
    def speech_start(self) -> float:
        """When the present turn began, in the caller's seconds."""
        return self._speech_start

    def voice(self, probability: float, start: float, end: float) -> list[TurnEvent]:
        """Take the voice probability of the chunk of audio from ``start`` to ``end``."""
        voiced = probability >= self._vad.start_threshold
        if self.phase is Phase.QUIET:
            return self._while_quiet(voiced, start, end)
        if voiced:
            return self._voiced_in_turn(start, end)
        if self.phase is Phase.SPEAKING:
            if probability >= self._vad.stop_threshold:
                self._speech_end = end
                return []
            self.phase = Phase.PAUSING
            self._pause += 1
            self._look = 0
            self._seen = self._words = None
        return self._while_pausing(end)

    def verdict(
        self,
        pause: int,
        at: float,
        *,
        model: tuple[int, float] | None = None,
        words: Completeness | None = None,
    ) -> list[TurnEvent]:
        """Take the word of a witness, or of both, on a pause; the turn ends when they agree to it.

        ``model`` is the look that the turn model was asked at, and how likely it takes the turn to
        be over, 0..1; a late one counts against the threshold of its own look. ``words`` is how
        they end; `Completeness.UNKNOWN` where there are none to be had. A verdict on a pause
        that is over is ignored.
        """
        if self.phase is not Phase.PAUSING or pause != self._pause:
            return []
        if model is not None and (self._seen is None or model[0] >= self._seen[0]):
            self._seen, self._seen_at = model, at
        if words is not None:
            self._words = words
        if self._seen is None or self._words is None:
            return []
        look, probability = self._seen
        if probability < self._threshold(look, self._words):
            return []
        why = f"{probability:.2f} at look {look + 1}, words {self._words.name.lower()}"
        return self._end(at, f"complete ({why})", self._seen_at)

    def _threshold(self, look: int, words: Completeness) -> float:
        threshold = self._turn.looks[look].threshold
        match words:
            case Completeness.OPEN:
                return max(threshold, self._turn.open_threshold)
            case Completeness.WHOLE:
                return min(threshold, self._turn.whole_threshold)
            case Completeness.COMMAND:
                return 0.0
            case Completeness.UNSURE if look < len(self._turn.looks) - 1:
                return max(threshold, self._turn.unsure_threshold)
            case Completeness.UNSURE | Completeness.UNKNOWN:
                return threshold

    def begin_at(self, at: float) -> None:
        """What was heard before ``at`` of a turn that is going on is not the speaker's."""
        if self.phase is not Phase.QUIET:
            self._speech_start = max(self._speech_start, at)

    def give_up(self, at: float) -> list[TurnEvent]:
        """End the turn whatever it is at: the speaker left, or the turn outgrew its limit."""
        if self.phase is Phase.QUIET:
            return []
        if self.phase is Phase.SPEAKING:
            self._pause += 1
            self._speech_end = max(self._speech_end, min(at, self._speech_end + 1.0))
        return self._end(at, "cut off")

    def _while_quiet(self, voiced: bool, start: float, end: float) -> list[TurnEvent]:
        if not voiced:
            self._voiced_s = 0.0
            return []
        if self._voiced_s == 0.0:
            self._onset = start
        self._voiced_s += end - start
        if self._voiced_s * 1000 < self._vad.start_ms:
            return []
        self.phase = Phase.SPEAKING
        self._voiced_s = 0.0
        self.pace.learn((self._onset - self._speech_end) * 1000)
        self._speech_start = self._onset
        self._speech_end = end
        return [SpeechStarted(self._onset)]

    def _voiced_in_turn(self, start: float, end: float) -> list[TurnEvent]:
        if self.phase is Phase.PAUSING:
            self.pace.learn((start - self._speech_end) * 1000)
        resumed = self.phase is Phase.PAUSING and self._look > 0
        self.phase = Phase.SPEAKING
        self._speech_end = end
        if (end - self._speech_start) >= self._turn.max_turn_s:
            return self.give_up(end)
        return [Resumed(end)] if resumed else []

    def _while_pausing(self, end: float) -> list[TurnEvent]:
        silence_ms = (end - self._speech_end) * 1000
        events: list[TurnEvent] = []
        while self._look < len(self._turn.looks):
            due_ms = self._turn.looks[self._look].silence_ms * self.pace.stretch
            if silence_ms < due_ms - self._turn.lead_ms:
                break
            start, stopped = self._speech_start, self._speech_end
            due = stopped + due_ms / 1000
            events.append(Paused(self._pause, self._look, start, stopped, end, due))
            self._look += 1
        if silence_ms >= self._longest_silence_ms():
            events += self._end(end, f"{silence_ms:.0f} ms of silence")
        return events

    def _longest_silence_ms(self) -> float:
        longest = self._turn.max_silence_ms
        return (
            max(longest, self._turn.open_silence_ms)
            if self._words is Completeness.OPEN
            else longest
        )

    def _end(self, at: float, reason: str, model_at: float | None = None) -> list[TurnEvent]:
        self.phase = Phase.QUIET
        self._voiced_s = 0.0
        model_at = at if model_at is None else model_at
        start, end = self._speech_start, self._speech_end
        return [TurnEnded(self._pause, start, end, at, reason, model_at)]
