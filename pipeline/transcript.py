"""The transcript of a room: who said what, and how much of each reply was played.

The audio of a reply is fed faster than it is played, so a reply that was cut off ends in the middle
of a sentence. The last word is estimated from the time played. The rate of speech is nearly
constant within a sentence: a share of its time is taken for the same share of its letters.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import Speaker

_LONGEST_NAME: Final = 40
_LONGEST_LINE: Final = 500
USUAL_PACE_MS: Final = 65.0
"""The duration of one letter of English at 165 words a minute."""

Kind: TypeAlias = Literal["answer", "offer", "interjection"]
"""The kind of a sentence: part of the agent's answer, the offer to continue it, or the bot's own
remark ("One moment, please.")."""


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """A sentence of a reply and its span of audio, in ms of what was fed to the playback.

    ``end_ms`` equal to ``start_ms`` means that it has no audio. ``complete`` is False if the
    synthesis was cut off; ``end_ms`` is then the end of the audio that came.
    """

    text: str
    start_ms: float
    end_ms: float
    complete: bool = True
    kind: Kind = "answer"


@dataclass(frozen=True, slots=True)
class Speech:
    """A person's utterance. ``addressed_to`` names an agent or a person; None is the room."""

    speaker: Speaker
    utterance: ParsedUtterance
    at: float
    addressed_to: str | None

    @property
    def text(self) -> str:
        return self.utterance.text


@dataclass(frozen=True, slots=True)
class SpokenReply:
    """An agent's reply to ``speaker``. ``heard`` is the part of ``text`` that was played."""

    agent: str
    speaker: Speaker
    text: str
    heard: str
    at: float

    @property
    def cut_off(self) -> bool:
        """Whether its end was not played."""
        return self.heard != self.text

    @property
    def asks(self) -> bool:
        """Whether the part that was played ends in a question."""
        return self.heard.rstrip("\"')”’ ").endswith("?")


Line: TypeAlias = Speech | SpokenReply


@dataclass(frozen=True, slots=True)
class _UnfinishedTurn:
    """``began`` and the time of ``said`` are in seconds on the room's clock."""

    began: float
    said: Speech


