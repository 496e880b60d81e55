"""Directives for the scripted model, inside the message that it answers.

#words=60          sixty numbered words; else the persona repeats the message
#big=20            twenty words of 100,000 characters
#say:REST          REST, word for word (ends the message)
#delay=80          milliseconds between two words
#first=800         milliseconds before the first word
#hold=5            wait after five words, until the test resumes it
#cut=5             break the stream after five words
#silent            NO_REPLY, and the same when OpenClaw asks again for something to be seen
#error=401         this HTTP status instead of an answer
#think=12          twelve words of reasoning first
#tool:NAME {JSON}  ask for that tool (ends the message); its result is then repeated
#aloud             with #tool: say "One moment." first

#hold and #cut apply to the first request with the message.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

PERSONAS = {
    "main": "Main here. You said: {words}",
    "jarvis": "At once, sir. You said: {words}",
    "sage": "Consider this, traveller. You said: {words}",
}
TOOL_RESULT_LEAD = "The tool answered: "
TOOL_FILLER = "One moment."
_BIG_WORD = 100_000 * "x"
_NUMBER = re.compile(r"#(words|big|delay|first|hold|cut|error|think)=(\d+)")
SILENT = "#silent"
_ALOUD = re.compile(r"#aloud\b")
_LAST = re.compile(r"#(say|tool):", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """``arguments`` is JSON text, as models give it."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class DirectedReply:
    """How the model answers one request. Numbers of words count from the start of the answer."""

    text: str
    first_s: float = 0.0
    between_words_s: float = 0.0
    hold_after_words: int | None = None
    cut_after_words: int | None = None
    error_status: int | None = None
    thought_words: int = 0
    tool: ToolCall | None = None

    @property
    def words(self) -> list[str]:
        """The text in pieces of one word each."""
        return re.findall(r"\s*\S+\s*$|\s*\S+", self.text)


def read_directives(
    message: str, agent: str, *, pace: DirectedReply | None = None
) -> DirectedReply:
    """The answer to ``message`` of the model behind ``agent``; ``pace`` has the default times."""
    head, kind, tail = message, "", ""
    if (last := _LAST.search(message)) is not None:
        head, kind, tail = message[: last.start()], last.group(1), message[last.end() :].strip()
    numbers = {name: int(value) for name, value in _NUMBER.findall(head)}
    usual = pace or DirectedReply("")
    reply = DirectedReply(
        "",
        first_s=numbers["first"] / 1000 if "first" in numbers else usual.first_s,
        between_words_s=(numbers["delay"] / 1000 if "delay" in numbers else usual.between_words_s),
        hold_after_words=numbers.get("hold"),
        cut_after_words=numbers.get("cut"),
        error_status=numbers.get("error"),
        thought_words=numbers.get("think", 0),
    )
    if kind == "tool":
        filler = TOOL_FILLER if _ALOUD.search(head) else ""
        return replace(reply, text=filler, tool=_tool_call(tail))
    if SILENT in head.split():
        return replace(reply, text="NO_REPLY")
    if kind == "say":
        return replace(reply, text=tail)
    if "words" in numbers:
        return replace(reply, text=numbered_words(numbers["words"]))
    if "big" in numbers:
        return replace(reply, text=" ".join(numbers["big"] * [_BIG_WORD]))
    plain = " ".join(_ALOUD.sub("", _NUMBER.sub("", head)).split())
    persona = PERSONAS.get(agent, "You said: {words}")
    return replace(reply, text=persona.format(words=plain or "nothing"))


def numbered_words(count: int) -> str:
    """``word1 word2 ... wordN.``"""
    return " ".join(f"word{number}" for number in range(1, count + 1)) + "."


def _tool_call(text: str) -> ToolCall:
    """``NAME {JSON}``; anything after the JSON value is ignored."""
    name, _, rest = text.partition(" ")
    if not rest.strip():
        return ToolCall(name, "{}")
    arguments, _ = json.JSONDecoder().raw_decode(rest.strip())
    return ToolCall(name, json.dumps(arguments, ensure_ascii=False))
