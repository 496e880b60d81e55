"""Parsing of chat-completions requests and formatting of answers, for the stub model. No I/O."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from testing.real_gateway.directives import TOOL_RESULT_LEAD, DirectedReply, ToolCall

_CONTEXT = "OPENCLAW_INTERNAL_CONTEXT"
_CONTEXT_BLOCK = re.compile(f"<<<BEGIN_{_CONTEXT}>>>.*?<<<END_{_CONTEXT}>>>", re.DOTALL)
_RUNTIME_LINE = re.compile(r"\n+Runtime: agent=")
_STAMP = re.compile(r"^\s*\[[^\]\n]*\d{4}-\d\d-\d\d[^\]\n]*\]\s*")
_USAGE = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
_TOOL_RESULT_LIMIT = 4_000

Message = dict[str, Any]


def last_prompt(messages: Sequence[Message]) -> str:
    """The user's last message, without OpenClaw's additions: time stamp, context, runtime."""
    said = [message for message in messages if message.get("role") == "user"]
    own = (_own_words(flat_text(message)) for message in reversed(said))
    return next((words for words in own if words), "")


def tool_result(messages: Sequence[Message]) -> str | None:
    """The answer to a tool's result; None if the last message is no such result.

    OpenClaw ends every request with a user message of context alone.
    """
    spoken = [message for message in messages if not _only_context(message)]
    if not spoken or spoken[-1].get("role") != "tool":
        return None
    return TOOL_RESULT_LEAD + flat_text(spoken[-1])[:_TOOL_RESULT_LIMIT]


def flat_text(message: Message) -> str:
    """The plain text of a message, in either of its two shapes."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def _own_words(text: str) -> str:
    own = _STAMP.sub("", _CONTEXT_BLOCK.sub("", text).strip())
    return _RUNTIME_LINE.split(own)[0].strip()


def _only_context(message: Message) -> bool:
    text = flat_text(message)
    return message.get("role") == "user" and _CONTEXT in text and not _own_words(text)


def tool_names(body: dict[str, Any]) -> tuple[str, ...]:
    """The tools that the request offers."""
    tools = body.get("tools") or []
    return tuple(str(tool.get("function", {}).get("name", "")) for tool in tools)


class ChunkWriter:
    """The server-sent events of one streamed answer."""

    def __init__(self, model: str) -> None:
        self._base = {
            "id": f"chatcmpl-{uuid.uuid4().hex[:12]}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": model,
        }

    def start(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def thought(self, text: str) -> bytes:
        return self._chunk({"reasoning_content": text})

    def words(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def end(self, tool: ToolCall | None) -> Iterator[bytes]:
        """The events after the last word."""
        if tool is not None:
            yield self._chunk({"tool_calls": [_call(tool)]})
        yield self._chunk({}, "stop" if tool is None else "tool_calls")
        yield _event({**self._base, "choices": [], "usage": _USAGE})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**self._base, "choices": [choice]})


def whole_answer(model: str, reply: DirectedReply) -> dict[str, Any]:
    """The body of an answer without streaming."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.tool is not None:
        message["tool_calls"] = [_call(reply.tool)]
    finish = "stop" if reply.tool is None else "tool_calls"
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex[:12]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": _USAGE,
    }


def _call(tool: ToolCall) -> dict[str, Any]:
    return {
        "index": 0,
        "id": f"call_{uuid.uuid4().hex[:12]}",
        "type": "function",
        "function": {"name": tool.name, "arguments": tool.arguments},
    }


def _event(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
