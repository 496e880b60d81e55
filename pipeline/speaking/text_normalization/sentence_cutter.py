"""From the agent's deltas to sentences fit to be spoken, each as soon as it is complete.

Whatever pieces the text comes in, the sentences are the same; only `early` and `pause`, which look
at what has come so far, give some out sooner. What is spoken out cannot be taken back. So when the
agent starts its answer again (``replace``), the new text is compared with what was given out, word
by word, and speaking goes on where they part.

What the sentences leave out is kept as it was written (`left_out`), for those who can read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.language.lexicons import language as language_data
from pipeline.ports import NameResolver
from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization.left_out import LeftOut, worth_reading
from pipeline.speaking.text_normalization.normalization import TextNormalizer
from pipeline.speaking.text_normalization.pending import Pending, Piece
from pipeline.speaking.text_normalization.scanner import Scanner
from pipeline.speaking.text_normalization.sentence_ends import (
    SentenceEnd,
    SentenceEnds,
    best_place,
    clause_end,
    pieces,
    question_end,
)
from pipeline.speaking.text_normalization.tokens import (
    AllWasReasoning,
    Aside,
    Atom,
    Code,
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
        self._form = TextNormalizer(self._language, names)
        self._limit = self._settings.max_sentence_chars
        self._said: list[str] = []
        """The words given out so far, plain."""
        self._matched: int | None = None
        """While a replaced text repeats what was said: how many of those words it has repeated."""
        self._took_back = False
        self._begin()

    def _begin(self) -> None:
        self._scanner = Scanner()
        self._pending = Pending()
        self._ends = SentenceEnds(self._language)
        self._left_out = LeftOut()
        self._chars = 0
        """Of the answer so far, as it is spoken."""
        self._full = False
        """So much was said that the rest is only for reading."""

    @property
    def left_out(self) -> list[str]:
        """What speech has left out or summarised so far, as it was written; empty if nothing."""
        return self._left_out.parts(all_of_it=self._settings.post_left_out)

    def took_back(self) -> bool:
        """Whether, since this was last asked, all that had been given out turned out to be the
        agent's reasoning: what of it is not spoken yet is not to be."""
        took_back, self._took_back = self._took_back, False
        return took_back

    def feed(self, text: str, replace: bool = False) -> list[str]:
        """Take a delta; the sentences that are complete with it.

        With ``replace`` what was fed before is void and ``text`` begins the new whole.
        """
        if replace:
            self._begin()
            self._matched = 0 if self._said else None
        out: list[str] = []
        for start in range(0, len(text), _AT_ONCE):
            if self._full and self._left_out.is_full():
                break
            self._take(self._scanner.feed(text[start : start + _AT_ONCE]), out)
        return out

    def early(self) -> list[str]:
        """What of the answer's beginning can be spoken before its sentence is known to be whole.

        Ask after each delta: a question mark that closes the text so far ends the first sentence,
        and a long one is begun at its first clause.
        """
        if self._said or self._scanner.in_block:
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

    def pause(self) -> list[str]:
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
            if isinstance(token, AllWasReasoning):
                out.clear()
                self._take_back()
            elif isinstance(token, str | Atom):
                self._pending.add(token)
                out += self._drain(final=False)
            elif isinstance(token, TableBegins):
                self._pending.cut_last_line()
                self._ends.cut()
            else:
                out += self._drain(final=True)
                out += self._block(token)

    def _take_back(self) -> None:
        scanner = self._scanner
        self._begin()
        self._scanner = scanner
        self._said.clear()
        self._matched, self._took_back = None, True

    def _block(self, block: Code | Table | Aside) -> list[str]:
        match block:
            case Code():
                summary = self._form.code(block.name, len(block.body))
                return self._say([summary], block.raw, [block.raw])
            case Table():
                sentences, whole = self._form.table(block.rows, self._settings.max_table_rows)
                parts = [part for each in sentences for part in pieces(each, self._limit)]
                return self._say(parts, block.raw, [] if whole else [block.raw])
            case Aside():
                return self._say([], block.raw, [block.raw])

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
            window = self._pending.text[: self._limit + _LOOK_AHEAD]
            if not window:
                return None
            full = len(window) == self._limit + _LOOK_AHEAD
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
        return end if end <= self._limit else best_place(line, self._limit)

    def _skip_blanks(self) -> None:
        text = self._pending.text
        count = len(text) - len(text.lstrip())
        if count:
            blanks = self._cut(count)
            if self._full:
                self._left_out.add_to_rest(blanks.text)

    def _cut(self, end: int) -> Piece:
        self._ends.cut()
        return self._pending.cut(end)

    def _speak(self, piece: Piece) -> list[str]:
        if self._full:
            return self._say([], piece.raw, ())
        sentence = self._form.of(piece)
        return self._say(pieces(sentence, self._limit), piece.raw, worth_reading(piece))

    def _say(self, sentences: list[str], raw: str, left_out: Iterable[str]) -> list[str]:
        """Give sentences out, unless so much was said that ``raw`` is left to be read."""
        length = sum(map(len, sentences))
        if (
            not self._full
            and self._chars
            and self._chars + length > self._settings.max_spoken_chars
        ):
            self._full = True
            sentences = [self._language.spoken["rest_posted"]]
            self._left_out.add_to_rest(raw)
            return self._deliver(sentences)
        if self._full:
            self._left_out.add_to_rest(raw)
            return []
        self._chars += length
        self._left_out.add(left_out)
        return self._deliver(sentences)

    # -- what was said already --------------------------------------------------------------

    def _deliver(self, sentences: list[str]) -> list[str]:
        if self._matched is not None:
            fresh = (self._unsaid(sentence) for sentence in sentences)
            sentences = [sentence for sentence in fresh if sentence]
        for sentence in sentences:
            self._said += _plain(sentence)
        return sentences

    def _unsaid(self, sentence: str) -> str:
        """What of a sentence of the replaced text was not said before; all of it if it differs."""
        if self._matched is None:
            return sentence
        words = _plain(sentence)
        said = self._said[self._matched : self._matched + len(words)]
        if words == said:
            self._matched += len(words)
            return ""
        self._matched = None
        if words[: len(said)] != said:
            return sentence
        return " ".join(sentence.split()[len(said) :])


def _plain(sentence: str) -> list[str]:
    return [re.sub(r"\W", "", word).casefold() for word in sentence.split()]