class Transcript:
    """The last ``limit`` lines of one room, in the order in which they ended."""

    def __init__(self, limit: int = 200) -> None:
        self._lines: deque[Line] = deque(maxlen=limit)
        self._unfinished: dict[int, _UnfinishedTurn] = {}

    def __iter__(self) -> Iterator[Line]:
        """Oldest first."""
        return iter(self._lines)

    def __reversed__(self) -> Iterator[Line]:
        return reversed(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def add_speech(
        self,
        speaker: Speaker,
        utterance: ParsedUtterance,
        at: float,
        addressed_to: str | None = None,
    ) -> Speech:
        """Add what a person said; ``at`` is when they ended, in seconds on the room's clock."""
        self.drop_unfinished(speaker.id)
        line = Speech(speaker, utterance, at, addressed_to)
        self._lines.append(line)
        return line

    def note_unfinished(self, said: Speech, began: float) -> None:
        """Note what a person has said in a turn since ``began`` that may go on. It is no line; it
        replaces what was noted of the turn before, and is dropped when the turn becomes a line."""
        self._unfinished[said.speaker.id] = _UnfinishedTurn(began, said)

    def drop_unfinished(self, speaker_id: int) -> None:
        """The person's turn is over, or has begun again."""
        self._unfinished.pop(speaker_id, None)

    def unfinished_before(self, began: float, speaker_id: int | None) -> list[Speech]:
        """What others than ``speaker_id`` have said in turns that began before ``began`` and are
        not lines yet, the newest first: "Did you lock the door, Ann?" while Ann answers."""
        turns = [
            turn
            for each, turn in self._unfinished.items()
            if each != speaker_id and turn.began < began
        ]
        return [turn.said for turn in sorted(turns, key=lambda turn: -turn.began)]

    def correct_addressee(self, line: Speech, addressed_to: str | None) -> None:
        """Correct the addressee of a line. A line that was dropped meanwhile is no error."""
        for position, each in enumerate(self._lines):
            if each is line:
                self._lines[position] = replace(line, addressed_to=addressed_to)
                return

    def withdraw_addressee(self, speaker_id: int, agent: str, turn: str) -> None:
        """A person's turn to an agent was not meant for it: of one line, or of several together."""
        speeches = [line for line in self._lines if isinstance(line, Speech)]
        for line in reversed(speeches):
            theirs = line.speaker.id == speaker_id and line.addressed_to == agent
            if theirs and turn.endswith(line.text):
                self.correct_addressee(line, None)
                turn = turn.removesuffix(line.text).rstrip()
                if not turn:
                    return

    def forget(self, speaker_id: int) -> None:
        """Drop the lines of a person, and the replies to them."""
        kept = [line for line in self._lines if line.speaker.id != speaker_id]
        self._lines.clear()
        self._lines.extend(kept)
        self.drop_unfinished(speaker_id)

    def add_reply(
        self,
        agent: str,
        speaker: Speaker,
        sentences: Sequence[SpokenSentence],
        played_ms: float,
        at: float,
    ) -> str:
        """Add a reply that ended at ``at`` after ``played_ms`` of its audio; return the part heard.

        A reply that was not played at all is kept too: the agent believes that it was said.
        Interjections are left out.
        """
        line = spoken_reply(agent, speaker, sentences, played_ms, at)
        if line.text:
            self._lines.append(line)
        return line.heard

    def context_lines(self, count: int, speaking: SpokenReply | None = None) -> list[str]:
        """The last ``count`` lines as "name: words", oldest first, each on one line.

        ``speaking`` is a reply that is being interrupted: it becomes the last line.
        Names and words come from people, so line breaks are removed, also the colons of names, and
        the length is limited:
        no text can pass for two lines, or for the line of another speaker.
        """
        lines = [*self._lines, *([speaking] if speaking is not None and speaking.text else [])]
        recent = lines[-count:] if count > 0 else []
        return [_as_text(line) for line in recent]

    def clear(self) -> None:
        """Drop all lines."""
        self._lines.clear()


def spoken_reply(
    agent: str, speaker: Speaker, sentences: Sequence[SpokenSentence], played_ms: float, at: float
) -> SpokenReply:
    """The line of a reply of which ``played_ms`` were played, without its interjections."""
    sentences = [sentence for sentence in sentences if sentence.kind != "interjection"]
    text = " ".join(sentence.text for sentence in sentences)
    return SpokenReply(agent, speaker, text, words_heard(sentences, played_ms), at)


def words_heard(sentences: Sequence[SpokenSentence], played_ms: float) -> str:
    """The words of a reply that were played completely within ``played_ms`` of its audio."""
    pace = _pace_ms(sentences)
    heard: list[str] = []
    for sentence in sentences:
        if sentence.end_ms <= sentence.start_ms:
            continue
        if sentence.complete and played_ms >= sentence.end_ms:
            heard.append(sentence.text)
            continue
        part = _whole_words(sentence, played_ms, pace)
        if part:
            heard.append(part)
        break
    return " ".join(heard)


def word_start_ms(sentences: Sequence[SpokenSentence], played_ms: float) -> float:
    """The start of the word that was being played at ``played_ms``, in ms of the audio fed.

    A reply that resumes from there does not begin with half a word.
    """
    pace = _pace_ms(sentences)
    for sentence in sentences:
        if not sentence.start_ms <= played_ms < sentence.end_ms:
            continue
        heard = len(_whole_words(sentence, played_ms, pace))
        if heard == 0:
            return sentence.start_ms
        begun = min(heard + 1, len(sentence.text))
        return sentence.start_ms + begun / len(sentence.text) * _length_ms(sentence, pace)
    return played_ms


def _pace_ms(sentences: Sequence[SpokenSentence]) -> float:
    """Milliseconds per letter, over the sentences with complete audio."""
    whole = [each for each in sentences if each.complete and each.end_ms > each.start_ms]
    letters = sum(len(sentence.text) for sentence in whole)
    if not letters:
        return USUAL_PACE_MS
    return sum(sentence.end_ms - sentence.start_ms for sentence in whole) / letters


def _length_ms(sentence: SpokenSentence, pace_ms: float) -> float:
    fed = sentence.end_ms - sentence.start_ms
    return fed if sentence.complete else max(fed, len(sentence.text) * pace_ms)


def _whole_words(sentence: SpokenSentence, played_ms: float, pace_ms: float) -> str:
    share = (played_ms - sentence.start_ms) / _length_ms(sentence, pace_ms)
    letters = len(sentence.text) * min(max(share, 0.0), 1.0)
    whole = 0
    for word in re.finditer(r"\S+", sentence.text):
        if word.end() > letters:
            break
        whole = word.end()
    return sentence.text[:whole]


def _as_text(line: Line) -> str:
    match line:
        case Speech(speaker, utterance):
            name = _flat(speaker.name.replace(":", " "), _LONGEST_NAME)
            return f"{name}: {_flat(utterance.text, _LONGEST_LINE)}"
        case SpokenReply(agent, _, _, heard):
            words = _flat(heard, _LONGEST_LINE) if heard else "(was not heard)"
            mark = " ... (was interrupted here)" if heard and line.cut_off else ""
            return f"{_flat(agent, _LONGEST_NAME)}: {words}{mark}"


def _flat(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 3].rstrip() + "..."
