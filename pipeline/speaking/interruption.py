"""Speech over a reply: duck at once, then hold, then stop or resume.

A member who speaks over a reply wants to be heard at once, but not all speech takes the floor: a
backchannel ("mm-hm"), a cough and talk with another member must not end the reply. So the reply
first goes quiet (duck), then silent with its position kept (hold). It is stopped or resumed when
the words are known. If no decision comes in time, the reply is resumed: a slow model must not keep
the bot silent.

The words of a part of a turn never end the reply: more words may show that they were not for the
agent. They keep it silent until the whole turn is decided, and it can still be resumed.

The states of `Interruption`::

             speech began        hold_after_ms, if it is surely no echo
    CLEAR ─────────────────> DUCKED ─────────────> HELD
      ^                        │                    │
      └── all speech dismissed, or timed out: resume┤
                               └────────────────────┴── the whole turn interrupts ──> STOPPED

A reply that was only ducked was heard all the time: it goes on without a repetition.

A reply of which nothing has sounded yet goes from CLEAR to HELD, and waits there for a limited
time. It cannot be interrupted: what is said to the agent then joins the turn or is queued. When the
time is over it sounds, and does not wait for speech that begins just then. For its own asker it
waits until they have finished, because what they add joins the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.events import Observer, ReplyDucked, ReplyResumed
from pipeline.ports import DUCKED_DB, Playback
from pipeline.settings import BargeInSettings
from pipeline.speaking.reply import Reply
from pipeline.transcript import word_start_ms


class InterruptionAction(Enum):
    """What to do with the playback."""

    DUCK = auto()
    HOLD = auto()
    RESUME = auto()
    STOP = auto()


class _State(Enum):
    CLEAR = auto()
    DUCKED = auto()
    HELD = auto()
    STOPPED = auto()


@dataclass(slots=True)
class _Overlap:
    """One speaker's speech over the reply; times are on the room's clock."""

    since: float
    ended: float | None = None
    sure: bool = True
    """It is a person, and not perhaps an echo of the reply."""
    interrupts: bool = False
    """The words so far are for the agent; the decision on the whole turn is waited for."""


class Interruption:
    """The overlaps of one reply, sans I/O. Make one when a reply begins, drop it when it ends.

    ``audible`` tells whether listeners hear the answer already; else `became_audible` tells it.
    ``asker`` is the id of the member whom it answers, ``by_name`` whether they called the agent.
    """

    def __init__(
        self,
        settings: BargeInSettings,
        *,
        audible: bool = True,
        asker: int | None = None,
        by_name: bool = False,
    ) -> None:
        self._settings = settings
        self._audible = audible
        self._asker = asker
        self._by_name = by_name
        self._ready_at: float | None = None
        self._overlaps: dict[int, _Overlap] = {}
        self._timed_out: dict[int, _Overlap] = {}
        """The overlaps that timed out before their decision came, by speaker."""
        self._state = _State.CLEAR

    @property
    def clear(self) -> bool:
        """Whether the reply is at full loudness: no speech over it is known."""
        return self._state is _State.CLEAR

    def ready(self, now: float) -> None:
        """There is audio to play. Only the first call counts."""
        if self._ready_at is None:
            self._ready_at = now

    def became_audible(self) -> None:
        """Listeners hear the answer: from now on it can be interrupted."""
        self._audible = True

    @property
    def ducked(self) -> bool:
        """Whether the reply is quieter, and not silent."""
        return self._state is _State.DUCKED

    def speech_began(
        self, speaker: int, at: float, *, sure: bool = True
    ) -> list[InterruptionAction]:
        """A member has been speaking since ``at`` (seconds).

        If it may be an echo of the reply (not ``sure``), the reply is ducked and not held.
        """
        if self._state is _State.STOPPED:
            return []
        overlap = self._overlaps.get(speaker, _Overlap(at))
        if self._has_waited(speaker, overlap, at):
            self._timed_out[speaker] = overlap
            return []
        overlap.ended = None
        overlap.sure = sure
        self._overlaps[speaker] = overlap
        self._timed_out.pop(speaker, None)
        if self._state is not _State.CLEAR:
            return []
        self._state = _State.DUCKED if self._audible else _State.HELD
        return [InterruptionAction.DUCK if self._audible else InterruptionAction.HOLD]

    def speech_ended(self, speaker: int, at: float) -> None:
        """The speaker's turn is over; its decision may still come."""
        overlap = self._overlaps.get(speaker)
        if overlap is not None:
            overlap.ended = at

    def decided(
        self, speaker: int, *, interrupts: bool, final: bool = True
    ) -> list[InterruptionAction]:
        """It is known whether this speaker's words interrupt the reply.

        ``final`` is False for a decision on the first part of a turn: the reply then stays silent
        until the one on the whole turn.
        """
        overlap = self._overlaps.get(speaker) or self._timed_out.get(speaker)
        if self._state is _State.STOPPED or overlap is None:
            return []
        if not interrupts:
            return self.dismissed(speaker)
        if not final:
            return self._silence_until_decided(speaker, overlap)
        if self._audible:
            self._state = _State.STOPPED
            return [InterruptionAction.STOP]
        return self.dismissed(speaker)

    def _silence_until_decided(self, speaker: int, overlap: _Overlap) -> list[InterruptionAction]:
        overlap.interrupts = True
        self._timed_out.pop(speaker, None)
        self._overlaps[speaker] = overlap
        if self._state is _State.HELD:
            return []
        self._state = _State.HELD
        return [InterruptionAction.HOLD]

    def dismissed(self, speaker: int) -> list[InterruptionAction]:
        """This speaker's audio is no reason to duck."""
        self._timed_out.pop(speaker, None)
        if self._state is _State.STOPPED or self._overlaps.pop(speaker, None) is None:
            return []
        return self._resume_if_clear()

    def tick(self, now: float) -> list[InterruptionAction]:
        """Apply the timeouts; call it every few frames."""
        if self._state in (_State.CLEAR, _State.STOPPED):
            return []
        for speaker, overlap in list(self._overlaps.items()):
            if self._times_out(speaker, overlap, now):
                del self._overlaps[speaker]
                self._timed_out[speaker] = overlap
        if not self._overlaps:
            return self._resume_if_clear()
        sure = [overlap for overlap in self._overlaps.values() if overlap.sure]
        longest_ms = max((_ms(overlap.since, now) for overlap in sure), default=0.0)
        if self._state is _State.DUCKED and longest_ms >= self._settings.hold_after_ms:
            self._state = _State.HELD
            return [InterruptionAction.HOLD]
        return []

    def _has_waited(self, speaker: int, overlap: _Overlap, now: float) -> bool:
        """Whether a reply that is ready has waited long enough for this speaker."""
        if self._audible or self._ready_at is None or speaker == self._asker:
            return False
        limit_ms = self._settings.first_sound_waits_ms
        if self._by_name and not overlap.interrupts:
            limit_ms = min(limit_ms, self._settings.named_sound_waits_ms)
        return _ms(self._ready_at, now) >= limit_ms

    def _times_out(self, speaker: int, overlap: _Overlap, now: float) -> bool:
        if overlap.ended is not None and _ms(overlap.ended, now) >= self._settings.decide_within_ms:
            return True
        if self._has_waited(speaker, overlap, now):
            return True
        if overlap.interrupts:
            return False
        limit_ms = self._settings.longest_overlap_ms
        return overlap.ended is None and _ms(overlap.since, now) >= limit_ms

    def _resume_if_clear(self) -> list[InterruptionAction]:
        if self._overlaps:
            return []
        self._state = _State.CLEAR
        return [InterruptionAction.RESUME]


