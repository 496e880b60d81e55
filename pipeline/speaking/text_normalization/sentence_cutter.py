"""The agent's deltas cut into sentences to speak, each as soon as it is complete.

The sentences do not depend on how the text is split into deltas. Only `flush_early` and
`flush_on_pause`, which look at the text so far, give some out sooner. Speech that was given out
cannot be withdrawn. When the agent restarts its answer (``replace``), the new text is compared with
those sentences word by word, and speech continues where the two differ.

What speech omits is kept as written for the text channel (`left_out`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.language.lexicons import language as language_data
from pipeline.ports import NameResolver
from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization.left_out import LeftOut, left_out_of
from pipeline.speaking.text_normalization.normalization import TextNormalizer
from pipeline.speaking.text_normalization.scanner import Scanner
from pipeline.speaking.text_normalization.sentence_ends import (
    SentenceEnd,
    SentenceEnds,
    clause_end,
    question_end,
    split_long,
    split_point,
)
from pipeline.speaking.text_normalization.spoken_parts import spoken_code, spoken_table
from pipeline.speaking.text_normalization.tokens import (
    Atom,
    Code,
    LeftOutBlock,
    Pending,
    Piece,
    ReasoningClosed,
    Table,
    TableBegins,
    Token,
)

_LOOK_AHEAD: Final = 64
"""How far behind a sentence of full length a mark is waited for that may be its end."""
_AT_ONCE: Final = 4096
"""Characters after which it is asked whether anything of what comes is still wanted."""


class SentenceCutter:
    """Cuts one reply. ``language`` is its ISO code; ``names`` knows whom Discord's marks mean."""

    def __init__(
        self,
        settings: SpeechTextSettings | None = None,
        language: str | None = None,
        names: NameResolver | None = None,
    ) -> None:
        self._settings = settings or SpeechTextSettings()
        self._language = language_data(language)
        self._normalizer = TextNormalizer(self._language, names)
        self._max_chars = self._settings.max_sentence_chars
        self._spoken_words: list[str] = []
        """The words given out so far, plain."""
        self._repeated_words: int | None = None
        """While a replaced text repeats what was said: how many of those words it has repeated."""
        self._retracted = False
        self._reset()

    def _reset(self) -> None:
        self._scanner = Scanner()
        self._pending = Pending()
        self._ends = SentenceEnds(self._language)
        self._left_out = LeftOut()
        self._spoken_chars = 0
        """Of the answer so far, as it is spoken."""
        self._limit_reached = False
        """So much was said that the rest is only for reading."""

    @property
    def left_out(self) -> list[str]:
        """What speech has left out or summarised so far, as it was written; empty if nothing."""
        return self._left_out.parts(include_parts=self._settings.post_left_out)

    def retracted(self) -> bool:
        """Whether, since this was last asked, all that had been given out turned out to be the
        agent's reasoning: what of it is not spoken yet is not to be."""
        retracted, self._retracted = self._retracted, False
        return retracted

    def feed(self, text: str, replace: bool = False) -> list[str]:
        """Take a delta; the sentences that are complete with it.

        With ``replace`` what was fed before is void and ``text`` begins the new whole.
        """
        if replace:
            self._reset()
            self._repeated_words = 0 if self._spoken_words else None
        out: list[str] = []
        for start in range(0, len(text), _AT_ONCE):
            if self._limit_reached and self._left_out.is_full():
                break
            self._take(self._scanner.feed(text[start : start + _AT_ONCE]), out)
        return out

    def flush_early(self) -> list[str]:
        """What of the answer's beginning can be spoken before its sentence is known to be whole.

        Ask after each delta: a question mark that closes the text so far ends the first sentence,
        and a long one is begun at its first clause.
        """
        if self._spoken_words or self._scanner.in_block:
            return []
        self._skip_blanks()
        line, newline, _ = self._pending.text.partition("\n")
        if newline or self._ends.first(line, complete=False).undecided:
            end = None if newline else question_end(line)
        else:
            settings = self._settings
            words, chars = settings.first_clause_min_words, settings.first_clause_min_chars
            end = clause_end(line, words, chars)
        return [] if end is None else self._speak(self._cut(end))

    def flush_on_pause(self) -> list[str]:
        """Call when the agent has paused: what ends like a sentence then is one.

        "One moment." before a tool runs would else wait for the tool.
        """
        if self._scanner.in_block:
            return []
        self._skip_blanks()
        line, newline, _ = self._pending.text.partition("\n")
        end = self._ends.first(line, complete=True, guess=True).at
        if end is None and (newline or re.search(r"\w:\s{0,9}$", line)):
            end = len(line)
        return [] if end is None else self._speak(self._cut(end))

    def finish(self) -> list[str]:
        """The agent has said all; what is left."""
        out: list[str] = []
        self._take(self._scanner.finish(), out)
        return out + self._drain(final=True)

    # -- tokens -----------------------------------------------------------------------------

    def _take(self, tokens: Iterable[Token], out: list[str]) -> None:
        """Add the sentences in ``tokens`` to ``out``, or take back what is in it."""
        for token in tokens:
            if isinstance(token, ReasoningClosed):
                out.clear()
                self._retract()
            elif isinstance(token, str | Atom):
                self._pending.add(token)
                out += self._drain(final=False)
            elif isinstance(token, TableBegins):
                self._pending.cut_last_line()
                self._ends.restart()
            else:
                out += self._drain(final=True)
                out += self._block(token)

    def _retract(self) -> None:
        scanner = self._scanner
        self._reset()
        self._scanner = scanner
        self._spoken_words.clear()
        self._repeated_words, self._retracted = None, True

    def _block(self, block: Code | Table | LeftOutBlock) -> list[str]:
        match block:
            case Code():
                summary = spoken_code(block.name, len(block.body), self._language)
                return self._give_out([summary], block.raw, [block.raw])
            case Table():
                sentences, whole = spoken_table(
                    block.rows,
                    self._settings.max_table_rows,
                    self._language,
                    self._normalizer.normalize_markup,
                )
                parts = [part for each in sentences for part in split_long(each, self._max_chars)]
                return self._give_out(parts, block.raw, [] if whole else [block.raw])
            case LeftOutBlock():
                return self._give_out([], block.raw, [block.raw])

    # -- sentences --------------------------------------------------------------------------

    def _drain(self, *, final: bool) -> list[str]:
        out: list[str] = []
        while (piece := self._next(final=final)) is not None:
            out += self._speak(piece)
        return out

    def _next(self, *, final: bool) -> Piece | None:
        """The next sentence, or line without an end; None when more is needed."""
        while True:
            self._skip_blanks()
            window = self._pending.text[: self._max_chars + _LOOK_AHEAD]
            if not window:
                return None
            full = len(window) == self._max_chars + _LOOK_AHEAD
            line, newline, rest = window.partition("\n")
            found = self._ends.first(line, complete=bool(newline) or final or full)
            if found.at is None and newline and not rest and not final and not full:
                return None
            if found.at is None and newline and rest[:1].islower():
                # A line that was broken within a sentence.
                self._pending.join_lines(len(line))
                continue
            end = self._end(line, found, closed=bool(newline) or final, full=full)
            return None if end is None else self._cut(end)

    def _end(self, line: str, found: SentenceEnd, *, closed: bool, full: bool) -> int | None:
        end = len(line) if found.at is None and (closed or full) else found.at
        if end is None:
            return None
        return end if end <= self._max_chars else split_point(line, self._max_chars)

    def _skip_blanks(self) -> None:
        text = self._pending.text
        count = len(text) - len(text.lstrip())
        if count:
            blanks = self._cut(count)
            if self._limit_reached:
                self._left_out.add_to_rest(blanks.text)

    def _cut(self, end: int) -> Piece:
        self._ends.restart()
        return self._pending.cut(end)

    def _speak(self, piece: Piece) -> list[str]:
        if self._limit_reached:
            return self._give_out([], piece.raw, ())
        sentence = self._normalizer.normalize(piece)
        return self._give_out(split_long(sentence, self._max_chars), piece.raw, left_out_of(piece))

    def _give_out(self, sentences: list[str], raw: str, left_out: Iterable[str]) -> list[str]:
        """Give sentences out, unless so much was said that ``raw`` is left to be read."""
        length = sum(map(len, sentences))
        if (
            not self._limit_reached
            and self._spoken_chars
            and self._spoken_chars + length > self._settings.max_spoken_chars
        ):
            self._limit_reached = True
            sentences = [self._language.spoken["rest_posted"]]
            self._left_out.add_to_rest(raw)
            return self._deliver(sentences)
        if self._limit_reached:
            self._left_out.add_to_rest(raw)
            return []
        self._spoken_chars += length
        self._left_out.add(left_out)
        return self._deliver(sentences)

    # -- what was said already --------------------------------------------------------------

    def _deliver(self, sentences: list[str]) -> list[str]:
        if self._repeated_words is not None:
            fresh = (self._not_yet_spoken(sentence) for sentence in sentences)
            sentences = [sentence for sentence in fresh if sentence]
        for sentence in sentences:
            self._spoken_words += _comparable_words(sentence)
        return sentences

    def _not_yet_spoken(self, sentence: str) -> str:
        """What of a sentence of the replaced text was not said before; all of it if it differs."""
        if self._repeated_words is None:
            return sentence
        words = _comparable_words(sentence)
        said = self._spoken_words[self._repeated_words : self._repeated_words + len(words)]
        if words == said:
            self._repeated_words += len(words)
            return ""
        self._repeated_words = None
        if words[: len(said)] != said:
            return sentence
        return " ".join(sentence.split()[len(said) :])


def _comparable_words(sentence: str) -> list[str]:
    return [re.sub(r"\W", "", word).casefold() for word in sentence.split()]
