"""Keeps the bot from taking its own voice, out of somebody's loudspeaker, for an interruption."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.audio import HEARD_RATE, Pcm16, level_db
from pipeline.echo.detector import LONGEST_DELAY_MS, SHORTEST_MS, WINDOW_MS, EchoMemory, Verdict
from pipeline.echo.words import echoed_words, without_echo
from pipeline.speaking.floor import Floor
from pipeline.speaking.playback_history import PlaybackHistory

LOOK_EVERY_S: Final = 0.06
ECHO: Final = "echo of the reply"

_LATEST: Final = HEARD_RATE // 10
_PAUSE_DB: Final = 12.0
_TAIL_S: Final = LONGEST_DELAY_MS / 1000 + WINDOW_MS / 1000
"""So long after the last sound an echo of it may still be in what is looked at."""
_WORDS_TAIL_S: Final = 4.0
"""So long after a reply its words may still be on their way: a turn's end, a transcription."""
_ALL_SHARE: Final = 0.7
"""Of the looks at a turn: from here on it may be nothing but echo."""
_SPEECH_LOOKS: Final = 4
"""So many looks in a row that find no echo are a word: a quarter of a second."""
_SURE_LOOKS: Final = 3
"""One or two looks may be alike by chance."""
_UNLIKE_LOOKS: Final = 2
"""One look in ten at an echo does not find it."""
_KEPT_S: Final = 1.5
"""Of an echo that goes on. So late somebody is noticed, at worst, who speaks as loudly over it."""
_SKIP_AFTER_S: Final = 2.0
_SURE_WORDS: Final = 5
"""So many words in a row, just when the bot speaks them, nobody says by chance."""


@dataclass(slots=True)
class _Turn:
    """What is known of what somebody sends at present."""

    told: bool
    """Answering knows of it as speech."""
    began: float
    since: float = 0.0
    """When they last began to speak after a pause."""
    next_look: float = 0.0
    looks: int = 0
    echoes: int = 0
    unlike: int = 0
    """Looks in a row, up to now, that found something else."""
    speech: int = 0
    """The most there were of those in a row."""
    last_speech: float = float("-inf")
    """When there were last enough of those in a row to be a word."""
    loudest_db: float = -120.0

    @property
    def share(self) -> float:
        return self.echoes / self.looks if self.looks else 0.0

    @property
    def is_echo(self) -> bool:
        """Nothing but echo: what there was besides was too short for a word."""
        return (
            self.echoes >= _SURE_LOOKS and self.share >= _ALL_SHARE and self.speech < _SPEECH_LOOKS
        )

    @property
    def has_echo(self) -> bool:
        return self.echoes >= _SURE_LOOKS


