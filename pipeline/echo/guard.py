"""Echo guard: keeps the bot's own voice, from a speaker's loudspeaker, from interrupting a reply.

`EchoGuard` stands between the recognition of speech and `Floor`. It compares what a microphone
sends with what was played (detector.py), and holds a report of speech back while the sound is an
echo. Of a transcript it takes out the words that the bot was speaking at that time.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from rapidfuzz import fuzz, process

from pipeline.audio import HEARD_RATE, Pcm16, level_db
from pipeline.echo.detector import LONGEST_DELAY_MS, SHORTEST_MS, WINDOW_MS, EchoMemory, EchoResult
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.speaking.floor import Floor
from pipeline.speaking.sentence_speaker import PlaybackHistory

CHECK_EVERY_S: Final = 0.06
ECHO: Final = "echo of the reply"

_LATEST: Final = HEARD_RATE // 10
_PAUSE_DB: Final = 12.0
_TAIL_S: Final = LONGEST_DELAY_MS / 1000 + WINDOW_MS / 1000
"""How long after the last sound the audio of a check may still hold its echo."""
_ECHO_SHARE: Final = 0.7
"""Share of a turn's checks that find an echo, from which the turn may be nothing else."""
_SPEECH_CHECKS: Final = 4
"""This many checks in a row without an echo are a word: a quarter of a second."""
_SURE_CHECKS: Final = 3
"""One or two checks may find a likeness by chance."""
_UNLIKE_CHECKS: Final = 2
"""One check in ten misses an echo, so one without an echo proves nothing."""
_KEPT_S: Final = 1.5
"""Audio kept from a continuing echo; the worst-case delay before an equally loud interrupter is
noticed."""
_SKIP_AFTER_S: Final = 2.0
_SURE_WORDS: Final = 5
"""No speaker says this many of the bot's words in a row, while it speaks them, by chance."""

_WORD: Final = re.compile(r"\S+")
_LIKE: Final = 80.0
"""Similarity (0..100) from which two words count as one word, heard twice."""
_RUN: Final = 2
"""Shortest run of words that counts as an echo; single words such as "the" are in any speech."""
_MOST_HEARD: Final = 200
"""Words of a turn that are compared, its first: more than a minute. The rest is the speaker's.
The comparison takes time in proportion to heard words times spoken words."""
_MOST_SPOKEN: Final = 400
"""Words of the bot that are compared, its last."""
_LONGEST_WORD: Final = 64


@dataclass(slots=True)
class _EchoTurn:
    """The checks of one speaker's present turn."""

    reported: bool
    """Whether `Floor` knows of it as speech."""
    began: float
    since: float = 0.0
    """When the speaker last started again after a pause."""
    next_check: float = 0.0
    checks: int = 0
    echoes: int = 0
    speech_run: int = 0
    """Checks in a row, up to now, that found no echo."""
    longest_speech_run: int = 0
    last_word_at: float = float("-inf")
    """When such a run was last as long as a word."""
    loudest_db: float = -120.0

    @property
    def is_echo(self) -> bool:
        """Whether the turn is nothing but an echo: any speech in it was shorter than a word."""
        share = self.echoes / self.checks if self.checks else 0.0
        return self.has_echo and share >= _ECHO_SHARE and self.longest_speech_run < _SPEECH_CHECKS

    @property
    def has_echo(self) -> bool:
        return self.echoes >= _SURE_CHECKS

    def restart_counts(self) -> None:
        self.checks = self.echoes = self.speech_run = self.longest_speech_run = 0

    def add_speech(self, now: float) -> None:
        """Count a check that found no echo."""
        self.speech_run += 1
        self.longest_speech_run = max(self.longest_speech_run, self.speech_run)
        if self.speech_run >= _SPEECH_CHECKS:
            self.last_word_at = now


