"""Square brackets: links, footnotes, citations, OpenClaw's directives and tool calls."""

from __future__ import annotations

import re
from typing import Final

from pipeline.speaking.text_normalization.lookahead import Lookahead
from pipeline.speaking.text_normalization.regions import Data, Found, Region, UntilText
from pipeline.speaking.text_normalization.tokens import Atom, AtomKind, LeftOutBlock

_LONGEST_TEXT: Final = 400
_LONGEST_LINK: Final = 2500
_MOST_BRACKETS: Final = 8
_MOST_PARENTHESES: Final = 16
_DEEPEST: Final = 3

_DIRECTIVE: Final = re.compile(
    r"\[\[\s*(?:/?[a-z][a-z0-9]*(?:[_:][^\[\]\n]*)|/?tts|reply|silent|voice|/?[a-z]+_[a-z_]+)\s*\]\]",
    re.IGNORECASE,
)
_DIRECTIVE_END: Final = re.compile(r"\]\]|\n|\[")
_DEFINITION_END: Final = re.compile(r"[\]\[\n]")
_CITATION: Final = re.compile(
    r"\[(?:[1-9]\d{0,2}(?:\s*[,;–-]\s*\d{1,3})*|\^[^\]\n]{1,60}|citation needed|source)\]"
)
_DEFINITION: Final = re.compile(r"\[[^\]\n]{1,100}\]:[ \t]")
_CALLED_LIKE_PYTHON: Final = re.compile(r"\[[A-Za-z_][\w.]*\(.*\)\]\s*")
_TOOL_NOTE: Final = re.compile(r"\[tool (?:call|result|use|output)s?\b[^\n]*", re.IGNORECASE)
_MODEL_BRACKETS: Final[dict[str, str]] = {
    "[THINK]": "[/THINK]",
    "[TOOL_REQUEST]": "[END_TOOL_REQUEST]",
    "[AVAILABLE_TOOLS]": "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]": "[/TOOL_RESULTS]",
    "[SYSTEM_PROMPT]": "[/SYSTEM_PROMPT]",
    "[TOOL_CALLS]": "",
    "[TOOL_CALL]": "[/TOOL_CALL]",
}
_MODEL_MARK: Final = re.compile(r"\[/?(?:INST|THINK|ARGS|CALL_ID|TOOL_[A-Z]+|/?[A-Z]+_TOOLS)\]")
_UNSURE_MARK: Final = re.compile(r"\[/?[A-Z_]*")
_BRACKET: Final = re.compile(r"[\[\]]|\n[ \t]*\n")
_BRACKET_LAST: Final = re.compile(r"[\[\]\n]")
_PARENTHESIS: Final = re.compile(r"[()\s]|\\.")
_ANGLE_END: Final = re.compile(r">|\n")
_TITLE: Final = re.compile(r"""[ \t\n]{1,4}(?:"[^"\n]{0,300}"|'[^'\n]{0,300}')[ \t]{0,4}\)""")
_TITLE_BEGUN: Final = re.compile(r"""[ \t\n]{0,4}(?:["'][^"'\n]{0,300}["']?)?[ \t]{0,4}""")


def directive(text: str, *, final: bool) -> Found | None:
    """A directive of OpenClaw such as ``[[reply]]``; text between two directives stays."""
    if not text.startswith("[["):
        return None
    ahead = Lookahead(text, 300, final=final)
    end = ahead.find(_DIRECTIVE_END, 2)
    if end is None or end[0] != "]]":
        return None
    match = _DIRECTIVE.match(ahead.text)
    return (match.end(), Atom(AtomKind.SILENT, "")) if match else None


