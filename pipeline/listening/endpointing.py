"""When one speaker's turn starts, pauses and ends. Sans-I/O: timestamps in, events out.

`Endpointing` gets the voice probability of every 32 ms chunk of a speaker's audio, and the results
of the turn model and of speech to text as they arrive. It has no clock: every time is a number of
seconds from the caller, so tests and replays are fast and repeatable.

    QUIET ───── start_ms of voice: SpeechStarted ─────► SPEAKING
    SPEAKING ── first chunk without voice ────────────► PAUSING
    PAUSING ─── silence reaches a check: CheckDue ────► PAUSING
    PAUSING ─── voice again: Resumed after a check ───► SPEAKING
    PAUSING ─── model and words agree: TurnEnded ─────► QUIET
    PAUSING ─── max_silence_ms is over: TurnEnded ────► QUIET
    SPEAKING ── max_turn_s is over: TurnEnded ────────► QUIET
    any ─────── give_up(): TurnEnded ─────────────────► QUIET

A pause has several endpoint checks (`TurnSettings.looks`), whose threshold falls as the silence
grows. One check at 200 ms cuts people off in 42 % of their pauses in group talk, three checks in
5 % (the model card of OpenHRI/smart-turn-streaming, on AMI).

A check needs two results: the turn model's, from the sound, and the completeness of the words so
far (`pipeline.language.utterance`). Whole words lower the threshold of every check. An open clause
raises it and extends the longest silence. Waiting for the words costs the answer no time, because
the answer needs them too.

Checks are later for a speaker with long pauses inside their turns, and earlier for one with short
pauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from pipeline.language.utterance import Completeness
from pipeline.settings import TurnSettings, VadSettings

_USUAL_PAUSE_MS: Final = 400.0
"""The pause inside a turn that every speaker's profile starts with; it moves no check."""
_SHORTEST_PAUSE_MS: Final = 150.0
"""Shorter gaps belong to the sounds of speech (stop consonants), not to the speaker's pauses."""
_SAME_TURN_MS: Final = 1000.0
"""Speech that starts again this soon after a turn's end counts as a pause inside that turn."""
_LEARN: Final = 0.2
"""Weight of the newest pause in the average: five pauses make up two thirds of it."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """A turn has begun; ``at`` is the start of its first voiced chunk."""

    at: float


@dataclass(frozen=True, slots=True)
class CheckDue:
    """An endpoint check is about to be due: ask the turn model about the audio up to ``at``.

    The silence of the check is full at ``due``, and the result counts from then on. ``pause``
    numbers the pauses of this speaker, ``check`` the checks of one pause. Results carry both, which
    tells late ones apart.
    """

    pause: int
    check: int
    speech_start: float
    speech_end: float
    at: float
    due: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """Speech goes on after a pause that had a check."""

    at: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over. ``pause`` is the pause that ended it."""

    pause: int
    speech_start: float
    speech_end: float
    at: float
    reason: str
    model_at: float
    """When the turn model's result was in; from then to ``at`` only the words were missing."""


TurnEvent: TypeAlias = SpeechStarted | CheckDue | Resumed | TurnEnded


class Phase(Enum):
    """The states of a speaker; the file's docstring draws them."""

    QUIET = auto()
    SPEAKING = auto()
    PAUSING = auto()


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
        """Factor for the silence before each check; 1 for the usual pause."""
        wanted = self.usual_pause_ms / _USUAL_PAUSE_MS
        return min(max(wanted, 1.0 - self._share), 1.0 + self._share)


@dataclass(slots=True)
class _Pause:
    """What is known of the present pause, or of the last one."""

    number: int = 0
    checks: int = 0
    """Checks that were announced with `CheckDue`."""
    answered_check: int | None = None
    """The latest check with a result of the turn model."""
    probability: float = 0.0
    """That result."""
    answered_at: float = 0.0
    completeness: Completeness | None = None
    """How the words up to this pause end; None until they are known."""


