"""When one speaker's turn starts, pauses and ends. Sans-I/O: timestamps in, events out.

`Endpointing` gets the voice probability of every 32 ms chunk of a speaker's audio, and the results
of the turn model and of speech to text as they arrive. It has no clock: every time is a number of
seconds from the caller, so tests and replays are fast and repeatable.

    QUIET ───── start_ms of voice: SpeechStarted ─────► SPEAKING
    SPEAKING ── first chunk without voice ────────────► PAUSING
    PAUSING ─── silence reaches encode_after_ms: PauseBegan ► PAUSING
    PAUSING ─── silence reaches look_after_ms: PauseSeen ► PAUSING
    PAUSING ─── voice again: Resumed after PauseSeen ─► SPEAKING
    PAUSING ─── silence reaches send_ms: TurnSent ────► SENT
    SENT ────── start_ms of voice: Reopened ──────────► SPEAKING
    PAUSING, SENT ─ silence reaches sound_ms: TurnEnded ► QUIET
    SPEAKING ── max_turn_s is over: TurnEnded ────────► QUIET
    any ─────── give_up(): TurnEnded ─────────────────► QUIET

The models look at a pause once, early. Their results become `CompletionEvidence`, and an
`EndpointRule` turns that into two silences: the agent is asked at ``send_ms``, and the answer may
sound at ``sound_ms``. Between them the turn is provisional: speech of the same speaker reopens it.
Each result that arrives moves the silences that are still to come.

The silences are longer for a speaker with long pauses inside their turns, and shorter for one with
short pauses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, TypeAlias

from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.text_ending import TextEnding
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.endpoint_rule import CompletionRule, EndpointRule, Silences
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.settings import TurnSettings, VadSettings

_USUAL_PAUSE_MS: Final = 400.0
"""The pause inside a turn that every speaker's profile starts with; it moves no silence."""
_SHORTEST_PAUSE_MS: Final = 150.0
"""Shorter gaps belong to the sounds of speech (stop consonants), not to the speaker's pauses."""
_SAME_TURN_MS: Final = 1000.0
"""Speech that starts again this soon after a turn's end counts as a pause inside that turn."""
_LEARN: Final = 0.2
"""Weight of the newest pause in the average: five pauses make up two thirds of it."""
_ROUNDING_MS: Final = 0.01
"""Sums of seconds may be a little too small."""
_HALF_CHUNK_MS: Final = 16.0
"""A silence counts at the chunk whose end is nearest to its length."""
_NOTHING_KNOWN: Final = CompletionEvidence()


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """A turn has begun; ``at`` is the start of its first voiced chunk."""

    at: float


@dataclass(frozen=True, slots=True)
class PauseBegan:
    """A pause has lasted ``encode_after_ms``: speech to text may begin with the audio up to ``at``.

    `PauseSeen` follows if the pause lasts.
    """

    pause: int
    at: float


@dataclass(frozen=True, slots=True)
class PauseSeen:
    """A pause has lasted ``look_after_ms``: ask the models about the audio up to ``at``.

    ``pause`` numbers the pauses of this speaker. Results carry it, which tells late ones apart.
    """

    pause: int
    speech_start: float
    speech_end: float
    at: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """Speech goes on after a pause that the models were asked about."""

    at: float


@dataclass(frozen=True, slots=True)
class TurnSent:
    """The turn is probably over: ask the agent, and make no sound. Its words are known."""

    pause: int
    speech_end: float
    at: float


@dataclass(frozen=True, slots=True)
class Reopened:
    """The speaker went on after `TurnSent`: the turn is not over. ``at`` is the voice's start."""

    at: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over. ``pause`` is the pause that ended it."""

    pause: int
    speech_start: float
    speech_end: float
    at: float
    reason: str


TurnEvent: TypeAlias = (
    SpeechStarted | PauseBegan | PauseSeen | Resumed | TurnSent | Reopened | TurnEnded
)


class Phase(Enum):
    """The states of a speaker; the file's docstring draws them."""

    QUIET = auto()
    SPEAKING = auto()
    PAUSING = auto()
    SENT = auto()


class PauseProfile:
    """How long one speaker's pauses inside their turns are: an exponential average."""

    def __init__(self, share: float) -> None:
        self._share = share
        self.usual_pause_ms = _USUAL_PAUSE_MS

    def learn(self, pause_ms: float) -> None:
        """Take a pause after which the speaker went on. Ignores gaps that are no pause."""
        if _SHORTEST_PAUSE_MS <= pause_ms <= _SAME_TURN_MS:
            self.usual_pause_ms += _LEARN * (pause_ms - self.usual_pause_ms)

    @property
    def stretch(self) -> float:
        """The speaker's pauses relative to the usual one, within ``pace_share``."""
        wanted = self.usual_pause_ms / _USUAL_PAUSE_MS
        return min(max(wanted, 1.0 - self._share), 1.0 + self._share)


