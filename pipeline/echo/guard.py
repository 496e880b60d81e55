"""Echo guard: keeps the bot's own voice, from a speaker's loudspeaker, from interrupting a reply.

`EchoGuard` stands between the recognition of speech and `Floor`. It compares what a microphone
sends with what was played (detector.py), and holds a report of speech back while the sound is an
echo. Of a transcript it takes out the words that the bot was speaking at that time.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from pipeline.audio import HEARD_RATE, Pcm16, level_db
from pipeline.echo.detector import LONGEST_DELAY_MS, SHORTEST_MS, WINDOW_MS, EchoMemory, EchoResult
from pipeline.echo.own_words import (
    all_in_order,
    count_words,
    echoed_words,
    stop_among,
    without_echo,
    without_words_of,
)
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.ports import DUCKED_DB
from pipeline.speaking.floor import Floor
from pipeline.speaking.sentence_speaker import PlaybackHistory

CHECK_EVERY_S: Final = 0.06
ECHO: Final = "echo of the reply"

_LATEST: Final = HEARD_RATE // 10
_PAUSE_DB: Final = 12.0
"""Sound this much below the loudest of its turn is a pause; an echo falls with a ducked reply."""
_NOISE_DB: Final = 6.0
"""Sound less than this above the noise before the turn is a pause too. A turn that is never louder
is no speech: it may be an echo that the noise hides from the checks. "Stop.", said 8 dB above a
noise, is 10 dB above it for 220 ms; echoes below the noise were 4.6 dB above it at most."""
_SILENT_DB: Final = -100.0
"""A microphone that sends less, or nothing, has no noise."""
_NOISE_PIECE_S: Final = 0.1
_NOISE_PIECES: Final = 12
"""The quietest of so many pieces right before a turn has the noise: there may be other speech of
the speaker in them, as in "Jarvis, [a short pause] stop."."""
_TAIL_S: Final = LONGEST_DELAY_MS / 1000 + WINDOW_MS / 1000
"""How long after the last sound the audio of a check may still hold its echo."""
_ECHO_SHARE: Final = 0.7
"""Share of a turn's checks that find an echo, from which the turn may be nothing else."""
_SPEECH_CHECKS: Final = 4
"""This many checks in a row without an echo are a word: a quarter of a second."""
_SURE_CHECKS: Final = 3
"""One or two checks may find a likeness by chance."""
_UNLIKE_CHECKS: Final = 2
"""One check in ten misses a known echo, so one without an echo proves nothing."""
_DISPROVED_CHECKS: Final = 8
"""This many in a row prove it, where no echo is known, after the words of the turn were only the
bot's: half a second, in which new words come."""
_LIKE_CHECKS: Final = 2
"""One check in twenty finds an echo that is none, while no echo of the microphone is known."""
_UNSURE_S: Final = 0.8
"""Audio that is neither surely an echo nor surely speech for this long counts as speech."""
_QUIET_S: Final = 0.9
"""A microphone that sent no sound during this much of a reply is less likely to send an echo."""
_ONSET_S: Final = LONGEST_DELAY_MS / 1000 + 0.3
"""How long after the bot begins its echo may begin, if its first sounds are quiet."""
_GAP_S: Final = 0.1
_TICK_S: Final = 0.02
_HELD_S: Final = 0.1
_KEPT_S: Final = 1.5
"""Audio kept from a continuing echo; the worst-case delay before an equally loud interrupter is
noticed."""
_NOTICED_S: Final = 0.35
"""Speech over an echo may have begun this long before the last check that found only the echo."""
_SKIP_AFTER_S: Final = 2.0
_SURE_WORDS: Final = 5
"""No speaker says this many of the bot's words in a row, while it speaks them, by chance."""
_UNSURE_RUN: Final = 3
"""Shortest run of words that counts as an echo where one is likely and was not found."""
_FEW_WORDS: Final = 3
"""Fewer words than this beside those of the bot may be its own, misheard."""