class InterruptionHandler:
    """Applies the actions of an `Interruption` to the playback of one reply.

    ``speaking`` holds since when each member speaks who spoke before the reply; ``stop`` ends it.
    """

    def __init__(
        self,
        reply: Reply,
        settings: BargeInSettings,
        speaking: Mapping[int, float],
        clock: Callable[[], float],
        emit: Observer,
        stop: Callable[[], None],
    ) -> None:
        self.answer_audible = False
        """Whether listeners have heard any of the answer."""
        self._reply = reply
        self._settings = settings
        self._clock = clock
        self._emit = emit
        self._stop = stop
        self._interruption = Interruption(
            settings, audible=False, asker=reply.turn.speaker.id, by_name=reply.turn.by_name
        )
        self._closed = False
        self._held = False
        for speaker, since in speaking.items():
            self.speech_began(speaker, since)

    @property
    def clear(self) -> bool:
        """Whether no speech over the reply is known."""
        return self._interruption.clear

    def close(self) -> None:
        """Ignore all that follows: the reply is being ended."""
        self._closed = True

    @property
    def gain_db(self) -> float:
        """The gain at which the reply plays, 0 or less, while it is not silent."""
        return DUCKED_DB if self._interruption.ducked else 0.0

    def speech_began(self, speaker: int, at: float, *, sure: bool = True) -> None:
        self._apply(self._interruption.speech_began(speaker, at, sure=sure))

    def speech_ended(self, speaker: int, at: float) -> None:
        self._interruption.speech_ended(speaker, at)

    def decided(self, speaker: int, *, interrupts: bool, final: bool) -> None:
        self._apply(self._interruption.decided(speaker, interrupts=interrupts, final=final))

    def dismissed(self, speaker: int) -> None:
        self._apply(self._interruption.dismissed(speaker))

    def tick(self, now: float) -> None:
        """Called every 20 ms."""
        if self._reply.has_audio:
            self._interruption.ready(now)
        if not self.answer_audible and self._reply.answer_audible:
            self.answer_audible = True
            self._interruption.became_audible()
        self._apply(self._interruption.tick(now))

    def _apply(self, actions: list[InterruptionAction]) -> None:
        if self._closed:
            return
        for action in actions:
            match action:
                case InterruptionAction.DUCK | InterruptionAction.HOLD:
                    self._lower(hold=action is InterruptionAction.HOLD)
                case InterruptionAction.RESUME:
                    self._resume()
                case InterruptionAction.STOP:
                    self._stop()

    def _lower(self, *, hold: bool) -> None:
        self._held = self._held or hold
        self._reply.hold_when_opened(hold)
        playback = self._reply.playback
        if playback is None:
            return
        if hold:
            playback.hold()
        else:
            playback.duck()
        if playback.first_sent_at is not None:
            self._emit(ReplyDucked(held=hold, at=self._clock()))

    def _resume(self) -> None:
        self._reply.hold_when_opened(False)
        playback = self._reply.playback
        if playback is None:
            return
        held, self._held = self._held, False
        playback.resume(self._rewind_ms(playback) if held else 0.0)
        if playback.first_sent_at is not None:
            self._emit(ReplyResumed(self._clock()))

    def _rewind_ms(self, playback: Playback) -> float:
        """Back to the start of the word that was cut, but at least what the settings ask for."""
        played_ms = playback.played_ms
        if self._reply.unplayed_ms <= 0:
            return 0.0  # the listeners have heard everything
        to_word_ms = played_ms - word_start_ms(self._reply.outcome.sentences, played_ms)
        return min(played_ms, max(to_word_ms, self._settings.rewind_ms))


def _ms(since: float, now: float) -> float:
    return (now - since) * 1000
