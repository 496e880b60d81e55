"""Transcripts as a text file. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from database.transcripts import CallTranscript

MOST_BYTES: Final = 8_000_000
"""Discord takes files of 10 MiB."""


def transcript_file(
    calls: Sequence[CallTranscript], channels: Mapping[int, str], member_id: int | None = None
) -> bytes:
    """The lines of calls, in UTF-8; of a member alone if ``member_id`` is given.

    ``calls`` come with the newest first, and the file has the oldest first. Of more than
    `MOST_BYTES`, the newest whole calls remain, and a single call is cut at its end. Empty without
    any line. Takes time in proportion to the lines.
    """
    parts: list[bytes] = []
    size = 0
    for call in calls:
        part = "".join(f"{line}\n" for line in _lines(call, channels, member_id))
        content = part.encode("utf-8", "replace")
        if size + len(content) > MOST_BYTES:
            if not parts:
                parts.append(content[:MOST_BYTES])
            break
        if content:
            parts.append(content)
            size += len(content)
    return b"\n".join(reversed(parts))


def _lines(
    call: CallTranscript, channels: Mapping[int, str], member_id: int | None
) -> Iterator[str]:
    lines = [each for each in call.lines if member_id is None or each.member_id == member_id]
    if not lines:
        return
    channel = channels.get(call.channel_id, str(call.channel_id))
    yield f"# {channel}, {call.began_at:%Y-%m-%d %H:%M} UTC"
    for line in lines:
        words = " ".join(line.words.split())
        yield f"{line.at:%Y-%m-%d %H:%M:%S}  {line.name}: {words}"
