"""Who said what in the room, and how much of each reply the listeners really heard.

The audio of a reply is fed faster than it is played, so a reply that was cut off ends for the
listeners in the middle of a sentence. Which word that was is worked out from what was played:
speech runs nearly even within a sentence, so a share of its time is taken for the same share of its
letters.
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
"""A letter of English at 165 words a minute."""

Kind: TypeAlias = Literal["answer", "offer", "aside"]
"""What a sentence is: the agent's, the offer of the rest of it, or a word of the bot's own beside
the matter ("One moment, please.")."""


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """A sentence of a reply and the stretch of its audio, in ms of what was fed to the playback.

    ``end_ms`` equal to ``start_ms`` means that no audio of it came. ``complete`` is False when the
    synthesis was cut off and ``end_ms`` is only as far as it got.
    """

    text: str
    start_ms: float
    end_ms: float
    complete: bool = True
    kind: Kind = "answer"


@dataclass(frozen=True, slots=True)
class Speech:
    """Something a person said. ``addressed_to`` names an agent or a person; None is the room."""

    speaker: Speaker
    utterance: ParsedUtterance
    at: float
    addressed_to: str | None

    @property
    def text(self) -> str:
        return self.utterance.text


@dataclass(frozen=True, slots=True)
class SpokenReply:
    """What an agent answered to ``speaker``. ``heard`` is as much of ``text`` as was played."""

    agent: str
    speaker: Speaker
    text: str
    heard: str
    at: float

    @property
    def cut_off(self) -> bool:
        """Whether the listeners missed the end of it."""
        return self.heard != self.text

    @property
    def asks(self) -> bool:
        """Whether it ended in a question that the listeners heard."""
        return self.heard.rstrip("\"')”’ ").endswith("?")


Line: TypeAlias = Speech | SpokenReply


class Transcript:
    """The last ``limit`` lines of one room, in the order in which they ended."""

    def __init__(self, limit: int = 200) -> None:
        self._lines: deque[Line] = deque(maxlen=limit)

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
        line = Speech(speaker, utterance, at, addressed_to)
        self._lines.append(line)
        return line

    def correct_addressee(self, line: Speech, addressed_to: str | None) -> None:
        """Somebody else was meant than was thought at first. A line that is gone is no error."""
        for position, each in enumerate(self._lines):
            if each is line:
                self._lines[position] = replace(line, addressed_to=addressed_to)
                return

    def add_reply(
        self,
        agent: str,
        speaker: Speaker,
        sentences: Sequence[SpokenSentence],
        played_ms: float,
        at: float,
    ) -> str:
        """Add a reply that ended at ``at`` after ``played_ms`` of its audio; what was heard of it.

        A reply of which nothing was heard is kept too: the agent believes that it was said. Asides
        are no part of it.
        """
        sentences = [sentence for sentence in sentences if sentence.kind != "aside"]
        text = " ".join(sentence.text for sentence in sentences)
        heard = words_heard(sentences, played_ms)
        if text:
            self._lines.append(SpokenReply(agent, speaker, text, heard, at))
        return heard

    def context_lines(self, count: int) -> list[str]:
        """The last ``count`` lines as "name: words", oldest first, each on one line.

        Names and words are people's own, so they are flattened and cut to length: none can
        pass for two lines, or for a line of somebody else.
        """
        recent = list(self._lines)[-count:] if count > 0 else []
        return [_as_text(line) for line in recent]

    def clear(self) -> None:
        """Forget everything, as when the room changes hands."""
        self._lines.clear()


def words_heard(sentences: Sequence[SpokenSentence], played_ms: float) -> str:
    """The words of a reply that were played in full within ``played_ms`` of its audio."""
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
    """Where the word that was being played at ``played_ms`` begins, in ms of the audio fed.

    Going back to it is how a reply is taken up again without half a word.
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
    """Milliseconds a letter, over the sentences of which all the audio is there."""
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
            return f"{_flat(speaker.name, _LONGEST_NAME)}: {_flat(utterance.text, _LONGEST_LINE)}"
        case SpokenReply(agent, _, _, heard):
            words = _flat(heard, _LONGEST_LINE) if heard else "(was not heard)"
            mark = " ... (was interrupted here)" if heard and line.cut_off else ""
            return f"{_flat(agent, _LONGEST_NAME)}: {words}{mark}"


def _flat(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 3].rstrip() + "..."
