"""Hidden regions of an agent's text, of any length, and where they end.

A region consumes the text as it arrives, and keeps none of it unless it must. So neither its time
nor its memory depends on how the text is split into deltas.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Final, TypeAlias

from pipeline.speaking.text_normalization.tokens import Token

_LONGEST_CLOSING: Final = 200
_LONGEST_DATA: Final = 20_000


class Region(ABC):
    """A hidden part of the text, after its opening."""

    @abstractmethod
    def consume(self, text: str, *, final: bool) -> tuple[int, bool]:
        """How many characters of ``text`` belong to the region, and whether they end it."""


Found: TypeAlias = tuple[int, Token | Region | None]
"""The result of a scanner's rule: how many characters, and what they are; None for dropped text."""


class UntilText(Region):
    """Up to and including the first of some strings."""

    def __init__(self, *ends: str) -> None:
        self._pattern = re.compile("|".join(map(re.escape, ends)), re.IGNORECASE)
        self._longest = max(map(len, ends))

    def consume(self, text: str, *, final: bool) -> tuple[int, bool]:
        match = self._pattern.search(text)
        if match is not None:
            return match.end(), True
        return (len(text) if final else max(0, len(text) - self._longest + 1)), False


class UntilLineEnd(Region):
    """The rest of the line, without the line break."""

    def consume(self, text: str, *, final: bool) -> tuple[int, bool]:
        end = text.find("\n")
        return (len(text), False) if end < 0 else (end, True)


class UntilClosingTag(Region):
    """Up to the matching closing tag; nested tags of the same name are counted."""

    _HALF: Final = re.compile(r"<(/?)([\w:.|｜▁-]{1,80})([^<>]{0,100})>")
    _BEGUN: Final = re.compile(r"</?[^<>]*")

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 1

    def consume(self, text: str, *, final: bool) -> tuple[int, bool]:
        place = 0
        while (place := text.find("<", place)) >= 0:
            match = self._HALF.match(text, place)
            if match is None:
                begun = self._BEGUN.match(text, place)
                more = begun is not None and begun.end() == len(text)
                if more and not final and len(text) - place < _LONGEST_CLOSING:
                    return place, False
                place += 1
                continue
            place = match.end()
            if base_name(match[2].lower()) == self._name and not match[3].endswith("/"):
                self._depth += -1 if match[1] else 1
            if self._depth == 0:
                return place, True
        return len(text), False


class UntilToken(Region):
    """Up to a model token such as ``<|end|>`` that matches ``ends``.

    A token that matches ``opens`` nests. With ``keep`` the last token is not part of the region.
    """

    _TOKEN: Final = re.compile(r"<[|｜]([^<>|｜\n]{1,60})[|｜]>|<([\w/]{1,60})[|｜]>")

    def __init__(
        self, ends: re.Pattern[str], opens: re.Pattern[str], *, keep: bool = False
    ) -> None:
        self._ends = ends
        self._opens = opens
        self._keep = keep
        self._depth = 1

    def consume(self, text: str, *, final: bool) -> tuple[int, bool]:
        place = 0
        while (place := text.find("<", place)) >= 0:
            match = self._TOKEN.match(text, place)
            if match is None:
                if not final and len(text) - place < 64 and ">" not in text[place:]:
                    return place, False
                place += 1
                continue
            name = token_name(match[1] or match[2])
            if self._opens.search(name):
                self._depth += 1
            elif self._ends.search(name):
                self._depth -= 1
            if self._depth == 0:
                return (place if self._keep else match.end()), True
            place = match.end()
        return len(text), False


def base_name(name: str) -> str:
    """A tag's name without a vendor's prefix, so that opening and closing tag match."""
    return re.split(r"[:|｜]", name.strip("|｜"))[-1]


def token_name(name: str) -> str:
    """A model token's name in the form used for comparison."""
    return name.lower().replace("▁", "_").strip()


class Data(Region):
    """JSON or similar data, up to the closing bracket; ``raw`` is its text.

    With ``to_paragraph_end``, up to the next empty line instead.
    """

    _MARK: Final = re.compile(r"[\[\]{}\"'\\\n]")

    def __init__(self, *, to_paragraph_end: bool = False) -> None:
        self.raw = ""
        self._to_paragraph_end = to_paragraph_end
        self._depth = 0
        self._quote = ""
        self._skip = False
        self._line_is_empty = False

    def consume(self, text: str, *, final: bool) -> tuple[int, bool]:
        place = 1 if self._skip and text else 0
        self._skip = self._skip and not text
        while place < len(text):
            match = self._MARK.search(text, place)
            between = text[place : match.start() if match else len(text)]
            self._line_is_empty = self._line_is_empty and not between.strip()
            if match is None:
                break
            place = match.end()
            if self._process_mark(match[0]):
                self._keep(text[:place])
                return place, True
            if match[0] == "\\" and self._quote:
                self._skip = place == len(text)
                place += 1
        self._keep(text)
        return len(text), False

    def _process_mark(self, mark: str) -> bool:
        """Process one structural character; return whether it ends the data."""
        if self._quote:
            if mark == self._quote:
                self._quote = ""
            return False
        if mark == "\n":
            ends = self._line_is_empty and not self._depth and self._to_paragraph_end
            self._line_is_empty = True
            return ends
        self._line_is_empty = False
        if mark in "\"'" and self._depth:
            self._quote = mark
        elif mark in "[{":
            self._depth += 1
        elif mark in "]}":
            self._depth = max(0, self._depth - 1)
            return not self._depth and not self._to_paragraph_end
        return False

    def _keep(self, text: str) -> None:
        if len(self.raw) < _LONGEST_DATA:
            self.raw += text
