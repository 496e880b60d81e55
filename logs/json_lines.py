"""Log records as JSON, one object a line, for programs that collect logs.

    {"time": "2026-11-21T12:22:07.512+01:00", "level": "INFO",
     "logger": "pipeline.speaking.reply_report", "guild": 42, "turn": 7, "speaker": 99,
     "agent": "jarvis", "stages_ms": {"stt": 212.0, ...}, "message": "voice-to-voice 812 ms: ..."}

The fields of the place (`logs.place`) are there where a record has them, and ``error`` and
``stack`` where it has a traceback. All characters but printable ASCII are escaped, as JSON does.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Final

from logs.lines import LONGEST, LONGEST_TRACEBACK, shortened, time_of
from logs.place import fields_of, place

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

STAGES_MS: Final = "stages_ms"
"""The key of ``extra`` under which a record carries the stages of a turn."""


def json_formatter() -> logging.Formatter:
    """The formatter, for records of the standard library's logging."""
    import structlog  # takes a quarter of a second, which lines of text do not need

    return structlog.stdlib.ProcessorFormatter(
        processors=[_fields, structlog.processors.JSONRenderer(ensure_ascii=True)],
    )


def _fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    fields: EventDict = {
        "time": time_of(record),
        "level": record.levelname,
        "logger": record.name,
        **fields_of(place()),
    }
    stages = record.__dict__.get(STAGES_MS)
    if stages is not None:
        fields[STAGES_MS] = {name: round(ms, 1) for name, ms in stages.items()}
    fields["message"] = shortened(str(event["event"]), LONGEST)
    error = event.get("exc_info")
    if error and error[1] is not None:
        text = "".join(traceback.format_exception(error[1]))
        fields["error"] = shortened(text, LONGEST_TRACEBACK)
    if stack := event.get("stack_info"):
        fields["stack"] = shortened(stack, LONGEST_TRACEBACK)
    return fields
