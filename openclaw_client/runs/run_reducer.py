"""One run of an agent: the Gateway's chat events in, text deltas and an outcome out. No I/O.

The reducer keeps one promise: the deltas it gave out, joined, with ``replace`` voiding the earlier
ones, are the text of the run, up to the limit in limits.py. Every delta event carries an increment
and the whole text so far, so the next event repairs a lost one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from openclaw_client.protocol.limits import MAX_ANSWER_CHARS, truncate_answer, truncate_reason
from openclaw_client.protocol.payloads import ChatEvent, message_text


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer. With ``replace`` it is the new whole text."""

    text: str
    replace: bool = False


class End(StrEnum):
    """The three ways in which a run ends."""

    FINAL = "final"
    ABORTED = "aborted"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and its text."""

    end: End
    text: str
    stop_reason: str | None = None
    error_message: str | None = None
    error_kind: str | None = None


@dataclass(slots=True)
class Run:
    """The state of one run. ``repairs`` counts deltas that restored lost text."""

    id: str
    text: str = ""
    outcome: Outcome | None = None
    repairs: int = 0
    ignored: int = field(default=0)
    """Events of other runs, of unknown states, and after the first terminal event: a failure before
    a reply sends two error events some 10 ms apart."""

    @property
    def cut(self) -> bool:
        """Whether the text was cut at its limit."""
        return len(self.text) > MAX_ANSWER_CHARS

    def feed(self, event: ChatEvent) -> list[TextDelta]:
        """The deltas of an event; the first terminal event sets ``outcome``."""
        if event.run_id != self.id or self.outcome is not None:
            self.ignored += 1
            return []
        match event.state:
            case "status":
                return []
            case "delta":
                return self._delta(event)
            case "final" | "aborted" | "error":
                return self._end(End(event.state), event)
            case _:
                self.ignored += 1
                return []

    def _delta(self, event: ChatEvent) -> list[TextDelta]:
        increment = event.delta_text or ""
        if event.replace:
            self.text = truncate_answer(increment)
            return [TextDelta(self.text, replace=True)]
        if self.cut:
            return []
        whole = message_text(event.message)
        if whole is None or whole == self.text + increment:
            return self._append(increment)
        self.repairs += 1
        return self._become(whole)

    def _end(self, end: End, event: ChatEvent) -> list[TextDelta]:
        whole = message_text(event.message)
        deltas = [] if whole is None or end is End.ERROR else self._become(whole)
        self.outcome = Outcome(
            end,
            self.text,
            truncate_reason(event.stop_reason),
            truncate_reason(event.error_message),
            _error_kind(event),
        )
        return deltas

    def _become(self, whole: str) -> list[TextDelta]:
        """Make ``whole`` the text, by appending where possible."""
        whole = truncate_answer(whole)
        if whole.startswith(self.text):
            return self._append(whole[len(self.text) :])
        if whole.rstrip() == self.text.rstrip():
            return []
        self.text = whole
        return [TextDelta(whole, replace=True)]

    def _append(self, text: str) -> list[TextDelta]:
        before = len(self.text)
        self.text = truncate_answer(self.text + text)
        added = self.text[before:]
        return [TextDelta(added)] if added else []


def _error_kind(event: ChatEvent) -> str | None:
    """``errorKind``, or the provider's reason (``auth`` and the like)."""
    if event.error_kind is not None:
        return event.error_kind
    detail: Any = event.error_detail
    reason = detail.get("failoverReason") if isinstance(detail, dict) else None
    return reason if isinstance(reason, str) else None