class EchoGuard:
    """The guard of one room. A ``likeness`` of 1 lets everything pass.

    ``audio(speaker, start, end)`` gives what a speaker's microphone sent; ``skip(speaker, at)``
    drops what it sent before ``at`` from the present turn.
    """

    def __init__(
        self,
        likeness: float,
        floor: Floor,
        audio: Callable[[int, float, float], Pcm16],
        skip: Callable[[int, float], None],
    ) -> None:
        self._likeness = likeness
        self._floor = floor
        self._audio = audio
        self._skip = skip
        self._played: PlaybackHistory = floor.playback_history
        self._memories: dict[int, EchoMemory] = {}
        self._turns: dict[int, _EchoTurn] = {}
        self._ended: dict[int, _EchoTurn] = {}
        """Turns that are over and whose transcript is not there yet."""
        self._spoken: deque[tuple[float, str]] = deque(maxlen=64)
        """The bot's sentences, each with the time at which it last sounded."""

    def speech_began(self, speaker: int, at: float, now: float) -> None:
        """Take the start of speech, or its return after a pause.

        Reports it, unless the speaker is known to send an echo and one may sound now.
        """
        memory = self._memories.get(speaker)
        known = memory is not None and memory.delay_ms is not None
        suspected = known and self._played.sounded_within(_TAIL_S, now)
        turn = self._turns.get(speaker)
        if turn is None:
            turn = self._turns[speaker] = _EchoTurn(not suspected, at)
        turn.since, turn.next_check = at, at + SHORTEST_MS / 1000
        if turn.reported:
            self._floor.speech_began(speaker, at)

    def speech_ended(self, speaker: int, at: float) -> None:
        turn = self._turns.pop(speaker, None)
        if turn is not None:
            self._ended[speaker] = turn
        self._floor.speech_ended(speaker, at)

    def speaker_left(self, speaker: int) -> None:
        for known in (self._memories, self._turns, self._ended):
            known.pop(speaker, None)
        self._floor.dismissed(speaker)

    def tick(self, now: float) -> None:
        """Check everyone who speaks while something sounds. Called every 20 ms."""
        self._note_sentence(now)
        if not self._played.sounded_within(_TAIL_S, now):
            for speaker, turn in self._turns.items():
                self._report(speaker, turn, now)
            return
        for speaker, turn in self._turns.items():
            if now >= turn.next_check and self._likeness < 1:
                turn.next_check = now + CHECK_EVERY_S
                self._check(speaker, turn, now)

    def echoing(self, speaker: int) -> bool:
        """Whether the speaker's present turn is, so far, nothing but an echo."""
        turn = self._turns.get(speaker)
        return turn is not None and turn.is_echo

    def without_echo(
        self, said: FinalTranscript, now: float, *, final: bool
    ) -> FinalTranscript | None:
        """A transcript without the bot's words; None if it was only echo. See `speaker_words`."""
        words = said.transcription
        own = self.speaker_words(said.speaker.id, words.text, said.began, now, final=final)
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
        if turn.is_echo:
            return ""
        if not turn.has_echo:
            # A reply that ducks for its own echo leaves too little of it for a sure check.
            if turn.echoes and all_in_order(text, spoken):
                return ""
            return "" if echoed_words(text, spoken) >= _SURE_WORDS else text
        # Even if most words are the bot's: the speaker spoke too, maybe after a minute of echo.
        left = without_echo(text, spoken)
        return left if re.search(r"\w", left) else ""

    def _check(self, speaker: int, turn: _EchoTurn, now: float) -> None:
        memory = self._memories.setdefault(speaker, EchoMemory(self._likeness))
        # Not from before the pause: the start of any speech is as loud as that of any other.
        start = max(now - WINDOW_MS / 1000, turn.since)
        heard = self._audio(speaker, start, now)
        turn.loudest_db = max(turn.loudest_db, level_db(heard))
        if level_db(heard[-_LATEST:]) < turn.loudest_db - _PAUSE_DB:
            return  # a pause is like any other pause
        end = start + heard.size / HEARD_RATE
        known = memory.delay_ms is not None
        result = memory.classify(heard, self._played.audio(start - LONGEST_DELAY_MS / 1000, end))
        if result is EchoResult.UNSURE:
            return
        if memory.delay_ms is not None and not known:
            # The delay was unknown to the checks before this one.
            turn.restart_counts()
        turn.checks += 1
        if result is EchoResult.MAYBE_ECHO:
            turn.echoes += 1
        elif result is EchoResult.ECHO:
            self._found_echo(speaker, turn, now)
        else:
            turn.add_speech(now)
            if memory.delay_ms is None or turn.speech_run >= _UNLIKE_CHECKS:
                self._report(speaker, turn, now)

    def _found_echo(self, speaker: int, turn: _EchoTurn, now: float) -> None:
        turn.echoes += 1
        turn.reported, turn.speech_run = False, 0
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
        if not turn.reported:
            turn.reported = True
            self._floor.speech_began(speaker, now)

    def _note_sentence(self, now: float) -> None:
        reply = self._floor.reply
        if reply is not None and reply.playback is not None:
            sentence = reply.sentence_at(reply.playback.played_ms)
            if sentence:
                if self._spoken and self._spoken[-1][1] == sentence:
                    self._spoken.pop()
                self._spoken.append((now, sentence))


def without_echo(heard: str, spoken: str) -> str:
    """The words of ``heard``, in order, without the runs of words that are in ``spoken``."""
    words = _WORD.findall(heard)
    theirs = [_plain(word) for word in words[:_MOST_HEARD]]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
    same = _as_spoken(theirs, ours)
    matcher = SequenceMatcher(None, same, ours, autojunk=False)
    echoed: set[int] = set()
    for start, _, size in matcher.get_matching_blocks():
        if size >= min(_RUN, len(words)):
            echoed.update(range(start, start + size))
    return " ".join(word for at, word in enumerate(words) if at not in echoed)


def echoed_words(heard: str, spoken: str) -> int:
    """The number of the bot's words in ``heard``; 0 if more than a fifth of the words are not."""
    words, left = len(_WORD.findall(heard)), len(_WORD.findall(without_echo(heard, spoken)))
    return words - left if left <= words // 5 else 0


def all_in_order(heard: str, spoken: str) -> bool:
    """Whether all of two or more heard words are the bot's, in its order, maybe with gaps."""
    theirs = [_plain(word) for word in _WORD.findall(heard)[:_MOST_HEARD]]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
    rest = iter(ours)
    return len(theirs) >= _RUN and all(word in rest for word in _as_spoken(theirs, ours))


def _as_spoken(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Each heard word as the bot spoke it, if it is only misheard."""
    known = sorted(set(ours))
    found = {
        word: process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_LIKE)
        for word in set(theirs)
    }
    return [word if (match := found[word]) is None else match[0] for word in theirs]


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word[:_LONGEST_WORD]).casefold()