class Endpointing:
    """One speaker's turns."""

    def __init__(self, vad: VadSettings, turn: TurnSettings) -> None:
        self._vad = vad
        self._turn = turn
        self.phase = Phase.QUIET
        self.pause_profile = PauseProfile(turn.pace_share)
        self._pause = _Pause()
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
        if voiced:
            return self._voiced_in_turn(start, end)
        if self.phase is Phase.SPEAKING:
            if probability >= self._vad.stop_threshold:
                self._speech_end = end
                return []
            self.phase = Phase.PAUSING
            self._pause = _Pause(self._pause.number + 1)
        return self._while_pausing(end)

    def on_turn_probability(
        self, pause: int, check: int, probability: float, at: float
    ) -> list[TurnEvent]:
        """Take the turn model's result of a check: the probability that the turn is over, 0..1.

        A late result counts against the threshold of its own check, unless a later check has one.
        A result for a pause that is over is ignored.
        """
        if not self._is_present(pause):
            return []
        state = self._pause
        if state.answered_check is None or check >= state.answered_check:
            state.answered_check, state.probability, state.answered_at = check, probability, at
        return self._decide(at)

    def on_completeness(self, pause: int, completeness: Completeness, at: float) -> list[TurnEvent]:
        """Take how the words up to a pause end; `Completeness.UNKNOWN` if there are no words.

        A result for a pause that is over is ignored.
        """
        if not self._is_present(pause):
            return []
        self._pause.completeness = completeness
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
        return self.phase is Phase.PAUSING and pause == self._pause.number

    def _decide(self, at: float) -> list[TurnEvent]:
        """End the turn if both results of a check are in and reach its threshold."""
        pause = self._pause
        check, completeness = pause.answered_check, pause.completeness
        if check is None or completeness is None:
            return []
        if pause.probability < self._threshold(check, completeness):
            return []
        words = completeness.name.lower()
        reason = f"complete ({pause.probability:.2f} at check {check + 1}, words {words})"
        return self._end(at, reason, pause.answered_at)

    def _threshold(self, check: int, completeness: Completeness) -> float:
        threshold = self._turn.looks[check].threshold
        match completeness:
            case Completeness.OPEN:
                return max(threshold, self._turn.open_threshold)
            case Completeness.WHOLE:
                return min(threshold, self._turn.whole_threshold)
            case Completeness.COMMAND:
                return 0.0
            case Completeness.UNSURE if check < len(self._turn.looks) - 1:
                return max(threshold, self._turn.unsure_threshold)
            case Completeness.UNSURE | Completeness.UNKNOWN:
                return threshold

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
        self.pause_profile.learn((self._onset - self._speech_end) * 1000)
        self._speech_start = self._onset
        self._speech_end = end
        return [SpeechStarted(self._onset)]

    def _voiced_in_turn(self, start: float, end: float) -> list[TurnEvent]:
        if self.phase is Phase.PAUSING:
            self.pause_profile.learn((start - self._speech_end) * 1000)
        resumed = self.phase is Phase.PAUSING and self._pause.checks > 0
        self.phase = Phase.SPEAKING
        self._speech_end = end
        if (end - self._speech_start) >= self._turn.max_turn_s:
            return self.give_up(end)
        return [Resumed(end)] if resumed else []

    def _while_pausing(self, end: float) -> list[TurnEvent]:
        pause = self._pause
        silence_ms = (end - self._speech_end) * 1000
        events: list[TurnEvent] = []
        while pause.checks < len(self._turn.looks):
            due_ms = self._turn.looks[pause.checks].silence_ms * self.pause_profile.stretch
            if silence_ms < due_ms - self._turn.lead_ms:
                break
            start, stopped = self._speech_start, self._speech_end
            due = stopped + due_ms / 1000
            events.append(CheckDue(pause.number, pause.checks, start, stopped, end, due))
            pause.checks += 1
        if silence_ms >= self._longest_silence_ms():
            events += self._end(end, f"{silence_ms:.0f} ms of silence")
        return events

    def _longest_silence_ms(self) -> float:
        longest = self._turn.max_silence_ms
        if self._pause.completeness is Completeness.OPEN:
            return max(longest, self._turn.open_silence_ms)
        return longest

    def _end(self, at: float, reason: str, model_at: float | None = None) -> list[TurnEvent]:
        self.phase = Phase.QUIET
        self._voiced_s = 0.0
        model_at = at if model_at is None else model_at
        start, end = self._speech_start, self._speech_end
        return [TurnEnded(self._pause.number, start, end, at, reason, model_at)]
