"""What a check found, as a line of the report."""

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
    """One line of the report; ``advice`` says what to do where something is to be done."""

    grade: Grade
    subject: str
    words: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.grade:<5}{self.subject}: {self.words}"
        return f"{line}\n     -> {self.advice}" if self.advice else line
