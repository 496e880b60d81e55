"""Limits for frames and answers of the Gateway. No I/O.

A Gateway is trusted, but its model can write without end, and one event loop serves all guilds. The
longest frame that a Gateway sends has 25 MB. Measured: a frame of 10 MB with
one text in it is decoded in 2 to 35 ms, one of as many bytes in short values in up to 1.3 s.
"""

from __future__ import annotations

from typing import Final, overload

from openclaw_client.errors import ProtocolViolation

MAX_ANSWER_CHARS: Final = 100_000
"""Longest answer that is handed on: two hours of speech, fifty Discord messages."""
TRUNCATION_NOTE: Final = f"\n\n[The rest was left out: more than {MAX_ANSWER_CHARS:,} characters.]"
MAX_REASON_CHARS: Final = 500
"""Longest reason of a failed or stopped run, for the log and for people."""

_LARGE: Final = 1_000_000
_MOST_VALUES: Final = 100_000
"""Most values in a large frame; they take some 30 ms. A session's history has thousands."""
_LETTERS_A_COMMA: Final = 20
"""Commas inside texts count as well; prose has one in 40 letters or more."""


def check_frame_size(text: str | bytes) -> None:
    """Check a frame before it is decoded.

    Raises:
        ProtocolViolation: it has so many values that decoding it would block the event loop.
    """
    if len(text) < _LARGE:
        return
    if isinstance(text, bytes):
        values = text.count(b",") + text.count(b"[") + text.count(b"{")
    else:
        values = text.count(",") + text.count("[") + text.count("{")
    if values > _MOST_VALUES + len(text) // _LETTERS_A_COMMA:
        raise ProtocolViolation(f"too many values in one frame: some {values}")


def truncate_answer(text: str) -> str:
    """The answer, cut at `MAX_ANSWER_CHARS` with a note at its end. A cut answer stays the same."""
    if len(text) <= MAX_ANSWER_CHARS or text[MAX_ANSWER_CHARS:] == TRUNCATION_NOTE:
        return text
    return text[:MAX_ANSWER_CHARS] + TRUNCATION_NOTE


@overload
def truncate_reason(text: str) -> str: ...


@overload
def truncate_reason(text: None) -> None: ...


def truncate_reason(text: str | None) -> str | None:
    """The reason, cut at `MAX_REASON_CHARS`."""
    if text is None or len(text) <= MAX_REASON_CHARS:
        return text
    return text[: MAX_REASON_CHARS - 3] + "..."