@dataclass(slots=True)
class _EchoTurn:
    """The checks of one speaker's present turn."""

    reported: bool
    """Whether `Floor` knows of it as speech."""
    began: float
    was_quiet: bool = False
    """Before it, the microphone was quiet during `_QUIET_S` of a reply."""
    at_onset: bool = False
    """It began right after the bot did, as its echo does."""
    sure: bool = False
    """Whether it was reported as surely no echo."""
    only_bots_words: bool = False
    """Its last transcript had no other words."""
    since: float = 0.0
    """When the speaker last started again after a pause."""
    next_check: float = 0.0
    checks: int = 0
    echoes: int = 0
    last_echo_at: float | None = None
    echo_run: int = 0
    """Checks in a row, up to now, that found an echo."""
    speech_run: int = 0
    """Checks in a row, up to now, that found no echo."""
    longest_speech_run: int = 0
    last_word_at: float = float("-inf")
    """When such a run was last as long as a word."""
    loudest_db: float = -120.0
    noise_db: float = -120.0
    """The level before the turn."""

    @property
    def is_echo(self) -> bool:
        """Whether the turn is nothing but an echo: any speech in it was shorter than a word."""
        share = self.echoes / self.checks if self.checks else 0.0
        return self.has_echo and share >= _ECHO_SHARE and self.longest_speech_run < _SPEECH_CHECKS

    @property
    def has_echo(self) -> bool:
        return self.echoes >= _SURE_CHECKS

    @property
    def above_noise(self) -> bool:
        """Whether it was ever louder than the noise before it, if there was any."""
        return self.noise_db <= _SILENT_DB or self.loudest_db >= self.noise_db + _NOISE_DB

    def checks_needed(self, *, known: bool) -> int:
        """The checks in a row that must find no echo before the turn is surely speech.

        ``known``: an echo of the microphone is known.
        """
        if known:
            return _UNLIKE_CHECKS
        return _DISPROVED_CHECKS if self.only_bots_words else 1

    def restart_counts(self) -> None:
        self.checks = self.echoes = self.speech_run = self.longest_speech_run = 0

    def add_echo(self, now: float) -> None:
        """Count a check that found an echo."""
        self.last_echo_at = now
        self.checks += 1
        self.echoes += 1
        self.echo_run += 1
        self.speech_run = 0

    def add_speech(self, now: float) -> None:
        """Count a check that found no echo."""
        self.checks += 1
        self.echo_run = 0
        self.speech_run += 1
        self.longest_speech_run = max(self.longest_speech_run, self.speech_run)
        if self.speech_run >= _SPEECH_CHECKS:
            self.last_word_at = now