def model_bracket(text: str, *, final: bool, at_line_start: bool) -> Found | None:
    """A tool call in brackets, as the models of Mistral, LM Studio and Llama write it."""
    ahead = Lookahead(text, 60, final=final)
    ahead.match_run(_UNSURE_MARK)
    for begin, end in _MODEL_BRACKETS.items():
        if text.startswith(begin):
            region: Region = UntilText(end) if end else Data(to_paragraph_end=True)
            return len(begin), region
    if (mark := _MODEL_MARK.match(ahead.text)) is not None:
        return mark.end(), Atom(AtomKind.SILENT, "")
    if not at_line_start or not re.match(r"\[[A-Za-z]", ahead.text):
        return None
    word = Lookahead(text, 80, final=final).match_run(re.compile(r"\[[\w.]*(?: ?\w*)?"))
    if word is None:
        return None
    if _TOOL_NOTE.match(text):
        return 0, Data(to_paragraph_end=True)
    if text[word.end() : word.end() + 1] == "(":
        line = Lookahead(text, _LONGEST_TEXT, final=final).line()
        if _CALLED_LIKE_PYTHON.fullmatch(line):
            return len(line), Atom(AtomKind.SILENT, "")
    return None


def definition(text: str, *, final: bool) -> Found | None:
    """The definition of a footnote or a reference link, on a separate line."""
    ahead = Lookahead(text, 110, final=final)
    end = ahead.find(_DEFINITION_END, 1)
    if end is None or end[0] != "]":
        return None
    if ahead.char_at(end.end()) != ":" or ahead.char_at(end.end() + 1) not in (" ", "\t"):
        return None
    match = _DEFINITION.match(ahead.text)
    if match is None:
        return None
    note = text.startswith("[^")
    line = Lookahead(text, _LONGEST_LINK, final=final).line()
    leads = note or re.match(r"<?(?:https?://|www\.|/|#|mailto:)", line[match.end() :].lstrip())
    return (len(line), LeftOutBlock(line)) if leads else None


def link_or_note(text: str, *, final: bool) -> Found | None:
    """A link, an image, or the number of a footnote or source."""
    end = _closing(text, final=final)
    if end is None:
        return None
    ahead = Lookahead(text, _LONGEST_LINK, final=final)
    follows = ahead.char_at(end)
    words = text[1 : end - 1]
    if follows == "(":
        target = _target(ahead, end + 1)
        if target is not None:
            place, href = target
            return place, Atom(AtomKind.LINK, text[:place], _link_text(words), href)
    if _CITATION.fullmatch(text[:end]):
        return end, Atom(AtomKind.SILENT, text[:end])
    if follows == "[" and words.strip():
        second = _closing(text[end:], final=final)
        if second is not None and not text[end + 1 : end + second - 1].startswith("["):
            place = end + second
            return place, Atom(AtomKind.LINK, text[:place], words, "")
    return None


def _link_text(words: str) -> str:
    return "" if re.fullmatch(r"\^?\d{1,3}|source", words.strip()) else words


def _closing(text: str, *, final: bool) -> int | None:
    """The end of the bracket that begins ``text``; None if none is within the bound."""
    ahead = Lookahead(text, _LONGEST_TEXT, final=final)
    depth = place = 0
    for _ in range(_MOST_BRACKETS):
        match = ahead.find(_BRACKET, place, last=_BRACKET_LAST)
        if match is None or match[0] not in "[]":
            return None
        depth += 1 if match[0] == "[" else -1
        place = match.end()
        if not depth:
            return place
    return None


def _target(ahead: Lookahead, start: int) -> tuple[int, str] | None:
    """The end and the address of a link; ``start`` is after its opening parenthesis."""
    if ahead.char_at(start) == "<":
        end = ahead.find(_ANGLE_END, start, last=_ANGLE_END)
        if end is None or end[0] != ">":
            return None
        return _after_target(ahead, end.end(), ahead.text[start + 1 : end.start()])
    depth, place = 0, start
    for _ in range(_MOST_PARENTHESES):
        match = ahead.find(_PARENTHESIS, place)
        if match is None or depth > _DEEPEST:
            return None
        place = match.end()
        if match[0] == "(":
            depth += 1
        elif match[0] == ")" and depth:
            depth -= 1
        elif match[0] == ")" or match[0].isspace():
            return _after_target(ahead, match.start(), ahead.text[start : match.start()])
    return None


def _after_target(ahead: Lookahead, place: int, href: str) -> tuple[int, str] | None:
    if not href:
        return None
    if ahead.char_at(place) == ")":
        return place + 1, href
    ahead.match_run(_TITLE_BEGUN, place)
    title = _TITLE.match(ahead.text, place)
    return None if title is None else (title.end(), href)
