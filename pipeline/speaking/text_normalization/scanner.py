"""The scanner: one pass that splits an agent's text into tokens to speak, to post or to drop.

The tokens do not depend on how the text is split into deltas, and the time grows linearly with its
length. Every lookahead is bounded (`lookahead`), and no state changes before a rule has decided.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.speaking.text_normalization import blocks, inline, math_delimiters, square_brackets
from pipeline.speaking.text_normalization.angle_brackets import angle_bracket
from pipeline.speaking.text_normalization.blocks import Fence, LineKind
from pipeline.speaking.text_normalization.lookahead import Lookahead, NeedMore
from pipeline.speaking.text_normalization.regions import Data, Found, Region, UntilLineEnd
from pipeline.speaking.text_normalization.tokens import (
    Code,
    LeftOutBlock,
    Table,
    TableBegins,
    Token,
)

_CHUNK: Final = 256
"""Characters that are scanned together; the buffer is copied once for each chunk."""
_LONGEST_LINE: Final = 500

_NOT_TEXT: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\ufeff\ud800-\udfff\ue000-\ue1ff\ue203-\uf8ff\ufff9-\ufffb]"
)
_TRIGGER: Final = re.compile("[\n<\\[`$\\\\|{【\ue200]|(?<!\\w)(?:https?://|www\\.)", re.IGNORECASE)
_URL_BEGUN: Final = re.compile(r"(?<!\w)(?:h|ht|htt|https?:?/?|w|ww|www)$", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[ \t\u3000]+")


class Scanner:
    """Scans one text: `feed` it, then `finish`.

    With ``blocks=False`` the text is part of a line.
    """

    def __init__(self, *, blocks: bool = True) -> None:
        self._blocks = blocks
        self._buffer = ""
        self._at_line_start = blocks
        self._before = ""
        """The last character that was scanned."""
        self._line = ""
        """The current line so far, as written."""
        self._region: Region | None = None
        self._fence: Fence | None = None
        self._rows: list[str] = []
        self._out: list[Token] = []
        self._need: NeedMore | None = None
        """What the rule at the start of the buffer waits for."""

    @property
    def in_block(self) -> bool:
        """Whether the next text belongs to a code block or a table."""
        return self._fence is not None or bool(self._rows)

    def feed(self, text: str) -> list[Token]:
        """The tokens that ``text`` completes."""
        for start in range(0, len(text), _CHUNK):
            fresh = _NOT_TEXT.sub("", text[start : start + _CHUNK])
            self._buffer += fresh
            if self._need is None or self._need.may_decide(fresh, len(self._buffer)):
                self._scan(final=False)
        return self._pop_tokens()

    def finish(self) -> list[Token]:
        """The remaining tokens, after the last text."""
        self._scan(final=True)
        if self._fence is not None:
            self._fence.close()
            self._end_fence(self._fence)
        self._end_region()
        self._end_table()
        return self._pop_tokens()

    def _pop_tokens(self) -> list[Token]:
        out, self._out = self._out, []
        return out

    def _scan(self, *, final: bool) -> None:
        self._need = None
        try:
            while self._buffer:
                if self._region is not None:
                    self._scan_region(self._region, final=final)
                elif self._fence is not None:
                    self._scan_fence(self._fence)
                elif self._at_line_start:
                    self._scan_line_start(final=final)
                else:
                    self._scan_text(final=final)
        except NeedMore as need:
            self._need = need

    # -- regions and code blocks ------------------------------------------------------------

    def _scan_region(self, region: Region, *, final: bool) -> None:
        count, done = region.consume(self._buffer, final=final)
        self._advance(count)
        if done:
            self._end_region()
        elif self._buffer:
            raise NeedMore

    def _end_region(self) -> None:
        region, self._region = self._region, None
        if isinstance(region, Data) and blocks.is_readable_data(region.raw):
            self._out.append(LeftOutBlock(region.raw))

    def _scan_fence(self, fence: Fence) -> None:
        count, done = fence.consume(self._buffer)
        self._advance(count)
        if done:
            self._end_fence(fence)

    def _end_fence(self, fence: Fence) -> None:
        self._fence = None
        self._begin_line()
        if fence.is_readable:
            self._out += [Code(fence.name, tuple(fence.body), fence.raw), "\n"]

    def _end_table(self) -> None:
        if self._rows:
            self._out += [Table(tuple(self._rows)), "\n"]
            self._rows.clear()

    # -- the start of a line ----------------------------------------------------------------

    def _scan_line_start(self, *, final: bool) -> None:
        text = self._buffer
        blanks = _BLANKS.match(text)
        if blanks is not None and self._rows:
            self._advance(blanks.end())
        elif blanks is not None or (text[0] == ">" and not self._rows):
            self._emit_text(blanks[0] if blanks else ">")
        elif text[0] == "\n":
            self._end_table()
            self._end_line()
        elif not (self._rows and self._scan_row(final=final)):
            kind = blocks.line_kind(text, final=final)
            self._begin_block(kind, self._scan_line_bracket(kind, final=final))

    def _scan_line_bracket(self, kind: LineKind, *, final: bool) -> Found | None:
        """What a square bracket means only at the start of a line."""
        if kind is not LineKind.PROSE or self._buffer[0] != "[":
            return None
        return square_brackets.definition(
            self._buffer, final=final
        ) or square_brackets.model_bracket(self._buffer, final=final, at_line_start=True)

    def _begin_block(self, kind: LineKind, found: Found | None) -> None:
        match kind:
            case LineKind.FENCE:
                self._open_fence()
            case LineKind.ROW:
                self._rows.append("")
            case LineKind.DATA:
                self._at_line_start, self._region = False, Data()
            case LineKind.RULE | LineKind.MEDIA:
                self._at_line_start, self._region = False, UntilLineEnd()
            case LineKind.PROSE:
                self._at_line_start = False
                if found is not None:
                    self._apply(found)

    def _scan_row(self, *, final: bool) -> bool:
        """Take the line if it is a row of the table; return whether it is."""
        line = Lookahead(self._buffer, blocks.LONGEST_ROW, final=final).line()
        if "|" not in line:
            self._end_table()
            return False
        if self._rows[-1]:
            self._rows.append(line)
        else:
            self._rows[-1] = line
        self._advance(len(line) + 1)
        return True

    def _open_fence(self) -> None:
        opening = self._buffer.partition("\n")[0]
        self._fence = Fence(opening)
        self._advance(len(opening) + 1)

    # -- within a line ----------------------------------------------------------------------

    def _scan_text(self, *, final: bool) -> None:
        trigger = self._trigger()
        if trigger is None:
            end = len(self._buffer)
            if not final and (begun := _URL_BEGUN.search(self._buffer, max(0, end - 8))):
                end = begun.start()
        else:
            end = trigger.start()
        if end:
            self._emit_text(self._buffer[:end])
        elif trigger is None:
            raise NeedMore
        elif trigger[0] == "\n" and self._blocks:
            self._end_line()
        else:
            self._apply(self._scan_mark(trigger[0], final=final) or (1, trigger[0][0]))

    def _trigger(self) -> re.Match[str] | None:
        trigger = _TRIGGER.search(self._buffer)
        if trigger is None or trigger.start() or trigger[0][0] not in "hHwW":
            return trigger
        # The pattern's lookbehind cannot see the character before the buffer.
        in_word = self._before.isalnum() or self._before == "_"
        return _TRIGGER.search(self._buffer, 1) if in_word else trigger

    def _scan_mark(self, mark: str, *, final: bool) -> Found | None:
        text, before = self._buffer, self._before
        match mark:
            case "<":
                return angle_bracket(text, before, final=final)
            case "[":
                return (
                    square_brackets.directive(text, final=final)
                    or square_brackets.model_bracket(text, final=final, at_line_start=False)
                    or square_brackets.link_or_note(text, final=final)
                )
            case "`":
                return self._scan_code(final=final)
            case "$":
                return math_delimiters.dollars(text, final=final)
            case "\\":
                return math_delimiters.backslash(text, before, final=final)
            case "|":
                return self._scan_bar(final=final)
            case "{":
                return inline.data(text, final=final)
            case "【":
                return inline.source(text, final=final)
            case "\ue200":
                return inline.private_citation(text, final=final)
            case "\n":
                return None
            case _:
                return inline.url(text, final=final)

    def _scan_code(self, *, final: bool) -> Found | None:
        count, token = inline.code_span(self._buffer, final=final)
        if token is not None:
            return count, token
        if not self._blocks or not blocks.is_fence(self._buffer, final=final):
            return count, self._buffer[:count]
        self._open_fence()
        return 0, None

    def _scan_bar(self, *, final: bool) -> Found | None:
        if Lookahead(self._buffer, 2, final=final).char_at(1) == "|":
            return inline.spoiler(self._buffer, final=final) or (2, "||")
        if not self._blocks or len(self._line) >= _LONGEST_LINE:
            return None
        end = blocks.table_header_end(self._buffer, final=final)
        if end is None:
            return None
        head, _, dashes = self._buffer[:end].partition("\n")
        self._rows = [self._line + head, dashes]
        self._begin_line()
        return end + 1, TableBegins()

    # -- tokens and state -------------------------------------------------------------------

    def _apply(self, found: Found) -> None:
        count, what = found
        raw = self._buffer[:count]
        self._advance(count)
        if isinstance(what, Region):
            self._region = what
        elif what is not None:
            self._emit(what)
            if not isinstance(what, TableBegins):
                self._remember(raw)

    def _end_line(self) -> None:
        self._emit_text("\n")
        if self._blocks:
            self._begin_line()

    def _begin_line(self) -> None:
        self._at_line_start, self._line = self._blocks, ""

    def _emit_text(self, text: str) -> None:
        self._emit(text)
        self._advance(len(text))
        self._remember(text)

    def _emit(self, token: Token) -> None:
        last = self._out[-1] if self._out else None
        if isinstance(token, str) and isinstance(last, str):
            self._out[-1] = last + token
        elif token != "":
            self._out.append(token)

    def _remember(self, raw: str) -> None:
        self._before = raw[-1:] or self._before
        if len(self._line) < _LONGEST_LINE:
            self._line += raw

    def _advance(self, count: int) -> None:
        self._buffer = self._buffer[count:]