class EchoGuard:
    """The guard of one room. A ``likeness`` of 1 lets everything pass.

    ``audio(speaker, start, end)`` gives what a speaker's microphone sent; ``skip(speaker, at)``
    drops what it sent before ``at`` from the present turn; ``stops(speaker, words)`` tells whether
    a speaker's words ask a reply to stop, ``calls(speaker, words)`` whether they call an agent.
    """

    def __init__(
        self,
        likeness: float,
        floor: Floor,
        audio: Callable[[int, float, float], Pcm16],
        skip: Callable[[int, float], None],
        stops: Callable[[int, str], bool] = lambda speaker, words: False,
        calls: Callable[[int, str], bool] = lambda speaker, words: False,
    ) -> None:
        self._likeness = likeness
        self._floor = floor
        self._audio = audio
        self._skip = skip
        self._stops = stops
        self._calls = calls
        self._played: PlaybackHistory = floor.playback_history
        self._memories: dict[int, EchoMemory] = {}
        self._turns: dict[int, _EchoTurn] = {}
        self._ended: dict[int, _EchoTurn] = {}
        """Turns that are over and whose transcript is not there yet."""
        self._sounded_s = 0.0
        """How long replies have sounded in all."""
        self._sounding_since = self._sounding_until = float("-inf")
        """When the bot last began to sound after a gap, and when it last sounded."""
        self._quiet_since: dict[int, float] = {}
        """The same when a speaker's last turn ended, by speaker."""
        self._spoken: deque[tuple[float, str]] = deque(maxlen=64)
        """The bot's sentences, each with the time at which it last sounded."""

    def speech_began(self, speaker: int, at: float, now: float) -> None:
        """Take the start of speech, or its return after a pause.

        Reports it, unless the speaker is known to send an echo and one may sound now. If no echo
        of theirs is known, the report is unsure while something sounds.
        """
        memory = self._memories.get(speaker)
        known = memory is not None and memory.delay_ms is not None
        sounding = self._likeness < 1 and self._played.sounded_within(_TAIL_S, now)
        turn = self._turns.get(speaker)
        if turn is None:
            quiet_s = self._sounded_s - self._quiet_since.get(speaker, 0.0)
            at_onset = sounding and at - self._sounding_since <= _ONSET_S
            turn = _EchoTurn(False, at, quiet_s >= _QUIET_S, at_onset)
            self._turns[speaker] = turn
            turn.noise_db = self._noise_before(speaker, at)
        turn.reported, turn.sure = not (known and sounding), not sounding
        turn.since, turn.next_check = at, at + SHORTEST_MS / 1000
        if turn.reported:
            self._floor.speech_began(speaker, at, sure=turn.sure)

    def speech_ended(self, speaker: int, at: float) -> None:
        turn = self._turns.pop(speaker, None)
        self._quiet_since[speaker] = self._sounded_s
        if turn is not None:
            self._ended[speaker] = turn
        self._floor.speech_ended(speaker, at)

    def speaker_left(self, speaker: int) -> None:
        for known in (self._memories, self._turns, self._ended, self._quiet_since):
            known.pop(speaker, None)
        self._floor.dismissed(speaker)

    def tick(self, now: float) -> None:
        """Check everyone who speaks while something sounds. Called every 20 ms."""
        self._note_sentence(now)
        if self._played.sounded_within(_TICK_S, now):
            self._sounded_s += _TICK_S
            if now - self._sounding_until > _GAP_S:
                self._sounding_since = now
            self._sounding_until = now
        if not self._played.sounded_within(_TAIL_S, now):
            for speaker, turn in self._turns.items():
                self._report(speaker, turn, now)
            return
        for speaker, turn in self._turns.items():
            held = turn.sure and not self._played.sounded_within(_HELD_S, now)
            # What goes on while nothing is played is no echo of it.
            if now >= turn.next_check and self._likeness < 1 and not held:
                turn.next_check = now + CHECK_EVERY_S
                self._check(speaker, turn, now)

    def echoing(self, speaker: int) -> bool:
        """Whether the speaker's present turn is, so far, nothing but an echo."""
        turn = self._turns.get(speaker)
        return turn is not None and turn.is_echo

    def without_echo(
        self, said: FinalTranscript, now: float, *, final: bool
    ) -> FinalTranscript | None:
        """A transcript without the bot's words; None if it was only echo. See `speaker_words`.

        If a turn that goes on was only echo so far, its report is taken back.
        """
        words = said.transcription
        own = self.speaker_words(said.speaker.id, words.text, said.began, now, final=final)
        turn = self._turns.get(said.speaker.id)
        if words.text and not final and turn is not None:
            turn.only_bots_words = not own
            if not own and turn.reported:
                turn.reported = turn.sure = False
                self._floor.dismissed(said.speaker.id)
        if own == words.text:
            return said
        return replace(said, transcription=replace(words, text=own)) if own else None

    def speaker_words(
        self, speaker: int, text: str, began: float, now: float, *, final: bool = True
    ) -> str:
        """The words of a transcript that are not the bot's; empty if the turn is an echo.

        A ``final`` transcript is of a turn that is over, another of the present one.
        """
        turn = self._ended.pop(speaker, None) if final else self._turns.get(speaker)
        spoken = " ".join(words for at, words in self._spoken if began - _TAIL_S <= at <= now)
        if turn is None or not spoken or self._likeness >= 1:
            return text
        if not (turn.sure or turn.above_noise):
            return ""
        if turn.has_echo:
            # Even if most words are the bot's: the speaker spoke too, maybe after a minute of echo.
            left = without_echo(text, spoken)
            stop = stop_among(left, spoken, lambda words: self._stops(speaker, words))
            if stop:
                return stop
            if turn.is_echo:
                # The bot does not call itself: a voice like its own was taken for an echo.
                own = without_words_of(left, spoken)
                return left if own and self._calls(speaker, own) else ""
            few = count_words(left) < _FEW_WORDS
            misheard = few and turn.longest_speech_run < _SPEECH_CHECKS
            return left if re.search(r"\w", left) and not misheard else ""
        # A reply that ducks for its own echo leaves too little of it for a sure check.
        likely = turn.at_onset and count_words(text) >= _UNSURE_RUN
        if (turn.echoes or likely) and all_in_order(text, spoken):
            return ""
        if echoed_words(text, spoken) >= _SURE_WORDS:
            return ""
        memory = self._memories.get(speaker)
        known = memory is not None and memory.delay_ms is not None
        if turn.echoes or known or turn.at_onset:
            return without_echo(text, spoken, run=_UNSURE_RUN)
        return text

    def _check(self, speaker: int, turn: _EchoTurn, now: float) -> None:
        memory = self._memories.setdefault(speaker, EchoMemory(self._likeness))
        # Not from before the pause: the start of any speech is as loud as that of any other.
        start = max(now - WINDOW_MS / 1000, turn.since)
        heard = self._audio(speaker, start, now)
        turn.loudest_db = max(turn.loudest_db, level_db(heard))
        if self._pauses(turn, level_db(heard[-_LATEST:]), now):
            return  # a pause is like any other pause
        end = start + heard.size / HEARD_RATE
        known = memory.delay_ms is not None
        played = self._played.audio(start - LONGEST_DELAY_MS / 1000, end)
        result = memory.classify(heard, played, was_quiet=turn.was_quiet)
        if result is not EchoResult.UNSURE and memory.delay_ms is not None and not known:
            # The delay was unknown to the checks before this one.
            turn.restart_counts()
        match result:
            case EchoResult.ECHO:
                turn.add_echo(now)
                if known or turn.echo_run >= _LIKE_CHECKS:
                    self._found_echo(speaker, turn, now)
            case EchoResult.SPEECH:
                turn.add_speech(now)
                if turn.above_noise and turn.speech_run >= turn.checks_needed(known=known):
                    self._report(speaker, turn, now)
            case EchoResult.UNSURE:
                if turn.above_noise and not known and now - turn.since >= _UNSURE_S:
                    self._report(speaker, turn, now)

    def _noise_before(self, speaker: int, at: float) -> float:
        """The level of the microphone before a turn that began at ``at``, in dB."""
        ends = (at - count * _NOISE_PIECE_S for count in range(1, _NOISE_PIECES + 1))
        return min(level_db(self._audio(speaker, end - _NOISE_PIECE_S, end)) for end in ends)

    def _pauses(self, turn: _EchoTurn, latest_db: float, now: float) -> bool:
        below_db = _PAUSE_DB
        if self._played.ducked_within(LONGEST_DELAY_MS / 1000, now):
            below_db -= DUCKED_DB
        least_db = max(turn.loudest_db - below_db, turn.noise_db + _NOISE_DB)
        return latest_db < min(least_db, turn.loudest_db - _PAUSE_DB)

    def _found_echo(self, speaker: int, turn: _EchoTurn, now: float) -> None:
        turn.reported = turn.sure = False
        self._floor.dismissed(speaker)
        if now - max(turn.began, turn.last_word_at) >= _SKIP_AFTER_S:
            self._drop_echo(speaker, turn, now)

    def _drop_echo(self, speaker: int, turn: _EchoTurn, now: float) -> None:
        """Drop a long echo from the turn, but for its last `_KEPT_S`.

        A reply's echo has few pauses. An interrupter would otherwise speak at the end of a turn as
        long as the reply.
        """
        turn.began = now - _KEPT_S
        turn.checks = turn.echoes = round(_KEPT_S / CHECK_EVERY_S)
        turn.longest_speech_run = 0
        self._skip(speaker, turn.began)

    def _report(self, speaker: int, turn: _EchoTurn, now: float) -> None:
        """Report the turn as surely speech; an echo before it is dropped."""
        if turn.reported and turn.sure:
            return
        at = turn.since if turn.reported else now
        turn.reported = turn.sure = True
        self._floor.speech_began(speaker, at)
        if turn.has_echo and turn.last_echo_at is not None:
            began = max(turn.last_echo_at, turn.since) - _NOTICED_S
            if began > turn.began:
                turn.began = began
                self._skip(speaker, began)

    def _note_sentence(self, now: float) -> None:
        reply = self._floor.reply
        if reply is not None and reply.playback is not None:
            sentence = reply.sentence_at(reply.playback.played_ms)
            if sentence:
                if self._spoken and self._spoken[-1][1] == sentence:
                    self._spoken.pop()
                self._spoken.append((now, sentence))
