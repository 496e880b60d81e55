"""The result of a check, as a line of the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "--"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``advice`` says what to do, if anything."""

    grade: Grade
    subject: str
    words: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.grade:<5}{self.subject}: {self.words}"
        return inner_lines(f"{line}\n-> {self.advice}" if self.advice else line)


def inner_lines(text: str) -> str:
    """``text`` with all lines but the first indented: quoted text may have several lines, which
    must not look like the report's."""
    return text.replace("\n", "\n     ")