class EchoGuard:
    """Stands between what listeners report and `Floor`; ``likeness`` 1 lets everything by.

    ``audio(speaker, start, end)`` gives what somebody's microphone sent, ``skip(speaker, at)``
    leaves what it sent up to then out of the present turn.
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
        self._turns: dict[int, _Turn] = {}
        self._ended: dict[int, _Turn] = {}
        """Turns that are over and not yet understood."""
        self._spoken: deque[tuple[float, str]] = deque(maxlen=64)
        """When a sentence last sounded, and which."""

    def speech_began(self, speaker: int, at: float, now: float) -> None:
        """Somebody begins, or goes on: pass it on, unless their echo is known and may be it."""
        memory = self._memories.get(speaker)
        known = memory is not None and memory.delay_ms is not None
        suspected = known and self._played.sounded_within(_TAIL_S, now)
        turn = self._turns.get(speaker)
        if turn is None:
            turn = self._turns[speaker] = _Turn(not suspected, at)
        turn.since, turn.next_look = at, at + SHORTEST_MS / 1000
        if turn.told:
            self._floor.speech_began(speaker, at)

    def speech_ended(self, speaker: int, at: float) -> None:
        turn = self._turns.pop(speaker, None)
        if turn is not None:
            self._ended[speaker] = turn
        self._floor.speech_ended(speaker, at)

    def left(self, speaker: int) -> None:
        for known in (self._memories, self._turns, self._ended):
            known.pop(speaker, None)
        self._floor.dismissed(speaker)

    def tick(self, now: float) -> None:
        """Called every 20 ms: looks at those who speak while something sounds."""
        self._note_words(now)
        if not self._played.sounded_within(_TAIL_S, now):
            for speaker, turn in self._turns.items():
                self._tell(speaker, turn, now)
            return
        for speaker, turn in self._turns.items():
            if now >= turn.next_look and self._likeness < 1:
                turn.next_look = now + LOOK_EVERY_S
                self._look(speaker, turn, now)

    def echoing(self, speaker: int) -> bool:
        """Whether what somebody sends at present is, so far, only an echo."""
        turn = self._turns.get(speaker)
        return turn is not None and turn.is_echo

    def own_words(
        self, speaker: int, text: str, began: float, now: float, *, final: bool = True
    ) -> str:
        """What of ``text`` is not the bot's; empty when all of it is its echo.

        It is all of a turn that is over, or, not ``final``, a part of the present one.
        """
        turn = self._ended.pop(speaker, None) if final else self._turns.get(speaker)
        spoken = " ".join(words for at, words in self._spoken if began - _TAIL_S <= at <= now)
        if turn is None or not spoken or self._likeness >= 1:
            return text
        if turn.is_echo:
            return ""
        if not turn.has_echo:
            return "" if echoed_words(text, spoken) >= _SURE_WORDS else text
        # However much of it the bot said: somebody spoke as well, perhaps after a minute of echo.
        left = without_echo(text, spoken)
        return left if re.search(r"\w", left) else ""

    def _look(self, speaker: int, turn: _Turn, now: float) -> None:
        memory = self._memories.setdefault(speaker, EchoMemory(self._likeness))
        # Not from before it: any speech begins as loudly after a pause as any other.
        start = max(now - WINDOW_MS / 1000, turn.since)
        heard = self._audio(speaker, start, now)
        turn.loudest_db = max(turn.loudest_db, level_db(heard))
        if level_db(heard[-_LATEST:]) < turn.loudest_db - _PAUSE_DB:
            return  # a pause is like any other pause
        end = start + heard.size / HEARD_RATE
        learned = memory.delay_ms is not None
        verdict = memory.judge(heard, self._played.audio(start - LONGEST_DELAY_MS / 1000, end))
        if verdict is Verdict.UNSURE:
            return
        if memory.delay_ms is not None and not learned:
            # The looks before this one could not tell.
            turn.looks = turn.echoes = turn.unlike = turn.speech = 0
        turn.looks += 1
        if verdict is Verdict.ALIKE:
            turn.echoes += 1
            return
        if verdict is Verdict.ECHO:
            turn.echoes += 1
            turn.told, turn.unlike = False, 0
            self._floor.dismissed(speaker)
            if now - max(turn.began, turn.last_speech) >= _SKIP_AFTER_S:
                self._forget_echo(speaker, turn, now)
            return
        turn.unlike += 1
        turn.speech = max(turn.speech, turn.unlike)
        if turn.unlike >= _SPEECH_LOOKS:
            turn.last_speech = now
        if memory.delay_ms is None or turn.unlike >= _UNLIKE_LOOKS:
            self._tell(speaker, turn, now)

    def _forget_echo(self, speaker: int, turn: _Turn, now: float) -> None:
        """A reply's echo has few pauses: without this, whoever then speaks over it would speak at
        the end of a turn as long as the reply."""
        turn.began = now - _KEPT_S
        turn.looks = turn.echoes = round(_KEPT_S / LOOK_EVERY_S)
        turn.speech = 0
        self._skip(speaker, turn.began)

    def _tell(self, speaker: int, turn: _Turn, now: float) -> None:
        if not turn.told:
            turn.told = True
            self._floor.speech_began(speaker, now)

    def _note_words(self, now: float) -> None:
        reply = self._floor.reply
        if reply is not None and reply.playback is not None:
            sentence = reply.sentence_at(reply.playback.played_ms)
            if sentence:
                if self._spoken and self._spoken[-1][1] == sentence:
                    self._spoken.pop()
                self._spoken.append((now, sentence))
