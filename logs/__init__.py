"""Logging for the operator: one handler on stderr, one line a record, limited repetition."""

from __future__ import annotations

from logs.faults import FaultLog
from logs.lines import LineFormatter, in_place, place, placed, printable, printable_lines
from logs.setup import OURS, SET_UP, set_up_logging

__all__ = [
    "OURS",
    "SET_UP",
    "FaultLog",
    "LineFormatter",
    "in_place",
    "place",
    "placed",
    "printable",
    "printable_lines",
    "set_up_logging",
]
