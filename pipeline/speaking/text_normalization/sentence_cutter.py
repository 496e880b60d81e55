"""The agent's deltas cut into sentences to speak, each as soon as it is complete.

The sentences do not depend on how the text is split into deltas. Only `flush_early` and
`flush_on_pause`, which look at the text so far, give some out sooner. Speech that was given out
cannot be withdrawn. When the agent restarts its answer (``replace``), the new text is compared with
those sentences word by word, and speech continues where the two differ.

What speech leaves out is kept as written for the text channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.language.lexicons import language as language_data
from pipeline.ports import NameResolver
from pipeline.settings import SpeechTextSettings
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
    left_out_of,
)

_MARGIN_CHARS: Final = 64
"""How far after a sentence of full length its end may still follow."""
_CHUNK_CHARS: Final = 4096
"""Characters that are scanned before the limits of the answer are checked again."""
_MOST_POSTED_CHARS: Final = 60_000
"""Characters that are kept; an endless answer must not flood the channel."""
_CUT: Final = "\n(…)"


class SentenceCutter:
    """Cuts one reply. ``language`` is its ISO code; ``names`` resolves Discord's mentions."""

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
        self._emitted = _EmittedText()
        self._retracted = False
        self._reset()

    def _reset(self) -> None:
        self._scanner = Scanner()
        self._pending = Pending()
        self._ends = SentenceEnds(self._language)
        self._left_out = _LeftOut()
        self._spoken_chars = 0
        """Length of the spoken form so far."""
        self._limit_reached = False
        """The spoken form is as long as allowed; the rest is only posted."""

    @property
    def left_out(self) -> list[str]:
        """The parts that speech left out or summarised so far, as written."""
        return self._left_out.parts(include_parts=self._settings.post_left_out)

    def retracted(self) -> bool:
        """Whether all sentences so far turned out to be reasoning since the last call.

        Those that are not spoken yet must then be dropped.
        """
        retracted, self._retracted = self._retracted, False
        return retracted

    def feed(self, text: str, replace: bool = False) -> list[str]:
        """Take a delta; return the sentences that it completes.

        With ``replace``, ``text`` starts the answer again.
        """
        if replace:
            self._reset()
            self._emitted.replaced()
        out: list[str] = []
        for start in range(0, len(text), _CHUNK_CHARS):
            if self._limit_reached and self._left_out.is_full():
                break
            self._take(self._scanner.feed(text[start : start + _CHUNK_CHARS]), out)
        return out

    def flush_early(self) -> list[str]:
        """The start of the answer, if it can be spoken before its sentence is complete.

        Call it after each delta. A question mark at the end of the text so far ends the first
        sentence, and a long first sentence is cut after its first clause.
        """
        if self._emitted or self._scanner.in_block:
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
        """The pending sentence, if it looks complete. Call it when the agent pauses.

        "One moment." before a tool call would otherwise wait for the tool.
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
        """The remaining sentences, after the last delta."""
        out: list[str] = []
        self._take(self._scanner.finish(), out)
        return out + self._drain(final=True)

    # -- tokens -----------------------------------------------------------------------------

    def _take(self, tokens: Iterable[Token], out: list[str]) -> None:
        """Append the sentences in ``tokens`` to ``out``; clear it when all was reasoning."""
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
        self._emitted = _EmittedText()
        self._retracted = True

    def _block(self, block: Code | Table | LeftOutBlock) -> list[str]:
        match block:
            case Code():
                summary = spoken_code(block.name, len(block.body), self._language)
                return self._emit([summary], block.raw, [block.raw])
            case Table():
                sentences, whole = spoken_table(
                    block.rows,
                    self._settings.max_table_rows,
                    self._language,
                    self._normalizer.normalize_markup,
                )
                parts = [part for each in sentences for part in split_long(each, self._max_chars)]
                return self._emit(parts, block.raw, [] if whole else [block.raw])
            case LeftOutBlock():
                return self._emit([], block.raw, [block.raw])

    # -- sentences --------------------------------------------------------------------------

    def _drain(self, *, final: bool) -> list[str]:
        out: list[str] = []
        while (piece := self._next(final=final)) is not None:
            out += self._speak(piece)
        return out

    def _next(self, *, final: bool) -> Piece | None:
        """The next sentence or line; None if more text is needed."""
        while True:
            self._skip_blanks()
            window = self._pending.text[: self._max_chars + _MARGIN_CHARS]
            if not window:
                return None
            full = len(window) == self._max_chars + _MARGIN_CHARS
            line, newline, rest = window.partition("\n")
            found = self._ends.first(line, complete=bool(newline) or final or full)
            if found.at is None and newline and not rest and not final and not full:
                return None
            if found.at is None and newline and rest[:1].islower():
                # A line break within a sentence.
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
            return self._emit([], piece.raw, ())
        sentence = self._normalizer.normalize(piece)
        return self._emit(split_long(sentence, self._max_chars), piece.raw, left_out_of(piece))

    def _emit(self, sentences: list[str], raw: str, left_out: Iterable[str]) -> list[str]:
        """Emit sentences, or keep ``raw`` for the text channel once the limit is reached."""
        length = sum(map(len, sentences))
        if (
            not self._limit_reached
            and self._spoken_chars
            and self._spoken_chars + length > self._settings.max_spoken_chars
        ):
            self._limit_reached = True
            sentences = [self._language.spoken["rest_posted"]]
            self._left_out.add_to_rest(raw)
            return self._emitted.new_in(sentences)
        if self._limit_reached:
            self._left_out.add_to_rest(raw)
            return []
        self._spoken_chars += length
        self._left_out.add(left_out)
        return self._emitted.new_in(sentences)


class _LeftOut:
    """The parts of one answer to post, each once and in order."""

    def __init__(self) -> None:
        self._parts: dict[str, None] = {}
        self._rest: list[str] = []
        self._chars = 0

    def is_full(self) -> bool:
        """Whether further parts are discarded."""
        return self._chars >= _MOST_POSTED_CHARS

    def add(self, parts: Iterable[str]) -> None:
        """Keep parts that speech left out."""
        for part in parts:
            if part not in self._parts and not self.is_full():
                self._chars += len(part)
                self._parts[part] = None

    def add_to_rest(self, raw: str) -> None:
        """Keep text after the last spoken word."""
        if not self.is_full():
            self._rest.append(raw[: _MOST_POSTED_CHARS - self._chars])
            self._chars += len(raw)
            if self.is_full():
                self._rest.append(_CUT)

    def parts(self, *, include_parts: bool) -> list[str]:
        """What to post: the parts if ``include_parts``, and always the rest after the last word."""
        rest = "".join(self._rest).strip()
        parts = list(self._parts) if include_parts else []
        return [*parts, rest] if rest else parts


class _EmittedText:
    """The words of all sentences emitted so far, to compare a replaced answer with."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._repeated: int | None = None
        """How many of the words a replaced text has repeated so far; None if it differs."""

    def __bool__(self) -> bool:
        return bool(self._words)

    def replaced(self) -> None:
        """The agent restarted its answer: compare what follows with the words so far."""
        self._repeated = 0 if self._words else None

    def new_in(self, sentences: list[str]) -> list[str]:
        """The sentences, or their ends, that were not emitted before; they are now."""
        if self._repeated is not None:
            fresh = (self._not_repeated(sentence) for sentence in sentences)
            sentences = [sentence for sentence in fresh if sentence]
        for sentence in sentences:
            self._words += _comparable_words(sentence)
        return sentences

    def _not_repeated(self, sentence: str) -> str:
        """The part of a sentence that was not emitted before; all of it once the texts differ."""
        if self._repeated is None:
            return sentence
        words = _comparable_words(sentence)
        before = self._words[self._repeated : self._repeated + len(words)]
        if words == before:
            self._repeated += len(words)
            return ""
        self._repeated = None
        if words[: len(before)] != before:
            return sentence
        return " ".join(sentence.split()[len(before) :])


def _comparable_words(sentence: str) -> list[str]:
    """The words of a sentence without case and punctuation."""
    return [re.sub(r"\W", "", word).casefold() for word in sentence.split()]