@dataclass(slots=True)
class _Pause:
    """What is known of the present pause, or of the last one."""

    number: int = 0
    begun: bool = False
    """It was announced with `PauseBegan`."""
    seen: bool = False
    """It was announced with `PauseSeen`."""
    evidence: CompletionEvidence = _NOTHING_KNOWN
    silences: Silences | None = None
    """The rule's answer to the evidence; None until it is asked."""


class Endpointing:
    """One speaker's turns. ``rule`` is by default a `CompletionRule` of the settings."""

    def __init__(
        self, vad: VadSettings, turn: TurnSettings, rule: EndpointRule | None = None
    ) -> None:
        self._vad = vad
        self._turn = turn
        self._rule = CompletionRule(turn) if rule is None else rule
        self.phase = Phase.QUIET
        self.pause_profile = PauseProfile(turn.pace_share)
        self._pause = _Pause()
        self._sent: CompletionEvidence | None = None
        """What was known when the present turn was last sent."""
        self._onset = 0.0
        self._voiced_s = 0.0
        self._speech_start = 0.0
        self._speech_end = float("-inf")

    @property
    def speech_start(self) -> float:
        """When the present turn began, in the caller's seconds."""
        return self._speech_start

    def add_chunk(self, probability: float, start: float, end: float) -> list[TurnEvent]:
        """Take the voice probability of the chunk of audio from ``start`` to ``end``."""
        voiced = probability >= self._vad.start_threshold
        if self.phase is Phase.QUIET:
            return self._while_quiet(voiced, start, end)
        if self.phase is Phase.SENT:
            return self._while_sent(voiced, start, end)
        if voiced:
            return self._voiced_in_turn(start, end)
        if self.phase is Phase.SPEAKING:
            if probability >= self._vad.stop_threshold:
                self._speech_end = end
                return []
            self.phase = Phase.PAUSING
            self._pause = _Pause(self._pause.number + 1)
        return self._while_pausing(end)

    def on_turn_probability(self, pause: int, probability: float, at: float) -> list[TurnEvent]:
        """Take the turn model's result: the probability that the turn is over, 0..1.

        A result for a pause that is over is ignored.
        """
        if not self._is_present(pause):
            return []
        before = self._sent
        known = self._pause.evidence
        if before is not None and _same_words(before, known):
            probability = max(probability, before.turn_probability or 0.0)
        self._learn(replace(known, turn_probability=probability))
        return self._decide(at)

    def on_words(
        self,
        pause: int,
        utterance: ParsedUtterance,
        closing: ClosingMarks | None,
        at: float,
    ) -> list[TurnEvent]:
        """Take the words of the whole turn up to a pause.

        A noise can reopen a turn that was sent. The same words then count as before: the turn
        model takes the noise for speech that goes on. A result for a pause that is over is ignored.
        """
        if not self._is_present(pause):
            return []
        known = replace(self._pause.evidence, utterance=utterance, closing=closing)
        if self._sent is not None and _same_words(self._sent, known):
            likeliest = max(known.turn_probability or 0.0, self._sent.turn_probability or 0.0)
            known = replace(self._sent, turn_probability=likeliest or None)
        self._learn(known)
        return self._decide(at)

    def on_text_ending(
        self, pause: int, utterance: ParsedUtterance, ending: TextEnding, at: float
    ) -> list[TurnEvent]:
        """Take what the language model expects behind the words ``utterance`` of a pause.

        A result for a pause that is over, or for other words than it has now, is ignored.
        """
        known = self._pause.evidence
        present = known.utterance
        if not self._is_present(pause) or present is None or present.words != utterance.words:
            return []
        self._learn(replace(known, ending=ending))
        return self._decide(at)

    def begin_at(self, at: float) -> None:
        """Move the start of the present turn to ``at``: the audio before is not the speaker's."""
        if self.phase is not Phase.QUIET:
            self._speech_start = max(self._speech_start, at)

    def give_up(self, at: float) -> list[TurnEvent]:
        """End the turn in any state: the speaker left, or the turn is too long."""
        if self.phase is Phase.QUIET:
            return []
        if self.phase is Phase.SPEAKING:
            self._pause = _Pause(self._pause.number + 1)
            self._speech_end = max(self._speech_end, min(at, self._speech_end + 1.0))
        return self._end(at, "cut off")

    def _is_present(self, pause: int) -> bool:
        return self.phase in (Phase.PAUSING, Phase.SENT) and pause == self._pause.number

    def _learn(self, evidence: CompletionEvidence) -> None:
        self._pause.evidence = evidence
        self._pause.silences = self._rule.silences(evidence)

    def _decide(self, at: float) -> list[TurnEvent]:
        """Send or end the turn if the silence is long enough at ``at``, and is one."""
        pause = self._pause
        if self._voiced_s > 0:
            return []
        if pause.silences is None:
            self._learn(replace(pause.evidence, pace=self.pause_profile.stretch))
        assert pause.silences is not None
        silence_ms = (at - self._speech_end) * 1000 + _HALF_CHUNK_MS
        if silence_ms >= min(pause.silences.sound_ms, self._turn.max_silence_ms):
            return self._end(at, self._reason(at))
        early = pause.silences.send_ms < pause.silences.sound_ms
        if self.phase is Phase.PAUSING and early and silence_ms >= pause.silences.send_ms:
            self.phase = Phase.SENT
            self._sent = pause.evidence
            return [TurnSent(pause.number, self._speech_end, at)]
        return []

    def _reason(self, at: float) -> str:
        evidence = self._pause.evidence
        words = "unknown" if evidence.utterance is None else evidence.utterance.completeness.name
        sound = evidence.turn_probability
        model = "no result" if sound is None else f"{sound:.2f}"
        return (
            f"{(at - self._speech_end) * 1000:.0f} ms of silence "
            f"(turn model {model}, words {words.lower()})"
        )

    def _while_quiet(self, voiced: bool, start: float, end: float) -> list[TurnEvent]:
        if not self._has_begun(voiced, start, end):
            return []
        self.phase = Phase.SPEAKING
        self._sent = None
        self.pause_profile.learn((self._onset - self._speech_end) * 1000)
        self._speech_start = self._onset
        self._speech_end = end
        return [SpeechStarted(self._onset)]

    def _while_sent(self, voiced: bool, start: float, end: float) -> list[TurnEvent]:
        if not self._has_begun(voiced, start, end):
            return self._decide(end)
        onset = self._onset
        return [Reopened(onset), *self._voiced_in_turn(onset, end)]

    def _has_begun(self, voiced: bool, start: float, end: float) -> bool:
        """Whether there have been ``start_ms`` of voice in a row, from `_onset` on."""
        if not voiced:
            self._voiced_s = 0.0
            return False
        if self._voiced_s == 0.0:
            self._onset = start
        self._voiced_s += end - start
        if self._voiced_s * 1000 + _ROUNDING_MS < self._vad.start_ms:
            return False
        self._voiced_s = 0.0
        return True

    def _voiced_in_turn(self, start: float, end: float) -> list[TurnEvent]:
        if self.phase is not Phase.SPEAKING:
            self.pause_profile.learn((start - self._speech_end) * 1000)
        resumed = self.phase is Phase.PAUSING and self._pause.seen
        self.phase = Phase.SPEAKING
        self._speech_end = end
        if (end - self._speech_start) >= self._turn.max_turn_s:
            return self.give_up(end)
        return [Resumed(end)] if resumed else []

    def _while_pausing(self, end: float) -> list[TurnEvent]:
        pause = self._pause
        events: list[TurnEvent] = []
        silence_ms = (end - self._speech_end) * 1000 + _ROUNDING_MS
        encode_after_ms = self._turn.encode_after_ms or math.inf
        if not pause.begun and encode_after_ms <= silence_ms < self._turn.look_after_ms:
            pause.begun = True
            events.append(PauseBegan(pause.number, end))
        if not pause.seen and silence_ms >= self._turn.look_after_ms:
            pause.seen = True
            events.append(PauseSeen(pause.number, self._speech_start, self._speech_end, end))
        return events + self._decide(end)

    def _end(self, at: float, reason: str) -> list[TurnEvent]:
        self.phase = Phase.QUIET
        self._voiced_s = 0.0
        start, end = self._speech_start, self._speech_end
        return [TurnEnded(self._pause.number, start, end, at, reason)]


def _same_words(one: CompletionEvidence, other: CompletionEvidence) -> bool:
    return (
        one.utterance is not None
        and other.utterance is not None
        and one.utterance.words == other.utterance.words
    )
