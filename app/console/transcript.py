"""The conversation as lines of a terminal, from the messages that a page would get."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from logs import printable
from pipeline.latency import STAGES, TOTAL

_LEAST_MS: Final = 5
"""Shorter stages are left out of the line about the latency."""


class ConsoleTranscript:
    """Prints each thing once, as soon as it is known. ``write`` gets whole lines."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._spoken: dict[int, str] = {}
        """The text of replies that was printed, by the number of their entry."""
        self._states: dict[int, str] = {}
        self._asked: set[int] = set()
        self._timed: set[int] = set()
        self._failed: set[int] = set()
        self._typed: list[str] = []
        self.why: list[str] = []
        """Why the last turn was answered or not."""

    def typed(self, text: str) -> None:
        """Note a line that was typed: it is on the screen already."""
        self._typed.append(" ".join(text.split()))

    def take(self, message: str) -> None:
        """Print what a message for a page says."""
        told = json.loads(message)
        match told.get("type"):
            case "entry":
                self._entry(told["entry"])
            case "unheard":
                self._line("", f"(no words understood: {told['why']})")
            case "agent":
                self._line("", f"({told['agent']} answers now)")

    def _entry(self, entry: dict[str, Any]) -> None:
        match entry["kind"]:
            case "said":
                self._said(entry)
            case "reply":
                self._reply(entry)
            case "written":
                self._line(entry["who"], entry["text"] or f"(another voice: {entry['why']})")
            case _:
                self._line("", entry["text"])

    def _said(self, entry: dict[str, Any]) -> None:
        number = entry["id"]
        if number not in self._asked:
            self._asked.add(number)
            self.why = list(entry["reasons"])
            if entry["text"] in self._typed:
                self._typed.remove(entry["text"])
            else:
                self._line("You", entry["text"])
            if not entry["addressed"]:
                self._line("", f"(not for the agent: {'; '.join(entry['reasons'])})")
        if "stages" in entry and number not in self._timed:
            self._timed.add(number)
            self._line("", latency_line(entry["stages"]))
        if number not in self._failed and (entry.get("failure") or entry.get("silent")):
            self._failed.add(number)
            why = entry.get("failure") or (
                "the agent found that it was not meant"
                if entry.get("declined")
                else "the agent chose to say nothing"
            )
            self._line("", f"(no answer: {why})")

    def _reply(self, entry: dict[str, Any]) -> None:
        number, text, state = entry["id"], entry["text"], entry["state"]
        before = self._spoken.get(number, "")
        if text != before:
            new = text[len(before) :] if text.startswith(before) else text
            self._spoken[number] = text
            if not text.startswith(before) and state in ("ended", "interrupted"):
                new = ""  # the sentences were printed as they were spoken
            if new.strip():
                self._line(entry["who"], new.strip())
        if state != self._states.get(number) and state in ("held", "interrupted"):
            self._line("", "(pauses)" if state == "held" else "(was interrupted)")
        self._states[number] = state

    def _line(self, who: str, text: str) -> None:
        lines = [printable(line) for line in text.splitlines()] or [""]
        head = f"{printable(who)}: " if who else "  "
        self._write(head + f"\n{' ' * len(head)}".join(lines))


def latency_line(stages: dict[str, float]) -> str:
    """Where the time of an answer went, in one line."""
    parts = [
        f"{stage.replace('_', ' ')} {stages[stage]:.0f}"
        for stage in STAGES
        if stage != TOTAL and stages.get(stage, 0) >= _LEAST_MS
    ]
    return f"(answered after {stages.get(TOTAL, 0):.0f} ms: {', '.join(parts)})"
