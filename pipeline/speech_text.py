"""From the agent's deltas to sentences fit to be spoken, each as soon as it is complete.

What is spoken out cannot be taken back. So when the agent starts its answer anew (``replace``),
the new text is compared with what was given out, word by word, and speaking goes on where they
part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pipeline.languages import language as language_data
from pipeline.sentence_ends import best_place, clause_end, sentence_end
from pipeline.settings import SpeechTextSettings
from pipeline.spoken_form import code_summary, spoken_form, table_rows

_FENCE: Final = re.compile(r"(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$")
_RULE: Final = re.compile(r"([-*_])(?:[ \t]*\1){2,}[ \t]*")
_MAY_BECOME_BLOCK: Final = re.compile(r"`{1,2}|~{1,2}|\||[-*_ \t]+")


class _Block(Enum):
    PROSE = auto()
    CODE = auto()
    TABLE = auto()
    RULE = auto()
    UNSURE = auto()


@dataclass(slots=True)
class _Fence:
    marker: str
    name: str
    lines: int = 0


class SentenceCutter:
    """Cuts one reply. ``language`` is its ISO code, ``names`` people's names by Discord id."""

    def __init__(
        self,
        settings: SpeechTextSettings | None = None,
        language: str | None = None,
        names: Mapping[int, str] | None = None,
    ) -> None:
        self._settings = settings or SpeechTextSettings()
        self._language = language_data(language)
        self._names = names or {}
        self._pending = ""
        self._at_line_start = True
        self._fence: _Fence | None = None
        self._table: list[str] = []
        self._said: list[str] = []
        """The words given out so far, plain."""
        self._matched: int | None = None
        """While a replaced text repeats what was said: how many of those words it has repeated."""

    def feed(self, text: str, replace: bool = False) -> list[str]:
        """Take a delta; the sentences that are complete with it.

        With ``replace`` what was fed before is void and ``text`` begins the new whole.
        """
        if replace:
            self._pending, self._at_line_start = "", True
            self._fence, self._table = None, []
            self._matched = 0 if self._said else None
        self._pending += text
        return self._drain(final=False)

    def pause(self) -> list[str]:
        """Call when the agent has paused: what ends like a sentence then is one.

        "One moment." before a tool runs would else wait for the tool.
        """
        if self._fence is not None or self._table:
            return []
        line, newline, _ = self._pending.partition("\n")
        end = sentence_end(line, self._language, complete=True).at
        if end is None and (newline or re.search(r"\w:\s*$", line)):
            end = len(line)
        return [] if end is None else self._deliver(self._speak(self._cut(end)))

    def finish(self) -> list[str]:
        """The agent has said all; what is left."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> list[str]:
        out: list[str] = []
        while (sentences := self._take(final=final)) is not None:
            out += self._deliver(sentences)
        return out

    def _take(self, *, final: bool) -> list[str] | None:
        """The next piece, spoken; an empty list for one without words; None when more is needed."""
        if self._fence is not None:
            return self._take_code(self._fence, final=final)
        if self._at_line_start:
            self._pending = self._pending.lstrip()
            block = _block(self._pending, final=final)
            if block is _Block.UNSURE:
                return None
            if self._table and block is not _Block.TABLE:
                rows, self._table = self._table, []
                return table_rows(rows, self._settings.max_table_rows, self._language)
            if block is not _Block.PROSE:
                return self._take_block_line(block, final=final)
        return self._take_prose(final=final)

    def _take_block_line(self, block: _Block, *, final: bool) -> list[str] | None:
        line = self._take_line(final=final)
        if line is None:
            return None
        if block is _Block.TABLE:
            self._table.append(line)
        elif (fence := _FENCE.match(line)) is not None:
            self._fence = _Fence(fence[1], fence[2])
        return []

    def _take_code(self, fence: _Fence, *, final: bool) -> list[str] | None:
        while (line := self._take_line(final=final)) is not None:
            bare = line.strip()
            if bare.startswith(fence.marker) and not bare.strip(fence.marker[0]):
                break
            fence.lines += 1
        else:
            if not final:
                return None
        self._fence = None
        return [code_summary(fence.name, fence.lines, self._language)]

    def _take_line(self, *, final: bool) -> str | None:
        line, newline, rest = self._pending.partition("\n")
        if not newline and not (final and line):
            return None
        self._pending, self._at_line_start = rest, True
        return line

    def _take_prose(self, *, final: bool) -> list[str] | None:
        line, newline, rest = self._pending.partition("\n")
        if not line and not newline:
            return None
        closed = bool(newline) or final
        found = sentence_end(line, self._language, complete=closed, eager=not self._said)
        end = found.at
        if end is None and newline:
            if not rest and line.strip() and not final:
                return None
            if line.strip() and rest[:1].islower():
                # A line that was broken within a sentence.
                self._pending = f"{line.rstrip()} {rest}"
                return []
            end = len(line)
        elif end is None and final:
            end = len(line)
        elif end is None and not self._said and not found.undecided:
            settings = self._settings
            words, chars = settings.first_clause_min_words, settings.first_clause_min_chars
            end = clause_end(line, words, chars)
        limit = self._settings.max_sentence_chars
        if (end if end is not None else len(line)) > limit:
            end = best_place(line, limit)
        return None if end is None else self._speak(self._cut(end))

    def _cut(self, end: int) -> str:
        piece, rest = self._pending[:end], self._pending[end:].lstrip(" \t")
        self._at_line_start = rest.startswith("\n")
        self._pending = rest.removeprefix("\n")
        return piece

    def _speak(self, piece: str) -> list[str]:
        sentence = spoken_form(piece, self._language, self._names)
        return [sentence] if sentence else []

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


def _block(text: str, *, final: bool) -> _Block:
    """What the line that begins ``text`` is part of."""
    line, newline, _ = text.partition("\n")
    growing = not newline and not final
    if growing and (not line or _MAY_BECOME_BLOCK.fullmatch(line)):
        return _Block.UNSURE
    if _FENCE.match(line):
        return _Block.CODE
    if line.startswith("|") and not line.startswith("||"):
        return _Block.TABLE
    if _RULE.fullmatch(line):
        return _Block.RULE
    return _Block.PROSE


def _plain(sentence: str) -> list[str]:
    return [re.sub(r"\W", "", word).casefold() for word in sentence.split()]
