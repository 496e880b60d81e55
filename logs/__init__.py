"""Logging for the operator: one handler on stderr, one line a record (text or JSON), limited
repetition, and no word that a member said unless the operator wants it."""

from __future__ import annotations

from logs.faults import FaultLog
from logs.json_lines import STAGES_MS, json_formatter
from logs.lines import LineFormatter, printable, printable_lines
from logs.place import Place, guild_place, in_place, place, placed
from logs.setup import OURS, SET_UP, LogForm, set_up_logging
from logs.speech import show_speech, spoken

__all__ = [
    "OURS",
    "SET_UP",
    "STAGES_MS",
    "FaultLog",
    "LineFormatter",
    "LogForm",
    "Place",
    "guild_place",
    "in_place",
    "json_formatter",
    "place",
    "placed",
    "printable",
    "printable_lines",
    "set_up_logging",
    "show_speech",
    "spoken",
]
